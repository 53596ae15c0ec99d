"""The facts of a draft in plain sentences, so that they can be read beside the words, and held against later ones."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from drafts.facts import Act, Affected, Facts, Planned
from monitor.desk.times import Times


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: what it is about, and the sentence."""

    about: str
    sentence: str


def known(facts: Facts, times: Times) -> tuple[Fact, ...]:
    """What the record says, one fact a line; two moments of one draft differ exactly where their lines do."""
    return tuple(_planned(facts.planned, times) if facts.planned else _known(facts, times))


def unknown(facts: Facts) -> tuple[str, ...]:
    """What nobody knows yet, and the notice therefore must not claim."""
    if facts.planned:
        return ()
    gaps = {
        "How many customers are affected.": True,
        "What the cause is.": facts.cause is None,
        "When it will be repaired.": facts.estimate is None and facts.recovered_at is None,
        "When it last worked: no good check came before the first failed one.": facts.last_good is None,
    }
    return tuple(sentence for sentence, missing in gaps.items() if missing)


def _known(facts: Facts, times: Times) -> Iterator[Fact]:
    for part in facts.affected:
        yield Fact(part.component, _affected(part))
    if facts.began:
        yield Fact("Began, by a human's word", f"{times.at(facts.began.at)} ({_act(facts.began.claim, times)})")
    yield Fact("First seen", times.at(facts.since))
    yield Fact("Last good check before it", times.at(facts.last_good) if facts.last_good else "none on record")
    yield Fact("Still works", _names(part.component for part in facts.working) or "nothing else that we check")
    for line in facts.checked:
        yield Fact(f"Checked: {line.what}", line.showed)
    yield from _silence(facts.silent_until, times)
    yield Fact("Taken up", _act(facts.acknowledged, times) or "nobody has said so yet")
    yield Fact("Cause", _act(facts.cause, times) or "not known")
    yield Fact("Repair expected", _act(facts.estimate, times) or "not known")
    for about, act in (
        ("What helped", facts.repair),
        ("Lost data", facts.loss),
        ("Made good", facts.amends),
        ("Nothing given", facts.no_amends),
    ):
        if act:
            yield Fact(about, _act(act, times))
    if facts.correction:
        yield Fact("Wrong in our words", f"“{facts.correction.said}”; {_act(facts.correction.truth, times)}")
    yield from _ends(facts, times)


def _ends(facts: Facts, times: Times) -> Iterator[Fact]:
    if facts.recovered_at:
        yield Fact("Works again in our checks since", times.at(facts.recovered_at))
    if facts.cleared:
        yield Fact("Works again, by a human's word", _act(facts.cleared, times))
    if facts.watch_until:
        yield Fact("We watch until", times.minute(facts.watch_until))
    if facts.next_update:
        yield Fact("Next update promised by", times.minute(facts.next_update))


def _silence(until: datetime | None, times: Times) -> Iterator[Fact]:
    if until:
        yield Fact("Nothing was said until", times.minute(until))


def _planned(plan: Planned, times: Times) -> Iterator[Fact]:
    yield Fact("Planned work", plan.work)
    for about, moment in (("From", plan.start), ("Until", plan.end)):
        yield Fact(about, times.at(moment) if moment else "no time yet")
    for about, moment in (("Announced from", plan.told_start), ("Announced until", plan.told_end)):
        if moment:
            yield Fact(about, times.at(moment))


def _affected(part: Affected) -> str:
    if part.noticed:
        return f"{part.noticed.person} noticed: “{part.noticed.words}”"
    if part.total:
        return "its only check fails" if part.targets == 1 else f"all {part.targets} of its checks fail"
    return f"{part.failing} of its {part.targets} checks {'fails' if part.failing == 1 else 'fail'}"


def _act(act: Act | None, times: Times) -> str:
    if act is None:
        return ""
    return f"{act.person}, {times.at(act.at)}" + (f": {act.words}" if act.words else "")


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
