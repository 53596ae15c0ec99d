"""Slots: what the templates fill in, made from Facts; a person's or the config's words are made harmless first."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from zoneinfo import ZoneInfo

from drafts.facts import Act, Checked, Facts, Planned
from drafts.hurts import Clean, Hurt, Quote, hurt_of, quoter
from drafts.markdown import plain
from drafts.past import Past
from drafts.phrases import Phrases
from drafts.times import Teller, same_minute

NAMES_MAX: Final = 4
CHECKED_MAX: Final = 3
TERSE_MAX: Final = 4
BRIEF: Final = 2
CLOSE: Final = timedelta(minutes=2)


class LastGood(StrEnum):
    """What the last good look tells of the beginning."""

    NEVER = "never"
    SAME_MINUTE = "same_minute"
    CLOSE = "close"
    LONG_BEFORE = "long_before"


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
class Work:
    """Planned work, in harmless words, with the times that we had announced where they are others now."""

    words: str
    start: datetime | None
    end: datetime | None
    told_start: datetime | None
    told_end: datetime | None
    begun: bool


@dataclass(frozen=True, slots=True)
class Slots:
    """The facts of one text, ready to be said; ``tell`` tells its times in the order of reading.

    The more ``terse`` a text, the more it leaves out: from 1 on what a check saw, from 2 on that there is no
    workaround (and its words are brief), from 3 on an apology, from 4 on the last good look.
    """

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
    silent_until: datetime | None
    fresh: tuple[str, ...]
    planned: Work | None
    correction: Wrong | None
    began: Quote | None
    cleared: Quote | None
    past: Past | None
    at: datetime | None
    terse: int

    @property
    def brief(self) -> bool:
        """Whether words are spared."""
        return self.terse >= BRIEF

    @property
    def since(self) -> datetime:
        """When it began: by a human's word, or when we first saw it."""
        return self.began.at if self.began else self.first_seen

    @property
    def signer_took_it_up(self) -> bool:
        """Whether who signs took it up, and so may say "I": a signature is a name, or a name and for whom it speaks."""
        return self.acknowledged is not None and self.acknowledged.person == self.signature.partition(",")[0]

    @classmethod
    def fill(cls, facts: Facts, words: Phrases, clean: Clean, *, terse: int = 0) -> Self:
        """Make every slot from these facts; ``clean`` makes a stranger's words harmless for the text they go into."""
        quote = quoter(clean)
        return cls(
            tell=Teller(ZoneInfo(facts.timezone), words),
            phrases=words,
            hurts=tuple(hurt_of(affected, facts, words, clean, saw=terse < 1) for affected in facts.affected),
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
            silent_until=facts.silent_until,
            fresh=_fresh(facts),
            planned=_work(facts.planned, clean),
            correction=_wrong(facts, clean),
            began=quote(replace(facts.began.claim, at=facts.began.at) if facts.began else None),
            cleared=quote(facts.cleared),
            past=facts.past and facts.past.cleaned(clean),
            at=facts.at,
            terse=terse,
        )


def _new(facts: Facts, clean: Clean) -> tuple[str, ...]:
    """The components that nothing we published has named."""
    told = "\n".join(f"{said.title}\n{plain(said.body)}" for said in facts.said)
    return tuple(clean(one.component) for one in facts.affected if told and one.component not in told)


def _fresh(facts: Facts) -> tuple[str, ...]:
    """What humans have found since our last word, by the name of its slot."""
    last = facts.said[-1].at if facts.said else None
    acts = {"cause": facts.cause, "estimate": facts.estimate, "repair": facts.repair}
    return tuple(name for name, act in acts.items() if act and act.words.strip() and (last is None or act.at > last))


def _work(planned: Planned | None, clean: Clean) -> Work | None:
    if planned is None:
        return None
    times = (planned.start, planned.end, planned.told_start, planned.told_end)
    return Work(clean(planned.work).rstrip("."), *times, begun=planned.begun)


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
