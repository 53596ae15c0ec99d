"""Colours that a company may choose: as web pages write them, and readable on our page (WCAG 2.2, contrast 4.5)."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator

CONTRAST_MIN: Final = 4.5
LIGHT: Final = ("#f7f6f3", "#ffffff")
DARK: Final = ("#141618", "#1d2023")
"""What our page is painted on, by day and by night; its style says the same."""

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


def contrast(one: str, other: str) -> float:
    """How well one colour can be told from another, from 1 (not at all) to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]  # noqa: PLR2004 - sRGB
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(colour: str, grounds: tuple[str, ...]) -> str:
    colour = colour.lower()
    if not _COLOUR.fullmatch(colour):
        raise ValueError('should be a colour such as "#1f5f8b"')
    worst = min(contrast(colour, ground) for ground in grounds)
    if worst < CONTRAST_MIN:
        raise ValueError(f"cannot be read on {grounds[0]}: its contrast is {worst:.1f}, and {CONTRAST_MIN} is needed")
    return colour


def _by_day(colour: str) -> str:
    return _readable(colour, LIGHT)


def _by_night(colour: str) -> str:
    return _readable(colour, DARK)


LightColour = Annotated[str, AfterValidator(_by_day)]
DarkColour = Annotated[str, AfterValidator(_by_night)]
