"""What changed in a draft since somebody opened it, word by word, in its text and in its facts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from drafts.facts import Facts
from monitor.desk.plain import known
from monitor.desk.times import Times
from monitor.models import IncidentUpdate, Revision

_WORD: Final = re.compile(r"\S+\s*|\s+")
_FORMS: Final = (("Title", "title"), ("Text", "body"), ("Short form", "short"), ("Spoken form", "spoken"))


@dataclass(frozen=True, slots=True)
class Span:
    """Some words that stayed, went, or came."""

    how: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed: its name, and the words with what went and what came."""

    what: str
    spans: tuple[Span, ...]


def between(seen: Revision, present: IncidentUpdate, times: Times) -> tuple[Change, ...]:
    """Everything that differs between what somebody saw and what is now; empty if nothing a human reads differs."""
    return (*_words(seen, present), *_facts(Facts.from_json(seen.facts), Facts.from_json(present.facts), times))


def _words(seen: Revision, present: IncidentUpdate) -> Iterator[Change]:
    for name, form in _FORMS:
        before, after = getattr(seen, form), getattr(present, form)
        if before != after:
            yield Change(name, tuple(_spans(before, after)))


def _facts(seen: Facts, present: Facts, times: Times) -> Iterator[Change]:
    before = {fact.about: fact.sentence for fact in known(seen, times)}
    after = {fact.about: fact.sentence for fact in known(present, times)}
    for about in dict.fromkeys((*after, *before)):
        if before.get(about) != after.get(about):
            yield Change(about, _whole(before.get(about), after.get(about)))


def _whole(before: str | None, after: str | None) -> tuple[Span, ...]:
    """A fact is one breath: it is replaced as a whole, since half a time of day says nothing."""
    gone = (Span("gone", before),) if before else ()
    new = (Span("new", after),) if after else ()
    return (*gone, *new)


def _spans(before: str, after: str) -> Iterator[Span]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    for how, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if how == "equal":
            yield Span("same", "".join(old[i1:i2]))
            continue
        if i1 < i2:
            yield Span("gone", "".join(old[i1:i2]))
        if j1 < j2:
            yield Span("new", "".join(new[j1:j2]))
