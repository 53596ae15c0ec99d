"""The page's own words, by language."""

from functools import partial

from monitor.words import Words, spoken

__all__ = ["Words", "words"]

words = partial(spoken, "monitor.page")
"""The words of a language."""
