"""Numbers of rows as addresses and forms name them: none is larger than the smallest integer of our databases."""

from typing import Final

DIGITS_MAX: Final = 9
ROW: Final = rf"[1-9][0-9]{{0,{DIGITS_MAX - 1}}}"
"""What the number of a row looks like."""


def number(text: str) -> int | None:
    """The number that somebody sent; None for whatever is none, and for what no row could have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX else None
