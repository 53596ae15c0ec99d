"""The style: readable by everyone, with nothing from elsewhere."""

import re
from importlib.resources import files

import pytest

CSS = (files("monitor.page") / "static" / "page.css").read_text()
PAIRS = [
    *[(ink, ground) for ink in ("ink", "quiet", "link") for ground in ("paper", "sheet")],
    *[(state, "sheet") for state in ("calm", "alarm", "watch")],
    *[(state, f"{state}-tint") for state in ("calm", "alarm", "watch")],
    *[("ink", f"{state}-tint") for state in ("calm", "alarm", "watch")],
    ("paper", "watch"),
]


def colours(block: str) -> dict[str, str]:
    """The custom properties of one ``:root`` block."""
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_pair_of_colours_can_be_read(ink: str, ground: str, scheme: int) -> None:
    """Text has a contrast of 4.5 or more (WCAG 2.2 AA), in light and in dark."""
    palette = colours(CSS.split(":root {")[1 + scheme])
    lighter, darker = sorted((luminance(palette[ink]), luminance(palette[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_nothing_comes_from_elsewhere() -> None:
    """No font, picture or style of a third party, so that nobody learns who reads the page."""
    assert not re.search(r"url\(|@import|https?:", CSS)
