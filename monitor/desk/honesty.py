"""What the rules of honesty find in a draft, in the order in which a human should meet it."""

from datetime import datetime

from drafts.facts import Facts
from drafts.honesty import Finding, Level, check, stage_of
from monitor.models import IncidentUpdate


def findings(update: IncidentUpdate, now: datetime) -> tuple[Finding, ...]:
    """What is found in the words as they would be published now: first what blocks, then what warns.

    What only informs is for whoever writes, so it is left out of words that nobody has edited.
    """
    facts = Facts.from_json(update.facts)
    found = check(update.title, update.body, stage_of(update.kind, facts), now, facts)
    told = [finding for finding in found if finding.level is not Level.INFORM or update.edited_by is not None]
    return tuple(sorted(told, key=lambda finding: tuple(Level).index(finding.level)))


def blocking(found: tuple[Finding, ...]) -> tuple[str, ...]:
    """The rules that forbid an approval without a recorded reason."""
    return tuple(dict.fromkeys(finding.rule for finding in found if finding.level is Level.BLOCK))
