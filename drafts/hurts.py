"""Hurts: how one affected component is told, in the words of its fault, its extent and the company."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from drafts.facts import Act, Affected, Facts
from drafts.faults import MILD, Fault, fault_of
from drafts.phrases import Phrases

Clean = Callable[[str], str]


class Extent(StrEnum):
    """How much of a component fails: all, a part of its targets, not always, not everywhere, or by a human's word."""

    WHOLE = "whole"
    PART = "part"
    AT_TIMES = "at_times"
    TOLD = "told"
    SOMEWHERE = "somewhere"


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
    failing_places: int
    places: int
    now: str
    then: str
    state: str
    was: str
    verb: str
    fails: tuple[str, str, str]
    saw: str
    workaround: str
    since: datetime
    noticed: Quote | None

    @property
    def well(self) -> bool:
        """Whether something checks it, and nothing of it fails now."""
        return self.failing == 0 < self.targets

    @property
    def mild(self) -> bool:
        """Whether it works, only not as promised, or we cannot tell."""
        return self.fault in MILD


def hurt_of(affected: Affected, facts: Facts, words: Phrases, clean: Clean, *, saw: bool) -> Hurt:
    """Tell a component; ``saw`` is whether what a check saw is told too. ``clean`` makes strangers' words harmless."""
    fault, name = fault_of(affected.reason), clean(affected.component)
    now, then = _effect(affected, fault, words, clean)
    if not affected.total and now and (affected.effect or fault is not Fault.PLANNED):
        now, then = words.perhaps(now), words.perhaps_then(then)
    whole, partly, was = words.state[fault]
    failing = words.verb["failed"]
    verb = words.verb.get(fault, failing)
    return Hurt(
        name=name,
        fault=fault,
        extent=_extent(affected, facts),
        failing=affected.failing,
        targets=affected.targets,
        failing_places=facts.failing_places or facts.places,
        places=facts.places,
        now=now,
        then=then,
        state=whole if affected.total else partly,
        was=was,
        verb=verb,
        fails=words.fails.get(fault, words.fails["failed"]),
        saw=words.saw.get(affected.reason, "") if verb == failing and saw else "",
        workaround=clean(affected.workaround or ""),
        since=affected.since or facts.since,
        noticed=quoter(clean)(affected.noticed),
    )


def _extent(affected: Affected, facts: Facts) -> Extent:
    if affected.noticed:
        return Extent.TOLD
    if facts.failing_places and facts.failing_places < facts.places:
        return Extent.SOMEWHERE
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


def quoter(clean: Clean) -> Callable[[Act | None], Quote | None]:
    """What makes a quote of an act, with harmless words."""

    def quote(act: Act | None) -> Quote | None:
        return Quote(clean(act.person), act.at, clean(act.words).rstrip(".")) if act else None

    return quote
