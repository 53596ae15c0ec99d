"""Channels and people: what is named must still work, and those concerned must have been asked first."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from drafts.rules.circumstances import MAIL_KINDS, WEB_KINDS, Circumstances, of_kinds
from drafts.rules.rule import Hit, Level, Rule, Stage, Text, found, whole

_DIGITS_MIN: Final = 5
_NUMBER: Final = re.compile(r"\+?\d[\d ()/.-]{3,30}\d")
_NO_DIGIT: Final = re.compile(r"\D")


def _circumstances(text: Text) -> Circumstances:
    return text.circumstances or Circumstances()


def _dead(text: Text) -> Iterator[Hit]:
    """An address or number that reaches nobody now; a sentence that says that it fails may name it."""
    for start, end in text.body.sentences():
        if not text.tells(text.body.text[start:end], "symptom"):
            for address in _circumstances(text).dead:
                yield from _named(text.body.raw, address, start, end)


def _named(raw: str, address: str, start: int, end: int) -> Iterator[Hit]:
    if any(letter.isalpha() for letter in address):
        sought = re.compile(rf"(?<![\w.@-]){re.escape(address)}(?![\w@-]|\.\w|:\d)", re.IGNORECASE)
        yield from (Hit(*match.span()) for match in sought.finditer(raw, start, end))
    elif len(digits := _NO_DIGIT.sub("", address)) >= _DIGITS_MIN:
        told = ((match, _NO_DIGIT.sub("", match[0])) for match in _NUMBER.finditer(raw, start, end))
        yield from (Hit(*match.span()) for match, number in told if number == digits)


def _way_that_fails(text: Text) -> Iterator[Hit]:
    """To be told to write a mail, or to go to the website, while just that fails."""
    affected = text.facts.affected if text.facts and text.facts.recovered_at is None else ()
    for kinds, ways in ((MAIL_KINDS, "by_mail"), (WEB_KINDS, "by_web")):
        if of_kinds(affected, kinds):
            yield from found(ways)(text)


def _unreachable(text: Text) -> Iterable[Hit]:
    yield from _dead(text)
    yield from _way_that_fails(text)


def _unbriefed(text: Text) -> Iterable[Hit]:
    if _circumstances(text).unbriefed:
        yield whole(text)


def _alone(text: Text) -> Iterable[Hit]:
    if _circumstances(text).alone:
        yield from found("grave")(text)


def _amends_open(text: Text) -> Iterable[Hit]:
    if text.stage is Stage.RESOLVED and _circumstances(text).amends_open:
        yield whole(text)


PEOPLE: Final = (
    Rule(
        "C01",
        Level.BLOCK,
        "Whoever follows this gets no answer: what it needs is what fails.",
        "Name a way that works now, or leave it out.",
        _unreachable,
        needs_facts=True,
    ),
    Rule(
        "C02",
        Level.BLOCK,
        "Customers who read this will call, and whoever answers does not know of it yet.",
        "Have the phone or chat desk read the brief and say so; or wait, three minutes at most.",
        _unbriefed,
        needs_circumstances=True,
    ),
    Rule(
        "C04",
        Level.BLOCK,
        "A word on security, law or personal data can do harm that no correction undoes.",
        "Have a second approver read these very words and agree first.",
        _alone,
        needs_circumstances=True,
    ),
    Rule(
        "C05",
        Level.INFORM,
        "It is over, and nobody has decided whether customers are owed anything.",
        "Decide how it is made good, or write down that it is not, and why.",
        _amends_open,
        needs_circumstances=True,
    ),
)
