"""What changed in a draft since somebody opened it, word by word, in its text and in its facts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from drafts.facts import Facts
from drafts.notice import Notice
from monitor.desk.plain import known
from monitor.desk.telling import of_revision, tellings
from monitor.desk.times import Times
from monitor.models import IncidentUpdate, Revision

_WORD: Final = re.compile(r"\S+\s*|\s+")
_FORMS: Final = (
    ("Title", "title", False),
    ("Text", "body", False),
    ("Short form", "short", True),
    ("Spoken form", "spoken", True),
)
_ISLAND_WORDS_MAX: Final = 2
_NOTHING: Final = Notice("", "", "", "")


@dataclass(frozen=True, slots=True)
class Span:
    """Some words that stayed, went, or came."""

    how: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed: its name, and the words with what went and what came.

    The short and spoken forms say what the text says; a tired reader may leave them aside.
    """

    what: str
    spans: tuple[Span, ...]
    is_aside: bool = False


def between(seen: Revision, present: IncidentUpdate, times: Times) -> tuple[Change, ...]:
    """Everything that differs between what somebody saw and what is now; empty if nothing a human reads differs."""
    return (*_facts(Facts.from_json(seen.facts), Facts.from_json(present.facts), times), *_words(seen, present))


def _words(seen: Revision, present: IncidentUpdate) -> Iterator[Change]:
    before = of_revision(seen, present.language)
    for telling in tellings(present):
        old = before.get(telling.language, _NOTHING)
        yield from worded(old, telling.notice, "" if telling.leads else f"{telling.name}: ")


def worded(before: Notice, after: Notice, prefix: str = "") -> Iterator[Change]:
    """What went and came between two wordings of one language, form by form."""
    for name, form, is_aside in _FORMS:
        old, new = getattr(before, form), getattr(after, form)
        if old != new:
            yield Change(f"{prefix}{name}", tuple(_spans(old, new)), is_aside)


def _facts(seen: Facts, present: Facts, times: Times) -> Iterator[Change]:
    # A fact is one breath: it is replaced as a whole, since half a time of day says nothing.
    before = {fact.about: fact.sentence for fact in known(seen, times)}
    after = {fact.about: fact.sentence for fact in known(present, times)}
    for about in dict.fromkeys((*after, *before)):
        if before.get(about) != after.get(about):
            yield Change(about, tuple(_replaced(before.get(about, ""), after.get(about, ""))))


def _replaced(before: str, after: str) -> Iterator[Span]:
    """One stretch of words for another; the space behind them is no part of either."""
    gone, new = before.rstrip(), after.rstrip()
    if gone:
        yield Span("gone", gone)
    if gone and new:
        yield Span("same", " ")
    if new:
        yield Span("new", new)
    if space := after[len(new) :] or before[len(gone) :]:
        yield Span("same", space)


def _spans(before: str, after: str) -> Iterator[Span]:
    """What stayed, went and came; a word or two between changes goes and comes with them, for the reader's sake."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    gone, came = "", ""
    for how, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if how != "equal" or (gone + came and i2 - i1 <= _ISLAND_WORDS_MAX and i2 < len(old)):
            gone, came = gone + "".join(old[i1:i2]), came + "".join(new[j1:j2])
            continue
        yield from _replaced(gone, came)
        gone, came = "", ""
        yield Span("same", "".join(old[i1:i2]))
    yield from _replaced(gone, came)
