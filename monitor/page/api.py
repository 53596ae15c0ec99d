"""The page for programs, in the shapes of Statuspage's public API v2, so that its clients read ours unchanged."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from monitor import markdown
from monitor.config import Component
from monitor.models import Stage
from monitor.page.answer import Answer
from monitor.page.moment import Case, Moment, Post, Row

INCIDENTS_MAX: Final = 50
_ID_LENGTH: Final = 12

_DESCRIPTIONS: Final = {
    "none": "All Systems Operational",
    "minor": "Partially Degraded Service",
    "major": "Partial System Outage",
    "critical": "Major Service Outage",
}
_INDICATORS: Final = tuple(_DESCRIPTIONS)

Json = dict[str, Any]


def summary(moment: Moment) -> Answer:
    """Everything that is so now."""
    return _answer(
        moment,
        components=_components(moment),
        incidents=_incidents(moment, moment.open_cases),
        scheduled_maintenances=[],
        status=_status(moment),
    )


def status(moment: Moment) -> Answer:
    """The whole in one word."""
    return _answer(moment, status=_status(moment))


def components(moment: Moment) -> Answer:
    """Every component and every group of them."""
    return _answer(moment, components=_components(moment))


def incidents(moment: Moment) -> Answer:
    """The newest incidents, those that are over too."""
    return _answer(moment, incidents=_incidents(moment, moment.cases[:INCIDENTS_MAX]))


def unresolved(moment: Moment) -> Answer:
    """The incidents that are not resolved."""
    return _answer(moment, incidents=_incidents(moment, moment.open_cases))


def _answer(moment: Moment, **more: object) -> Answer:
    text = json.dumps({"page": _page(moment), **more}, ensure_ascii=False, separators=(",", ":"))
    return Answer.of(text, "application/json", shared=True)


def _page(moment: Moment) -> Json:
    return {
        "id": _page_id(moment),
        "name": moment.site.name,
        "url": moment.site.public_url,
        "time_zone": moment.site.timezone,
        "updated_at": _time(moment.updated_at()),
    }


def _status(moment: Moment) -> Json:
    impacts = [_impact(moment, case) for case in moment.open_cases]
    indicator = max(impacts, key=_INDICATORS.index, default="none")
    return {"indicator": indicator, "description": _DESCRIPTIONS[indicator]}


def _impact(moment: Moment, case: Case) -> str:
    """How bad it was said to be: all services down, one of them, or a part of one."""
    if not case.total:
        return "minor"
    return "critical" if len(case.components) == len(moment.components) else "major"


def _components(moment: Moment) -> list[Json]:
    told: list[Json] = []
    positions = count(1)
    for name, rows in moment.groups():
        group_id = _id("group", name) if name else None
        members = [_component(moment, row, next(positions), group_id) for row in rows]
        if group_id:
            told.append(_group(moment, name, group_id, members))
        told += members
    return told


def _component(moment: Moment, row: Row, position: int, group_id: str | None) -> Json:
    return _entry(
        moment,
        _component_id(row.component),
        name=row.component.name,
        status=_component_status(row),
        position=position,
        group_id=group_id,
        cases=row.cases,
    )


def _component_status(row: Row) -> str:
    """By the published words: what works again under watch counts as working."""
    failing = [case for case in row.cases if case.stage is not Stage.MONITORING]
    if not failing:
        return "operational"
    return "major_outage" if any(case.total for case in failing) else "partial_outage"


def _group(moment: Moment, name: str, group_id: str, members: Sequence[Json]) -> Json:
    order = ("operational", "partial_outage", "major_outage")
    worst = max((member["status"] for member in members), key=order.index)
    first = min(member["position"] for member in members)
    entry = _entry(moment, group_id, name=name, status=worst, position=first, group_id=None, cases=())
    return {**entry, "group": True, "components": [member["id"] for member in members]}


def _entry(  # noqa: PLR0913 - the shape is Statuspage's
    moment: Moment, entry_id: str, *, name: str, status: str, position: int, group_id: str | None, cases: Sequence[Case]
) -> Json:
    told = min((case.first.published_at for case in cases), default=None)
    return {
        "id": entry_id,
        "name": name,
        "status": status,
        # Nothing is recorded of when a component was put on the page, so it is as old as the first word here.
        "created_at": _time(moment.began_at),
        "updated_at": _time(told or moment.began_at),
        "position": position,
        "description": None,
        "showcase": False,
        "start_date": None,
        "group_id": group_id,
        "page_id": _page_id(moment),
        "group": False,
        "only_show_if_degraded": False,
    }


def _incidents(moment: Moment, cases: Sequence[Case]) -> list[Json]:
    shown = {entry["id"]: entry for entry in _components(moment)}
    return [_incident(moment, case, shown) for case in cases]


def _incident(moment: Moment, case: Case, shown: Mapping[str, Json]) -> Json:
    watched = [post.published_at for post in case.posts if post.stage is Stage.MONITORING]
    return {
        "id": _incident_id(case),
        "name": case.first.title,
        "status": case.stage,
        "created_at": _time(case.first.published_at),
        "updated_at": _time(case.latest.published_at),
        "monitoring_at": _time(min(watched, default=None)),
        "resolved_at": _time(case.resolved_at),
        "impact": _impact(moment, case),
        "shortlink": f"{moment.site.public_url}/incidents/{case.id}",
        "started_at": _time(case.opened_at),
        "page_id": _page_id(moment),
        "incident_updates": [_update(case, post) for post in case.posts],
        "components": [shown[_component_id(component)] for component in case.components],
        "reminder_intervals": None,
        "next_update_at": _time(case.promised_at),
    }


def _update(case: Case, post: Post) -> Json:
    at = _time(post.published_at)
    return {
        "id": _id("update", post.id),
        "status": post.stage,
        "body": markdown.plain(post.body),
        "incident_id": _incident_id(case),
        "created_at": at,
        "updated_at": at,
        "display_at": at,
        "affected_components": None,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
        "title": post.title,
    }


def _page_id(moment: Moment) -> str:
    return _id("page", moment.site.public_url)


def _component_id(component: Component) -> str:
    return _id("component", component.id)


def _incident_id(case: Case) -> str:
    return _id("incident", case.id)


def _id(noun: str, name: object) -> str:
    """Twelve lower-case characters that stay the same, as clients expect; they mean nothing."""
    return hashlib.sha256(f"{noun}/{name}".encode()).hexdigest()[:_ID_LENGTH]


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
