"""Slots: what the templates fill in, made from Facts; a person's or the config's words are made harmless first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from zoneinfo import ZoneInfo

from drafts.facts import Act, Affected, Checked, Facts
from drafts.faults import MILD, Fault, fault_of
from drafts.markdown import plain
from drafts.past import Past
from drafts.phrases import Phrases, phrases
from drafts.times import Teller, same_minute

Clean = Callable[[str], str]

NAMES_MAX: Final = 4
CHECKED_MAX: Final = 3
CLOSE: Final = timedelta(minutes=2)


class Extent(StrEnum):
    """How much of a component fails: all of it, a part of its targets, not in every look, or by a human's word."""

    WHOLE = "whole"
    PART = "part"
    AT_TIMES = "at_times"
    TOLD = "told"


class LastGood(StrEnum):
    """What the last good look tells of the beginning."""

    NEVER = "never"
    SAME_MINUTE = "same_minute"
    CLOSE = "close"
    LONG_BEFORE = "long_before"


@dataclass(frozen=True, slots=True)
class Quote:
    """A person's words, with their name and the time."""

    person: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Hurt:
    """One affected component: ``now`` and ``then`` are what a customer notices, empty where nobody can tell."""

    name: str
    fault: Fault
    extent: Extent
    failing: int
    targets: int
    now: str
    then: str
    state: str
    was: str
    verb: str
    saw: str
    workaround: str
    since: datetime
    noticed: Quote | None

    @property
    def mild(self) -> bool:
        """Whether it works, only not as promised, or we cannot tell."""
        return self.fault in MILD


@dataclass(frozen=True, slots=True)
class Wrong:
    """What we said and when, and who says what is so instead, and when."""

    said: str
    said_at: datetime
    truth: str
    person: str
    at: datetime
    whole: bool
    false_alarm: bool


@dataclass(frozen=True, slots=True)
class Slots:
    """The facts of one text, ready to be said; ``tell`` tells its times in the order of reading."""

    tell: Teller
    phrases: Phrases
    hurts: tuple[Hurt, ...]
    new: tuple[str, ...]
    things: str
    working: tuple[str, ...]
    working_others: int
    checked: tuple[tuple[str, str], ...]
    checked_others: int
    first_seen: datetime
    last_good: datetime | None
    last_good_is: LastGood
    places: int
    acknowledged: Quote | None
    cause: Quote | None
    estimate: Quote | None
    repair: Quote | None
    loss: Quote | None
    amends: Quote | None
    no_amends: Quote | None
    recovered_at: datetime | None
    watch_until: datetime | None
    next_update: datetime | None
    follow: str
    signature: str
    said_at: datetime | None
    correction: Wrong | None
    began: Quote | None
    cleared: Quote | None
    past: Past | None
    at: datetime | None
    brief: bool

    @property
    def since(self) -> datetime:
        """When it began: by a human's word, or when we first saw it."""
        return self.began.at if self.began else self.first_seen

    @property
    def signer_took_it_up(self) -> bool:
        """Whether who signs took it up, and so may say "I": a signature is a name, or a name and for whom it speaks."""
        return self.acknowledged is not None and self.acknowledged.person == self.signature.partition(",")[0]

    @classmethod
    def fill(cls, facts: Facts, clean: Clean, *, brief: bool = False) -> Self:
        """Make every slot from these facts; ``clean`` makes a stranger's words harmless for the text they go into.

        A ``brief`` text leaves out what a reader misses least: what a check saw, and that there is no workaround.
        """
        words, quote = phrases(facts.language), _quoter(clean)
        return cls(
            tell=Teller(ZoneInfo(facts.timezone), words),
            phrases=words,
            hurts=tuple(_hurt(affected, facts, clean, brief=brief) for affected in facts.affected),
            new=_new(facts, clean),
            things=words.join([clean(affected.component) for affected in facts.affected]),
            working=tuple(clean(one.component) for one in facts.working[:NAMES_MAX]),
            working_others=max(len(facts.working) - NAMES_MAX, 0),
            checked=tuple(_checked(one, clean) for one in facts.checked[:CHECKED_MAX]),
            checked_others=max(len(facts.checked) - CHECKED_MAX, 0),
            first_seen=facts.since,
            last_good=facts.last_good,
            last_good_is=_last_good(facts),
            places=facts.places,
            acknowledged=quote(facts.acknowledged),
            cause=quote(_worded(facts.cause)),
            estimate=quote(_worded(facts.estimate)),
            repair=quote(_worded(facts.repair)),
            loss=quote(_worded(facts.loss)),
            amends=quote(_worded(facts.amends)),
            no_amends=quote(_worded(facts.no_amends)),
            recovered_at=facts.recovered_at,
            watch_until=facts.watch_until,
            next_update=facts.next_update,
            follow=clean(facts.follow or ""),
            signature=clean(facts.signature or ""),
            said_at=facts.said[-1].at if facts.said else None,
            correction=_wrong(facts, clean),
            began=quote(replace(facts.began.claim, at=facts.began.at) if facts.began else None),
            cleared=quote(facts.cleared),
            past=facts.past and facts.past.cleaned(clean),
            at=facts.at,
            brief=brief,
        )


def _hurt(affected: Affected, facts: Facts, clean: Clean, *, brief: bool) -> Hurt:
    words, fault, name = phrases(facts.language), fault_of(affected.reason), clean(affected.component)
    now, then = _effect(affected, fault, words, clean)
    if not affected.total and now:
        now, then = words.perhaps(now), words.perhaps_then(then)
    whole, partly, was = words.state[fault]
    failing = words.verb["failed"]
    verb = words.verb.get(fault, failing)
    return Hurt(
        name=name,
        fault=fault,
        extent=_extent(affected),
        failing=affected.failing,
        targets=affected.targets,
        now=now,
        then=then,
        state=whole if affected.total else partly,
        was=was,
        verb=verb,
        saw=words.saw.get(affected.reason, "") if verb == failing and not brief else "",
        workaround=clean(affected.workaround or ""),
        since=affected.since or facts.since,
        noticed=_quoter(clean)(affected.noticed),
    )


def _extent(affected: Affected) -> Extent:
    if affected.noticed:
        return Extent.TOLD
    if affected.total:
        return Extent.WHOLE
    return Extent.PART if 0 < affected.failing < affected.targets else Extent.AT_TIMES


def _effect(affected: Affected, fault: Fault, words: Phrases, clean: Clean) -> tuple[str, str]:
    if affected.effect and fault not in MILD:
        now = clean(affected.effect).rstrip(".!")
        first, _, rest = now.partition(" ")
        if first.lower() in words.verbs:
            now = words.subject + first.lower() + " " + rest
        elif first.lower() == words.subject.strip().lower():
            now = words.subject + rest
        return now, words.afterwards(now)
    name = clean(affected.component)
    pair = words.now_and_then(affected.kind, fault) or ("", "")
    return pair[0].format(thing=name), pair[1].format(thing=name)


def _new(facts: Facts, clean: Clean) -> tuple[str, ...]:
    """The components that nothing we published has named."""
    told = "\n".join(f"{said.title}\n{plain(said.body)}" for said in facts.said)
    return tuple(clean(one.component) for one in facts.affected if told and one.component not in told)


def _wrong(facts: Facts, clean: Clean) -> Wrong | None:
    wrong = facts.correction
    if wrong is None:
        return None
    said, truth = clean(wrong.said).rstrip("."), clean(wrong.truth.words).rstrip(".")
    return Wrong(said, wrong.said_at, truth, clean(wrong.truth.person), wrong.truth.at, wrong.whole, wrong.false_alarm)


def _last_good(facts: Facts) -> LastGood:
    if facts.last_good is None:
        return LastGood.NEVER
    if same_minute(facts.last_good, facts.since):
        return LastGood.SAME_MINUTE
    return LastGood.CLOSE if facts.since - facts.last_good <= CLOSE else LastGood.LONG_BEFORE


def _checked(one: Checked, clean: Clean) -> tuple[str, str]:
    return clean(one.what).rstrip("."), clean(one.showed).rstrip(".")


def _worded(act: Act | None) -> Act | None:
    """A cause or an estimate without words tells a reader nothing."""
    return act if act and act.words.strip() else None


def _quoter(clean: Clean) -> Callable[[Act | None], Quote | None]:
    def quote(act: Act | None) -> Quote | None:
        return Quote(clean(act.person), act.at, clean(act.words).rstrip(".")) if act else None

    return quote
