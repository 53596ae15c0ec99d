"""A rehearsal: a company's words told of outages that never were, so that what is wrong with them shows by day.

Every notice that its words can change is written from these Facts, in all its forms, and held against the rules that
block an approval and against the Facts. What our own words would be blamed for just the same is not theirs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

from jinja2 import nodes

from drafts import honesty
from drafts.brief import brief
from drafts.facts import Act, Affected, Checked, Correction, Facts, Planned, Said, UpdateKind, Working
from drafts.faults import fault_of
from drafts.grounds import held, invented
from drafts.honesty import Level
from drafts.markdown import plain
from drafts.notice import FORMS, Notice, write
from drafts.overrides import BRIEF, PHRASES, Flaw, parts_of
from drafts.past import Action, Entry, Mistake, Override, Past, Turn
from drafts.phrases import Phrases, phrases
from drafts.promises import Promise
from drafts.sandbox import Broken
from drafts.slots import Slots
from drafts.wording import Wording

START: Final = datetime(2026, 11, 22, 14, 2, 5, tzinfo=UTC)


def rehearse(wording: Wording, files: Mapping[str, str]) -> tuple[Flaw, ...]:
    """Everything that is wrong with what a company says in this language, as far as outages that never were show it."""
    flaws = [flaw for file in _templates(wording) for flaw in (*_unknown_slots(wording, file), *_idle(wording, file))]
    for kind in UpdateKind:
        if PHRASES in files or f"{kind}.md.j2" in _templates(wording):
            for facts in (_bare(kind, wording.language), _full(kind, wording.language)):
                flaws += _told(wording, kind, facts, files)
    if PHRASES in files:
        for facts in _changed(wording.phrases, _bare(UpdateKind.FIRST, wording.language)):
            flaws += _told(wording, UpdateKind.FIRST, facts, files)
    if f"{BRIEF}.md.j2" in _templates(wording):
        for facts in (_bare(UpdateKind.FIRST, wording.language), _full(UpdateKind.RECOVERY, wording.language)):
            brief(facts, {wording.language: wording}, partial(_note, flaws))
    return tuple(dict.fromkeys(flaws))


def _templates(wording: Wording) -> tuple[str, ...]:
    return wording.sandbox.names if wording.sandbox else ()


def _note(flaws: list[Flaw], language: str, broken: Broken) -> None:
    del language
    flaws.append(Flaw(broken.file, broken.line, (), broken.why))


def _told(wording: Wording, kind: UpdateKind, facts: Facts, files: Mapping[str, str]) -> Iterator[Flaw]:
    """What is wrong with one notice."""
    broken: list[Flaw] = []
    notice = write(kind, facts, {wording.language: wording}, partial(_note, broken))
    if broken:
        yield from broken
        return
    file = f"{kind}.md.j2" if f"{kind}.md.j2" in files else PHRASES
    common = {finding.rule for finding in _findings(write(kind, facts), kind, facts)}
    for finding in _findings(notice, kind, facts):
        if finding.rule not in common and finding.level in {Level.BLOCK, Level.WARN}:
            line = _line_of(finding.words, files[file])
            yield Flaw(file, line, (), _blame(kind, finding), mild=finding.level is not Level.BLOCK)
    grounds = held(facts, wording.phrases)
    for form in FORMS:
        for number in invented(plain(getattr(notice, form)), grounds):
            why = f"the {form} of {kind} says {number}, which no fact holds: say only what was measured"
            yield Flaw(file, _line_of(number, files[file]), (), why, mild=True)


def _findings(notice: Notice, kind: UpdateKind, facts: Facts) -> tuple[honesty.Finding, ...]:
    return honesty.check(notice.title, notice.body, honesty.stage_of(kind, facts), facts.at, facts)


def _blame(kind: UpdateKind, finding: honesty.Finding) -> str:
    words = " ".join(finding.words.split())
    said = f"“{words}”: " if len(words) < 60 else ""  # noqa: PLR2004 - a longer one is the whole text
    return f"{finding.rule}, told as {kind}: {said}{finding.why} {finding.instead}"


def _line_of(words: str, text: str) -> int:
    """The line of a file on which these words stand, if they do."""
    first = words.strip().partition("\n")[0]
    return next((number for number, line in enumerate(text.splitlines(), 1) if first and first in line), 0)


def _unknown_slots(wording: Wording, file: str) -> Iterator[Flaw]:
    """What a macro asks the slots for that they do not have, on whichever way through the template."""
    known = {*Slots.__dataclass_fields__, *(name for name in vars(Slots) if not name.startswith("_"))}
    for macro in _macros(wording, file):
        slots = macro.args[0].name if macro.args and macro.name in parts_of(file.partition(".")[0]) else None
        for node in macro.find_all(nodes.Getattr):
            if isinstance(node.node, nodes.Name) and node.node.name == slots and node.attr not in known:
                yield Flaw(file, node.lineno, (), f"there is no slot {node.attr}")


def _idle(wording: Wording, file: str) -> Iterator[Flaw]:
    parts = parts_of(file.partition(".")[0])
    if not {macro.name for macro in _macros(wording, file)} & set(parts):
        yield Flaw(file, 0, (), f"has no macro {', '.join(parts)}, so it changes nothing", mild=True)


def _macros(wording: Wording, file: str) -> Iterator[nodes.Macro]:
    if wording.sandbox:
        yield from wording.sandbox.tree(file).find_all(nodes.Macro)


def _changed(words: Phrases, facts: Facts) -> Iterator[Facts]:
    """The sample for each thing that may fail, and each reason, that this company has words of its own for."""
    own = phrases(facts.language)
    for kind in words.effect:
        for reason in words.saw:
            fault = fault_of(reason)
            said = words.now_and_then(kind, fault) != own.now_and_then(kind, fault)
            if said or (words.state[fault], words.saw[reason]) != (own.state[fault], own.saw[reason]):
                yield replace(facts, affected=(replace(facts.affected[0], kind=kind, reason=reason),))


def _bare(kind: UpdateKind, language: str) -> Facts:
    """An outage of which only the measurement is known."""
    affected = Affected("Zulu", "smtp", "connect_refused", failing=1, targets=1, total=True, evidence=("flip:1",))
    facts = Facts(
        timezone="UTC",
        language=language,
        since=START,
        last_good=_after(-1),
        affected=(affected,),
        evidence=("flip:1",),
        next_update=_after(55).replace(second=0),
        at=_after(2),
    )
    return _of_kind(facts, kind)


def _full(kind: UpdateKind, language: str) -> Facts:
    """An outage of which all is known that can be known."""
    part = Affected(
        "Yankee", "http", "status", failing=2, targets=3, total=False, evidence=("flip:2",), workaround="Xray"
    )
    person = partial(Act, "Uniform", _after(4), ("act:1",))
    facts = replace(
        _bare(kind, language),
        timezone="Asia/Kathmandu",
        affected=(*_bare(kind, language).affected, part),
        working=tuple(Working(f"Whiskey{letter}", ("flip:3",)) for letter in "abcdef"),
        checked=tuple(Checked(f"Victor{letter}", "Tango", ("act:2",)) for letter in "abcd"),
        places=3,
        acknowledged=person("Sierra"),
        cause=person("Romeo"),
        estimate=person("Quebec"),
        follow="https://status.example.org",
        signature="Uniform",
    )
    if kind is UpdateKind.FIRST:
        return replace(facts, silent_until=_after(2))
    if kind in {UpdateKind.RESOLVED, UpdateKind.REVIEW}:
        return replace(facts, repair=person("Papa"), loss=person("Papa"), amends=person("Papa"))
    return facts


def _of_kind(facts: Facts, kind: UpdateKind) -> Facts:
    """The sample as it would stand when a notice of this kind is due."""
    if kind in _PLANNED:
        return _planned(facts, kind)
    if kind is UpdateKind.FIRST:
        return facts
    first = write(UpdateKind.FIRST, facts)
    facts = replace(facts, said=(Said(UpdateKind.FIRST, _after(5), first.title, first.body),), at=_after(50))
    if kind in {UpdateKind.RECOVERY, UpdateKind.RESOLVED, UpdateKind.REVIEW}:
        facts = replace(facts, recovered_at=_after(30), watch_until=_after(45))
    if kind in {UpdateKind.RESOLVED, UpdateKind.REVIEW}:
        facts = replace(facts, next_update=None)
    if kind is UpdateKind.REVIEW:
        return replace(facts, resolved_at=_after(46), past=_past(first.title))
    if kind is UpdateKind.CORRECTION:
        truth = Act("Uniform", _after(40), ("act:3",), "Oscar")
        return replace(facts, correction=Correction(first.title, _after(5), truth))
    return facts


_PLANNED: Final = (UpdateKind.ANNOUNCED, UpdateKind.BEGUN, UpdateKind.DONE, UpdateKind.POSTPONED)


def _planned(facts: Facts, kind: UpdateKind) -> Facts:
    """Planned work of the day after, or of now."""
    (one,) = facts.affected
    start = _after(24 * 60 if kind in {UpdateKind.ANNOUNCED, UpdateKind.POSTPONED} else 0).replace(second=0)
    told = start - timedelta(hours=2) if kind is UpdateKind.POSTPONED else None
    plan = Planned("November", start, start + timedelta(hours=1), ("config:x",), told_start=told, told_end=told)
    part = replace(one, kind="", reason="planned", failing=0, total=False)
    due = None if kind is UpdateKind.DONE else start if start > facts.since else start + timedelta(hours=1)
    at = start + timedelta(hours=1, minutes=1) if kind is UpdateKind.DONE else start if due != start else facts.at
    return replace(facts, since=start, last_good=None, affected=(part,), planned=plan, next_update=due, at=at)


def _past(title: str) -> Past:
    """All that a review may tell."""
    entries = [Entry(_after(number), turn, ("flip:1",), "Uniform", "Mike") for number, turn in enumerate(Turn)]
    told = replace(entries[5], turn=Turn.PUBLISHED, words=title)
    return Past(
        entries=(*entries, told),
        promises=(Promise(_after(5), _after(20), _after(30)), Promise(_after(30), _after(40), None)),
        told_at=_after(5),
        customer_first=entries[0],
        mistakes=(Mistake("Lima", _after(5), "Kilo", "Uniform"),),
        overrides=(Override(_after(6), ("E01",), "Uniform", "Juliett"),),
        factors=(replace(entries[0], turn=Turn.FACTOR, words="India"),),
        actions=(Action("Hotel", "Uniform", date(2026, 12, 1)),),
    )


def _after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)
