"""Promises: by when we said that we would write again, and whether we did, told from what reached the public."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest


class Fate(StrEnum):
    """What becomes of a promise: the next word comes in time, or late or never, or is not due yet."""

    KEPT = "kept"
    BROKEN = "broken"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Word:
    """One message that reached the public at ``at``, and by when it promised the next one, if it did."""

    at: datetime
    next_by: datetime | None


@dataclass(frozen=True, slots=True)
class Promise:
    """That we would write again by ``due_at``; ``answered_at`` is when the next word came, if it has."""

    made_at: datetime
    due_at: datetime
    answered_at: datetime | None

    def fate(self, now: datetime) -> Fate:
        """Judge it as a reader does, whose clock shows minutes: a word at 14:30:40 still came by 14:30."""
        if (self.answered_at or now).replace(second=0, microsecond=0) > self.due_at:
            return Fate.BROKEN
        return Fate.KEPT if self.answered_at else Fate.OPEN


def promises(messages: Iterable[Word]) -> tuple[Promise, ...]:
    """The promises that the messages of one incident made, oldest first; the next word of any kind answers each."""
    return tuple(_promises(sorted(messages, key=lambda word: word.at)))


def _promises(words: Sequence[Word]) -> Iterator[Promise]:
    for word, following in zip_longest(words, words[1:]):
        if word.next_by:
            yield Promise(word.at, word.next_by, following.at if following else None)
