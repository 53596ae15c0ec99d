"""Honesty: what is wrong with a text, rule by rule, with the very words, why it matters, and what to write instead."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from drafts.facts import Facts


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


def check(title: str, body: str, kind: Stage, posted_at: datetime | None, facts: Facts | None) -> tuple[Finding, ...]:
    """Hold a text against every rule; without facts the rules that need them are left out.

    ``posted_at`` is when it was or would be published: without it, rules that ask what lies ahead are left out too.
    """
    raise NotImplementedError(title, body, kind, posted_at, facts)
