"""Every colour of the desk can be read, by day and by night (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from importlib.resources import files

import pytest

SHEET = (files("monitor.desk") / "static" / "desk.css").read_text()
TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "dim", "link", "up", "down", "degraded", "unknown")
        for ground in ("paper", "card")
    ),
    *(("ink", f"{mood}-soft") for mood in ("bad", "wait", "good", "accent")),
    ("gone", "bad-soft"),
    ("new", "good-soft"),
    ("on-accent", "accent"),
    ("on-drill", "drill"),
    ("ink", "field"),
]
EDGES = [("edge", "card"), ("edge", "paper"), ("accent", "paper"), ("link", "card")]


def palette(night: bool) -> dict[str, str]:  # noqa: FBT001 - there are two, and the test's name says which
    """The colours in force."""
    day, dark = SHEET.split("@media (prefers-color-scheme: dark)", 1)
    found = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6})\b")
    return dict(found.findall(day)) | (dict(found.findall(dark)) if night else {})


def light(colour: str) -> float:
    """Its relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize(("pair", "least"), [*((pair, 4.5) for pair in TEXT), *((pair, 3.0) for pair in EDGES)])
def test_a_colour_stands_out_from_its_ground(pair: tuple[str, str], least: float, night: bool) -> None:  # noqa: FBT001 - as above
    """Text by 4.5 to 1, the edges of what one can press by 3 to 1."""
    colours = palette(night)
    assert contrast(colours[pair[0]], colours[pair[1]]) >= least
