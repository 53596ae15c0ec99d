"""Honesty: what is wrong with a text, rule by rule, with the very words, why it matters, and what to write instead."""

from datetime import datetime

from drafts.facts import Facts, UpdateKind
from drafts.markdown import escape
from drafts.rules import RULES
from drafts.rules.circumstances import Circumstances
from drafts.rules.reading import Reading
from drafts.rules.rule import TEXT_CHARS_MAX, Finding, Level, Rule, Stage, Text
from drafts.rules.vocabulary import vocabulary

__all__ = ["RULES", "Circumstances", "Finding", "Level", "Rule", "Stage", "check", "stage_of"]

_STAGES = {
    UpdateKind.FIRST: Stage.FIRST,
    UpdateKind.RESOLVED: Stage.RESOLVED,
    UpdateKind.ANNOUNCED: Stage.PLANNED,
    UpdateKind.BEGUN: Stage.PLANNED,
    UpdateKind.DONE: Stage.PLANNED,
    UpdateKind.POSTPONED: Stage.PLANNED,
}


def stage_of(kind: UpdateKind, facts: Facts | None = None) -> Stage:
    """The stage that a kind of update belongs to.

    What is said after the end, or to say that there was nothing, is held to what the end itself is held to.
    """
    return Stage.RESOLVED if facts and _over(facts) else _STAGES.get(kind, Stage.UPDATE)


def _over(facts: Facts) -> bool:
    return facts.resolved_at is not None or (facts.correction is not None and facts.correction.false_alarm)


def check(  # noqa: PLR0913 - a text is held against all that is known of it
    title: str,
    body: str,
    kind: Stage,
    posted_at: datetime | None,
    facts: Facts | None,
    *,
    language: str = "en",
    circumstances: Circumstances | None = None,
) -> tuple[Finding, ...]:
    """Hold a text against every rule; without facts the rules that need them are left out, others ask less.

    Those that ask how it goes out, and who stands behind it, are left out without ``circumstances``.

    ``posted_at`` is when it was or would be published: without it, rules that ask what lies ahead are left out too.
    At most 10,000 characters are read: no notice is longer, and no text can hold the reader up.
    """
    words = vocabulary(facts.language if facts else language)
    wrong = facts.correction.said if facts and facts.correction else ""
    text = Text(_read(title), _read(body, wrong), kind, posted_at, facts, words, circumstances)
    findings = (finding for rule in RULES for finding in rule.findings(text))
    return tuple(sorted(findings, key=lambda finding: (finding.part != "title", finding.start, finding.rule)))


def _read(text: str, wrong: str = "") -> Reading:
    """Read a text. Nothing is held against the wrong words that a correction quotes."""
    read = Reading.of(text[:TEXT_CHARS_MAX])
    start = read.raw.find(quoted) if (quoted := escape(wrong)) else -1
    if start < 0:
        return read
    end = start + len(quoted)
    return Reading(read.raw, read.text[:start] + " " * len(quoted) + read.text[end:])
