"""The shapes of Statuspage's API v2: each object with every field it has there, and a few more that are ours."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count, zip_longest
from typing import Any, Final

from monitor import markdown
from monitor.config import Component
from monitor.models import Stage
from monitor.page.moment import Case, Moment, Post, Row, Work

_ID_LENGTH: Final = 12

_DESCRIPTIONS: Final = {
    "none": "All Systems Operational",
    "minor": "Partially Degraded Service",
    "major": "Partial System Outage",
    "critical": "Major Service Outage",
}
_INDICATORS: Final = tuple(_DESCRIPTIONS)
_WORST_LAST: Final = ("operational", "under_maintenance", "partial_outage", "major_outage")
# There is no word for work that was put off and has no new time; it is neither to come nor under way.
_WORK: Final = {Work.PUT_OFF: Work.COMPLETED}

Json = dict[str, Any]


def page(moment: Moment) -> Json:
    """Whose page it is."""
    site = moment.setting.site
    return {
        "id": _page_id(moment),
        "name": site.name,
        "url": site.public_url,
        "time_zone": "Etc/UTC" if site.timezone == "UTC" else site.timezone,
        "updated_at": _time(moment.updated_at()),
    }


def status(moment: Moment) -> Json:
    """The whole in one word, and in a few."""
    impacts = [_impact(moment, case) for case in moment.open_cases]
    indicator = max(impacts, key=_INDICATORS.index, default="none")
    return {"indicator": indicator, "description": _DESCRIPTIONS[indicator]}


def as_of(moment: Moment) -> str | None:
    """When this was so."""
    return _time(moment.now)


def components(moment: Moment) -> list[Json]:
    """Every component and every group of them, a group before its members."""
    told: list[Json] = []
    positions = count(1)
    for name, rows in moment.groups():
        group_id = _id("group", name) if name else None
        members = [_component(moment, row, next(positions), group_id) for row in rows]
        if group_id:
            told.append(_group(moment, name, group_id, members))
        told += members
    return told


def incidents(moment: Moment, cases: Sequence[Case]) -> list[Json]:
    """Incidents with all their updates, in the order given."""
    shown = {entry["id"]: entry for entry in components(moment)}
    return [_incident(moment, case, shown) for case in cases]


def maintenances(moment: Moment, cases: Sequence[Case]) -> list[Json]:
    """Planned work: an incident's shape, with when it begins and ends."""
    shown = {entry["id"]: entry for entry in components(moment)}
    return [_maintenance(moment, case, shown) for case in cases]


def _impact(moment: Moment, case: Case) -> str:
    """How bad it was said to be: all services down, one of them, or a part of one."""
    if not case.total:
        return "minor"
    return "critical" if len(case.components) == len(moment.components) else "major"


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
        return "under_maintenance" if row.work else "operational"
    return _broken(total=any(case.total for case in failing))


def _broken(*, total: bool) -> str:
    return "major_outage" if total else "partial_outage"


def _group(moment: Moment, name: str, group_id: str, members: Sequence[Json]) -> Json:
    worst = max((member["status"] for member in members), key=_WORST_LAST.index)
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


def _incident(moment: Moment, case: Case, shown: Mapping[str, Json]) -> Json:
    watched = [post.published_at for post in case.posts if post.stage is Stage.MONITORING]
    return {
        **_told(moment, case, shown),
        "status": "postmortem" if case.review and not case.is_open else case.stage,
        "monitoring_at": _time(min(watched, default=None)),
        "impact": _impact(moment, case),
        "started_at": _time(case.opened_at),
    }


def _maintenance(moment: Moment, case: Case, shown: Mapping[str, Json]) -> Json:
    begun = [post.published_at for post in case.posts if post.work is Work.IN_PROGRESS]
    return {
        **_told(moment, case, shown),
        "status": _WORK.get(case.work, case.work) if case.work else None,
        "monitoring_at": None,
        "impact": "maintenance",
        "started_at": _time(min(begun, default=case.first.published_at)),
        "scheduled_for": _time(case.planned.start if case.planned else None),
        "scheduled_until": _time(case.planned.end if case.planned else None),
    }


def _told(moment: Moment, case: Case, shown: Mapping[str, Json]) -> Json:
    """What an incident and planned work have in common."""
    return {
        "id": _incident_id(case),
        "name": markdown.visible(case.first.title),
        "created_at": _time(case.first.published_at),
        "updated_at": _time(case.posts[0].published_at),
        "resolved_at": _time(case.resolved_at),
        "shortlink": f"{moment.setting.site.public_url}/incidents/{case.id}",
        "page_id": _page_id(moment),
        "incident_updates": _updates(case),
        "components": [shown[_component_id(component)] for component in case.components],
        "reminder_intervals": None,
        "next_update_at": _time(case.promised_at),
    }


def _updates(case: Case) -> list[Json]:
    return [_update(case, post, before) for post, before in zip_longest(case.posts, case.posts[1:])]


def _update(case: Case, post: Post, before: Post | None) -> Json:
    at = _time(post.published_at)
    return {
        "id": _id("update", post.id),
        "status": _update_status(post),
        "body": markdown.plain(post.body),
        "incident_id": _incident_id(case),
        "created_at": at,
        "updated_at": at,
        "display_at": at,
        "affected_components": _affected(case, post, before),
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
        "title": markdown.visible(post.title),
    }


def _update_status(post: Post) -> str:
    if post.review:
        return "postmortem"
    return _WORK.get(post.work, post.work) if post.work else post.stage


def _affected(case: Case, post: Post, before: Post | None) -> list[Json] | None:
    """How the components stood after an update, and before it."""
    old, new = _then(case, before), _then(case, post)
    return [
        {"code": _component_id(component), "name": component.name, "old_status": old, "new_status": new}
        for component in case.components
    ] or None


def _then(case: Case, post: Post | None) -> str:
    if post is None or post.stage in {Stage.MONITORING, Stage.RESOLVED}:
        return "operational"
    if case.planned:
        return "under_maintenance" if post.work is Work.IN_PROGRESS else "operational"
    return _broken(total=case.total)


def _page_id(moment: Moment) -> str:
    return _id("page", moment.setting.site.public_url)


def _component_id(component: Component) -> str:
    return _id("component", component.id)


def _incident_id(case: Case) -> str:
    return _id("incident", case.id)


def _id(noun: str, name: object) -> str:
    """Twelve lower-case characters that stay the same, as clients expect; they mean nothing."""
    return hashlib.sha256(f"{noun}/{name}".encode()).hexdigest()[:_ID_LENGTH]


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
