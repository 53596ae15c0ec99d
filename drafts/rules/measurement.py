"""Words against the measurement: a text may not say more, less or other than what was measured."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from drafts.faults import MILD, fault_of
from drafts.markdown import escape
from drafts.rules.rule import Hit, Level, Rule, Stage, Text, facts_of, found, whole

BESIDE_CHARS: Final = 60
BEFORE_CHARS: Final = 30

_SHARE: Final = re.compile(r"\b(\d{1,6}) (?:out )?of (?:our |the |its )?(\d{1,6})\b")
_NUMBER: Final = re.compile(r"\d")
_COUNTED: Final = re.compile(
    r"\b\d{1,9}(?:[.,]\d{1,9})?\s?(?:%|percent\b|(?:customers|users|people|accounts|mailboxes)\b)", re.IGNORECASE
)


def _names(text: Text, name: str) -> Iterator[Hit]:
    """Wherever a component is named."""
    sought = re.compile(rf"(?<!\w)(?:{re.escape(name)}|{re.escape(escape(name))})(?!\w)", re.IGNORECASE)
    for part, read in text.parts:
        for match in sought.finditer(read.raw):
            yield Hit(*match.span(), part)


def _over_too_soon(text: Text) -> Iterable[Hit]:
    if facts_of(text).recovered_at is not None:
        return
    for hit in found("over")(text):
        read = text.title if hit.part == "title" else text.body
        if not text.tells(read.text[max(hit.start - BEFORE_CHARS, 0) : hit.start], "not_yet"):
            yield hit


def _too_mild(text: Text) -> Iterable[Hit]:
    affected = facts_of(text).affected
    if all(one.total and fault_of(one.reason) not in MILD for one in affected):
        yield from found("mild")(text)


def _share(text: Text) -> Iterable[Hit]:
    facts = facts_of(text)
    measured = {(one.failing, one.targets) for one in facts.affected} | {(facts.failing_places, facts.places)}
    for part, read in text.parts:
        for match in _SHARE.finditer(read.text):
            if (int(match[1]), int(match[2])) not in measured:
                yield Hit(*match.span(), part)
        for match in text.words["small"].finditer(read.text):
            if not _NUMBER.search(read.text, match.end(), match.end() + BESIDE_CHARS):
                yield Hit(*match.span(), part)


def _too_clear(text: Text) -> Iterable[Hit]:
    """An all-clear needs a component in the same sentence that passes its looks, or a human's word on lost data."""
    facts = facts_of(text)
    for start, end in text.body.sentences():
        sentence = text.body.text[start:end]
        match = text.words["clear"].search(sentence)
        seen = any(one.component.lower() in sentence.lower() for one in facts.working)
        if match and not seen and not (facts.loss and text.tells(match[0], "data")):
            yield Hit(start + match.start(), start + match.end())


def _wrong_component(text: Text) -> Iterable[Hit]:
    facts = facts_of(text)
    for one in facts.affected:
        if not any(True for _ in _names(text, one.component)):
            yield whole(text)
    hurt = " ".join(one.component.lower() for one in facts.affected)
    healthy = [one.component for one in facts.working if one.component.lower() not in hurt]
    for start, end in text.body.sentences():
        sentence = text.body.text[start:end]
        if text.tells(sentence, "symptom") and not text.tells(sentence, "well"):
            for name in healthy:
                yield from (hit for hit in _names(text, name) if hit.part == "body" and start <= hit.start < end)


def _silent_change(text: Text) -> Iterable[Hit]:
    facts = facts_of(text)
    if not facts.said or text.tells(text.body.text, "corrected"):
        return
    before = set(_SHARE.findall(facts.said[-1].body))
    for match in _SHARE.finditer(text.body.text):
        if before and match.groups() not in before:
            yield Hit(*match.span())


def _title_disagrees(text: Text) -> Iterable[Hit]:
    facts = facts_of(text)
    known = [one.component for one in facts.affected] + [one.component for one in facts.working]
    for name in known:
        hits = list(_names(text, name))
        if hits and all(hit.part == "title" for hit in hits):
            yield hits[0]
    if text.tells(text.body.text, "busy"):
        yield from (hit for hit in found("over")(text) if hit.part == "title")


def _stage_disagrees(text: Text) -> Iterable[Hit]:
    if text.stage is Stage.RESOLVED:
        yield from found("busy")(text)


def _claim(text: Text) -> Iterable[Hit]:
    """Work that no human has taken up, checks that nobody recorded, and counts that nobody made."""
    facts = facts_of(text)
    if text.stage is not Stage.FIRST:
        return
    if facts.acknowledged is None and not facts.checked:
        yield from found("claim")(text)
    if not facts.checked:
        yield from found("checked")(text)
    for part, read in text.parts:
        yield from (Hit(*match.span(), part) for match in _COUNTED.finditer(read.text))


MEASUREMENT: Final = (
    Rule(
        "M01",
        Level.BLOCK,
        "Our own looks still fail.",
        "Say what fails and since when; say that it works when it has passed its looks.",
        _over_too_soon,
        needs_facts=True,
    ),
    Rule(
        "M02",
        Level.BLOCK,
        "Every look from every place fails: it is down, not slow.",
        "Say that it does not work.",
        _too_mild,
        needs_facts=True,
    ),
    Rule(
        "M03",
        Level.BLOCK,
        "A small word without the measured number beside it makes the outage smaller than it is.",
        "Give the count: “1 of our 3 checks has failed”.",
        _share,
        needs_facts=True,
    ),
    Rule(
        "M04",
        Level.BLOCK,
        "No look that passes, and no human's word, stands behind this all-clear.",
        "Name what passes its checks, or say that you do not know yet.",
        _too_clear,
        needs_facts=True,
    ),
    Rule(
        "M05",
        Level.BLOCK,
        "The components named are not those that fail.",
        "Name every affected component, and no other, as affected.",
        _wrong_component,
        needs_facts=True,
    ),
    Rule(
        "M08",
        Level.WARN,
        "The last message had another number, and nothing says that it has changed.",
        "Begin with “Correction”, or say that it has changed.",
        _silent_change,
        needs_facts=True,
    ),
    Rule(
        "M09",
        Level.BLOCK,
        "The title says something else than the text.",
        "Name the same component and the same state in both.",
        _title_disagrees,
        needs_facts=True,
    ),
    Rule(
        "M10",
        Level.BLOCK,
        "Who still works on it has not resolved it.",
        "Say what was done, or keep the incident open.",
        _stage_disagrees,
    ),
    Rule(
        "K08",
        Level.BLOCK,
        "Nothing in the record stands behind this claim: no human took it up, or nobody measured it.",
        "Have somebody take it up, or say only what was measured.",
        _claim,
        needs_facts=True,
    ),
)
