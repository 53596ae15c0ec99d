"""What the rules of honesty find in a draft, in the order in which a human should meet it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from drafts.facts import Facts
from drafts.honesty import Circumstances, Finding, Level, check, stage_of
from monitor.desk.telling import Telling, tellings
from monitor.models import IncidentUpdate


@dataclass(frozen=True, slots=True)
class Found:
    """One finding, and in which of the languages it was made; ``language`` is empty where there is only one."""

    finding: Finding
    language: str
    is_whole: bool


def findings(update: IncidentUpdate, circumstances: Circumstances, now: datetime) -> tuple[Found, ...]:
    """What is found in the words as they would be published now: first what blocks, then what warns.

    What only informs is for whoever writes, so it is left out of words that nobody has edited.
    """
    told = tellings(update)
    found = [one for telling in told for one in _found(update, telling, circumstances, now, named=len(told) > 1)]
    shown = [one for one in found if one.finding.level is not Level.INFORM or update.edited_by is not None]
    return tuple(sorted(shown, key=lambda one: tuple(Level).index(one.finding.level)))


def _found(
    update: IncidentUpdate, telling: Telling, circumstances: Circumstances, now: datetime, *, named: bool
) -> Iterator[Found]:
    facts = Facts.from_json(update.facts).told_in(telling.language)
    notice, stage = telling.notice, stage_of(update.kind, facts)
    asked = circumstances if telling.leads else circumstances.of_words()
    for finding in check(notice.title, notice.body, stage, now, facts, circumstances=asked):
        whole = not finding.words.strip() or finding.words.strip() == notice.body.strip()
        yield Found(finding, telling.name if named else "", whole)


def blocking(found: tuple[Found, ...]) -> tuple[str, ...]:
    """The rules that forbid an approval without a recorded reason."""
    return tuple(dict.fromkeys(one.finding.rule for one in found if one.finding.level is Level.BLOCK))
