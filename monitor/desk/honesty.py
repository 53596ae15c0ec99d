"""What the rules of honesty find in a draft, in the order in which a human should meet it."""

from datetime import datetime

from drafts.facts import Facts
from drafts.honesty import Finding, Level, check, stage_of
from monitor.models import IncidentUpdate


def findings(update: IncidentUpdate, now: datetime) -> tuple[Finding, ...]:
    """Everything found in the words as they would be published now: first what blocks, then what warns and informs."""
    found = check(update.title, update.body, stage_of(update.kind), now, Facts.from_json(update.facts))
    return tuple(sorted(found, key=lambda finding: tuple(Level).index(finding.level)))


def blocking(found: tuple[Finding, ...]) -> tuple[str, ...]:
    """The rules that forbid an approval without a recorded reason."""
    return tuple(dict.fromkeys(finding.rule for finding in found if finding.level is Level.BLOCK))
