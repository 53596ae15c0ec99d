"""Telling: from what the record says was delivered to the page to the values that it shows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from drafts.facts import UpdateKind
from monitor.config import Component
from monitor.ledger import drafts
from monitor.ledger.deliveries import Published
from monitor.page.moment import Case, Moment, Planned, Post, Work
from monitor.page.setting import Setting

# What a message says of planned work, by its kind; one of the rest says nothing of where the work stands.
_WORK: Final[Mapping[UpdateKind, Work]] = {
    UpdateKind.ANNOUNCED: Work.SCHEDULED,
    UpdateKind.BEGUN: Work.IN_PROGRESS,
    UpdateKind.DONE: Work.COMPLETED,
}

Told = tuple[Published, Mapping[str, Any]]
"""A message, and the facts under it."""


def moment(published: Sequence[Published], setting: Setting, now: datetime) -> Moment:
    """Tell what was published (the newest first) at one moment; ``now`` counts in whole minutes."""
    by_incident: dict[int, list[Told]] = {}
    for each in published:
        by_incident.setdefault(each.update.incident_id, []).append((each, json.loads(each.update.facts)))
    cases = sorted((_case(told, setting.components) for told in by_incident.values()), key=_told_at, reverse=True)
    began_at = cases[-1].first.published_at if cases else now
    return Moment(setting, tuple(cases), now.replace(second=0, microsecond=0), began_at, setting.languages[0])


def _told_at(case: Case) -> tuple[datetime, int]:
    return case.first.published_at, case.id


def _case(told: Sequence[Told], components: Sequence[Component]) -> Case:
    incident = told[0][0].incident
    affected = [part for _, facts in told for part in facts.get("affected", ())]
    return Case(
        id=told[0][0].update.incident_id,
        opened_at=incident.opened_at,
        posts=tuple(_post(each, facts) for each, facts in told),
        components=tuple(_affected(incident.cause, {part["component"] for part in affected}, components)),
        total=any(part["total"] for part in affected),
        planned=next((_planned(facts["planned"]) for _, facts in told if facts.get("planned")), None),
    )


def _affected(cause: str, names: set[str], components: Sequence[Component]) -> Iterable[Component]:
    """Who is affected by the facts under the approved words; facts know names, and the cause is an id."""
    return (component for component in components if component.id == cause or component.name in names)


def _post(told: Published, facts: Mapping[str, Any]) -> Post:
    update = told.update
    correction = facts.get("correction")
    return Post(
        update.id,
        update.stage,
        update.title,
        update.body,
        told.delivered_at,
        update.next_update_at,
        approved_at=told.approved_at,
        language=update.language,
        others={language: (said.title, said.body) for language, said in drafts.notice_of(update).translations},
        corrects=datetime.fromisoformat(correction["said_at"]) if correction else None,
        retracts=bool(correction and correction["false_alarm"]),
        work=_work(update.kind, facts),
        review=update.kind is UpdateKind.REVIEW,
    )


def _work(kind: UpdateKind, facts: Mapping[str, Any]) -> Work | None:
    planned = facts.get("planned")
    if planned and kind is UpdateKind.POSTPONED:
        if planned["start"] is None:
            return Work.PUT_OFF
        return Work.IN_PROGRESS if planned["begun"] else Work.SCHEDULED
    return _WORK.get(kind) if planned else None


def _planned(told: Mapping[str, Any]) -> Planned:
    start, end = (told[key] and datetime.fromisoformat(told[key]) for key in ("start", "end"))
    return Planned(start, end)
