"""Promises to write again are counted from what reached the public, as a reader with a clock would count them."""

from datetime import datetime, timedelta

import pytest

from drafts.promises import Fate, Promise, Word, promises
from tests.drafts.samples import at

MADE, DUE = at(22, 14, 6), at(22, 14, 30)


@pytest.mark.parametrize(
    ("answered_at", "now", "outcome"),
    [
        (at(22, 14, 20), at(22, 18, 0), Fate.KEPT),
        (at(22, 14, 30, 59), at(22, 18, 0), Fate.KEPT),
        (at(22, 14, 31), at(22, 18, 0), Fate.BROKEN),
        (None, at(22, 14, 30, 59), Fate.OPEN),
        (None, at(22, 14, 31), Fate.BROKEN),
    ],
)
def test_a_promise_is_kept_to_the_minute(answered_at: datetime | None, now: datetime, outcome: Fate) -> None:
    """In time is what a reader's clock shows as in time; what is late is broken, whether or not the word came."""
    assert Promise(MADE, DUE, answered_at).fate(now) is outcome


def test_each_word_answers_the_promise_before_it() -> None:
    """A word that came early keeps its promise, and the one that promises nothing ends the row."""
    early = DUE - timedelta(minutes=9)
    words = [Word(MADE, DUE), Word(at(22, 15, 20), None), Word(early, at(22, 15, 0))]
    first, second = promises(words)
    assert (first.answered_at, first.fate(MADE)) == (early, Fate.KEPT)
    assert (second.made_at, second.fate(MADE)) == (early, Fate.BROKEN)


def test_silence_promises_nothing() -> None:
    """Where nothing was published, nothing was promised."""
    assert promises([]) == ()
