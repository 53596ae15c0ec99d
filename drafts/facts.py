"""Facts: everything that a notice may state, each with its evidence; an unknown is None, and is said as unknown.

An evidence id names a row of the record: ``flip:12`` (a recorded result), ``act:7`` (a human's act).
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter

from drafts.markdown import one_line, plain
from drafts.past import Past

Evidence = tuple[str, ...]


class UpdateKind(StrEnum):
    """Which sort of message an update is."""

    FIRST = "first"
    SCOPE = "scope"
    NO_NEWS = "no_news"
    RECOVERY = "recovery"
    RESOLVED = "resolved"
    CORRECTION = "correction"
    REVIEW = "review"
    NEWS = "news"
    ANNOUNCED = "announced"
    BEGUN = "begun"
    DONE = "done"
    POSTPONED = "postponed"

    @property
    def outlasts(self) -> bool:
        """Whether it may still be said of an incident that is over."""
        return self in {UpdateKind.CORRECTION, UpdateKind.REVIEW}


@dataclass(frozen=True, slots=True)
class Act:
    """A human's act: who, when, and their words if they gave any."""

    person: str
    at: datetime
    evidence: Evidence
    words: str = ""


@dataclass(frozen=True, slots=True)
class Abroad:
    """What a company calls a component in another language, and its own words for the effect and the workaround."""

    language: str
    component: str
    effect: str | None = None
    workaround: str | None = None


@dataclass(frozen=True, slots=True)
class Affected:
    """One component that fails now or failed in this incident, in the customer's words.

    ``kind`` and ``reason`` choose the effect phrase where the company gave none. ``total`` is true when every target
    of the component fails in every look since ``since``; ``failing`` of ``targets`` says how many fail now. ``since``
    is this component's own first failed look, needed where it began to fail later than the incident. ``noticed`` is
    set where no look, but a human tells of it: then it holds who, and their words.
    """

    component: str
    kind: str
    reason: str
    failing: int
    targets: int
    total: bool
    evidence: Evidence
    effect: str | None = None
    workaround: str | None = None
    since: datetime | None = None
    noticed: Act | None = None
    abroad: tuple[Abroad, ...] = ()

    def told_in(self, language: str) -> "Affected":
        """The same for readers of another language: without the company's words there, ours take their place."""
        there = _there(self.abroad, language, self.component)
        return replace(self, component=there.component, effect=there.effect, workaround=there.workaround, abroad=())


@dataclass(frozen=True, slots=True)
class Working:
    """A component whose every target passes its looks now."""

    component: str
    evidence: Evidence
    abroad: tuple[Abroad, ...] = ()

    def told_in(self, language: str) -> "Working":
        """The same for readers of another language."""
        return replace(self, component=_there(self.abroad, language, self.component).component, abroad=())


def _there(abroad: tuple[Abroad, ...], language: str, component: str) -> Abroad:
    return next((one for one in abroad if one.language == language), Abroad(language, component))


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the ledger "we checked here and here": what was looked at, and what it showed."""

    what: str
    showed: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Said:
    """What we published before: its kind, when, and the text; ``abroad`` has title and body by further languages."""

    kind: UpdateKind
    at: datetime
    title: str
    body: str
    abroad: tuple[tuple[str, str, str], ...] = ()

    def holds(self, words: str) -> bool:
        """Whether these very words stand in it, as people read it."""
        return words in one_line(self.title) or words in one_line(plain(self.body))

    def told_in(self, language: str) -> "Said":
        """What readers of another language were told."""
        title, body = {name: words for name, *words in self.abroad}.get(language, [self.title, self.body])
        return replace(self, title=title, body=body, abroad=())


@dataclass(frozen=True, slots=True)
class Correction:
    """Words of ours that were wrong: what we said and when, and ``truth``, a human's act that says what is so.

    ``whole`` where the message is taken back as a whole; ``false_alarm`` where there was no outage, so that with the
    first message everything is taken back that followed it.
    """

    said: str
    said_at: datetime
    truth: Act
    whole: bool = False
    false_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Beginning:
    """When it began by a human's word, earlier than any look saw it; ``claim`` says who knows, and how."""

    at: datetime
    claim: Act


@dataclass(frozen=True, slots=True)
class Planned:
    """Planned work: what it is, from when until when; None where it was put off and has no new time.

    ``told_start`` and ``told_end`` are the times that we had announced, where these are others now; ``begun`` is true
    once we have said that it has begun.
    """

    work: str
    start: datetime | None
    end: datetime | None
    evidence: Evidence
    told_start: datetime | None = None
    told_end: datetime | None = None
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one incident at one moment. Times are aware; ``timezone`` is the zone that readers live in.

    ``since`` is the first failed look and ``last_good`` the last good one before it. ``recovered_at`` is the first good
    look after which nothing failed, and ``watch_until`` the end of the time for which we watch before a human says
    resolved. ``next_update`` is the promise that this notice makes. ``repair`` is what a human did that helped,
    ``loss`` what they found of lost data, ``amends`` how we make it good, or ``no_amends`` why nothing is given for it.
    ``resolved_at`` is when the incident was over: what is said after that promises no further word. ``began`` is when
    it began by a human's word, and ``cleared`` that of a human by whom it works again, where no look could tell.
    ``past`` is what a review looks back at. ``failing_places`` of the ``places`` see the failure, None if all do.
    ``silent_until`` is until when, at least, we have said nothing of a failure that we could have told of. ``planned``
    is the work that a notice announces, and ``since`` is then its beginning. ``at`` is the moment for which durations
    "so far" are told; it is no fact of the incident, so the fingerprint leaves it out. ``also_in`` are the further
    languages in which the same is told.
    """

    timezone: str
    language: str
    since: datetime
    last_good: datetime | None
    affected: tuple[Affected, ...]
    evidence: Evidence
    working: tuple[Working, ...] = ()
    checked: tuple[Checked, ...] = ()
    places: int = 1
    acknowledged: Act | None = None
    cause: Act | None = None
    estimate: Act | None = None
    repair: Act | None = None
    loss: Act | None = None
    amends: Act | None = None
    no_amends: Act | None = None
    recovered_at: datetime | None = None
    watch_until: datetime | None = None
    resolved_at: datetime | None = None
    next_update: datetime | None = None
    follow: str | None = None
    signature: str | None = None
    said: tuple[Said, ...] = field(default=())
    correction: Correction | None = None
    began: Beginning | None = None
    cleared: Act | None = None
    past: Past | None = None
    failing_places: int | None = None
    silent_until: datetime | None = None
    planned: Planned | None = None
    at: datetime | None = None
    also_in: tuple[str, ...] = ()

    def told_in(self, language: str) -> "Facts":
        """The same facts for readers of another language; what people typed stays as they typed it."""
        if language == self.language:
            return replace(self, also_in=())
        return replace(
            self,
            language=language,
            also_in=(),
            affected=tuple(one.told_in(language) for one in self.affected),
            working=tuple(one.told_in(language) for one in self.working),
            said=tuple(one.told_in(language) for one in self.said),
            correction=self.correction and self._correction_in(language, self.correction),
            past=self.past and self.past.retitled({one.at: one.told_in(language).title for one in self.said}),
        )

    def _correction_in(self, language: str, wrong: Correction) -> Correction:
        """A message that is taken back as a whole is named by the title that it had in that language."""
        titles = (one.told_in(language).title for one in self.said if one.at == wrong.said_at)
        return replace(wrong, said=next(titles, wrong.said)) if wrong.whole else wrong

    def as_json(self) -> str:
        """The canonical text of these facts, for the record and for comparing two moments."""
        return json.dumps(asdict(self), default=_iso, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Facts":
        """Read back what ``as_json`` wrote; raises ValueError."""
        return _FACTS.validate_json(text)

    def sha256(self) -> str:
        """The fingerprint that tells whether facts changed since somebody looked."""
        return hashlib.sha256(replace(self, at=None).as_json().encode()).hexdigest()


_FACTS: Final = TypeAdapter(Facts)


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    message = f"{type(value).__name__} does not belong into Facts"
    raise TypeError(message)
