"""What a rule is: an id, a level, the reason why, what to write instead, and how to find the very words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from drafts.facts import Facts
from drafts.rules.circumstances import Circumstances
from drafts.rules.reading import Reading
from drafts.rules.vocabulary import Vocabulary

TEXT_CHARS_MAX: Final = 10_000


class Level(StrEnum):
    """What a finding does: block approval (until overridden with a recorded reason), warn, or inform."""

    BLOCK = "B"
    WARN = "W"
    INFORM = "I"


class Stage(StrEnum):
    """Where in an incident a text stands; some rules ask different things of each."""

    FIRST = "first"
    UPDATE = "update"
    RESOLVED = "resolved"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found. ``start`` and ``end`` count characters of the part, ``title`` or ``body``."""

    rule: str
    level: Level
    start: int
    end: int
    words: str
    why: str
    instead: str
    part: str = "body"


@dataclass(frozen=True, slots=True)
class Text:
    """A text under examination: at most 10,000 characters are read, since no notice is longer."""

    title: Reading
    body: Reading
    stage: Stage
    posted_at: datetime | None
    facts: Facts | None
    words: Vocabulary
    circumstances: Circumstances | None = None

    @property
    def parts(self) -> tuple[tuple[str, Reading], ...]:
        """Title and body, each with its name."""
        return ("title", self.title), ("body", self.body)

    def tells(self, words: str, *names: str) -> bool:
        """Whether some words hold anything of these lists of the vocabulary."""
        return any(self.words[name].search(words) for name in names)

    def tells_anywhere(self, name: str) -> bool:
        """Whether title or body hold anything of this list."""
        return any(self.tells(read.text, name) for _, read in self.parts)


class Hit(NamedTuple):
    """Where a rule found something; a level of its own where the rule's would be too hard."""

    start: int
    end: int
    part: str = "body"
    level: Level | None = None


Find = Callable[[Text], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Where ``alone`` is set, it is the level for a text without Facts, of which less can be asked.

    ``misses`` names the list of words whose absence it holds against a text: it is left out in a language without them.
    """

    id: str
    level: Level
    why: str
    instead: str
    find: Find
    needs_facts: bool = False
    needs_circumstances: bool = False
    alone: Level | None = None
    misses: str | None = None

    def findings(self, text: Text) -> Iterable[Finding]:
        """Everything that this rule holds against the text."""
        if self._rests(text):
            return
        usual = self.alone if self.alone and text.facts is None else self.level
        for hit in self.find(text):
            words = (text.title if hit.part == "title" else text.body).raw[hit.start : hit.end]
            yield Finding(self.id, hit.level or usual, hit.start, hit.end, words, self.why, self.instead, part=hit.part)

    def _rests(self, text: Text) -> bool:
        """Whether it cannot be asked: for want of facts, of circumstances, or of words of this language."""
        if (self.needs_facts and text.facts is None) or (self.needs_circumstances and text.circumstances is None):
            return True
        return self.misses is not None and self.misses not in text.words


def facts_of(text: Text) -> Facts:
    """The facts, for rules that are only asked when there are some."""
    if text.facts is None:
        raise ValueError("a rule that needs facts was asked without any")
    return text.facts


def whole(text: Text, level: Level | None = None) -> Hit:
    """The whole body: where something is missing, it is missing everywhere."""
    return Hit(0, len(text.body.raw), level=level)


def found(name: str) -> Find:
    """A search of title and body for one list of the vocabulary."""

    def find(text: Text) -> Iterable[Hit]:
        sought = text.words[name]
        return (Hit(*match.span(), part) for part, read in text.parts for match in sought.finditer(read.text))

    return find


def in_body(hits: Iterable[Hit]) -> Iterable[Hit]:
    """Only what was found in the body."""
    return (hit for hit in hits if hit.part == "body")


def in_stages(find: Find, *stages: Stage) -> Find:
    """The same search, only in texts of these stages."""
    return lambda text: find(text) if text.stage in stages else ()
