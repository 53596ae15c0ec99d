"""The past of an incident that is over: everything that its review may tell, each with its evidence; values only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from drafts.promises import Fate, Promise


class Turn(StrEnum):
    """What sort of thing happened; each has its words in every language."""

    FAILED = "failed"
    CONFIRMED = "confirmed"
    DRAFTED = "drafted"
    CALLED = "called"
    NOTICED = "noticed"
    CUSTOMER_FIRST = "customer_first"
    TAKEN_UP = "taken_up"
    PUBLISHED = "published"
    RECOVERED = "recovered"
    FACTOR = "factor"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, or that somebody said: when, by whom, and the words that belong to it."""

    at: datetime
    turn: Turn
    evidence: tuple[str, ...]
    person: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Words that we published and took back: what we said and when, what was so instead, and who says it."""

    said: str
    said_at: datetime
    truth: str
    person: str


@dataclass(frozen=True, slots=True)
class Override:
    """Words that a human let stand against rules of ours, and the reason that they gave."""

    at: datetime
    rules: tuple[str, ...]
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Action:
    """What is done so that it does not happen again, who owns it and by which day; ``done_on`` once it is."""

    what: str
    owner: str
    due_on: date
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What the record holds of an incident from its beginning to its end, oldest first.

    ``told_at`` is when the first message reached the public, ``customer_first`` that customers told us before our
    checks did.
    """

    entries: tuple[Entry, ...]
    promises: tuple[Promise, ...] = ()
    told_at: datetime | None = None
    customer_first: Entry | None = None
    mistakes: tuple[Mistake, ...] = ()
    overrides: tuple[Override, ...] = ()
    factors: tuple[Entry, ...] = ()
    actions: tuple[Action, ...] = ()

    @property
    def broken(self) -> tuple[Promise, ...]:
        """The promises to write again that we did not keep."""
        return tuple(one for one in self.promises if not one.answered_at or one.fate(one.answered_at) is Fate.BROKEN)

    def retitled(self, titles: Mapping[datetime, str]) -> Self:
        """The same with the messages called by these titles, by when each was published: those of another language."""
        told = (
            replace(one, words=titles.get(one.at, one.words)) if one.turn is Turn.PUBLISHED else one
            for one in self.entries
        )
        return replace(self, entries=tuple(told))

    def cleaned(self, clean: Callable[[str], str]) -> Self:
        """The same with every word of a person, or of a message, made harmless for the text that it goes into."""

        def entry(one: Entry) -> Entry:
            return replace(one, person=clean(one.person), words=clean(one.words).rstrip("."))

        return replace(
            self,
            entries=tuple(map(entry, self.entries)),
            customer_first=self.customer_first and entry(self.customer_first),
            mistakes=tuple(
                replace(
                    one, said=clean(one.said).rstrip("."), truth=clean(one.truth).rstrip("."), person=clean(one.person)
                )
                for one in self.mistakes
            ),
            overrides=tuple(
                replace(one, person=clean(one.person), reason=clean(one.reason).rstrip(".")) for one in self.overrides
            ),
            factors=tuple(map(entry, self.factors)),
            actions=tuple(
                replace(one, what=clean(one.what).rstrip("."), owner=clean(one.owner)) for one in self.actions
            ),
        )
