"""A moment of the public page: what has been published, told by incident and by component; values only."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

from monitor.config import Component, Site
from monitor.ledger.deliveries import Published
from monitor.models import Stage

RECENT: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Post:
    """One approved update that was delivered to the page: its words, and what it promises."""

    id: int
    stage: Stage
    title: str
    body: str
    published_at: datetime
    next_update_at: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """One incident as the public knows it; ``posts`` are newest first. ``total`` if a component did not work at all."""

    id: int
    opened_at: datetime
    posts: tuple[Post, ...]
    components: tuple[Component, ...]
    total: bool

    @property
    def latest(self) -> Post:
        """The newest word, which says where the incident stands."""
        return self.posts[0]

    @property
    def first(self) -> Post:
        """The first word that the public had of it."""
        return self.posts[-1]

    @property
    def stage(self) -> Stage:
        """Where it stands by what has been published, not by what we know inside."""
        return self.latest.stage

    @property
    def is_open(self) -> bool:
        """Whether the public is still waiting for the word *resolved*."""
        return self.stage is not Stage.RESOLVED

    @property
    def resolved_at(self) -> datetime | None:
        """When the word *resolved* was published."""
        ends = (post.published_at for post in self.posts if post.stage is Stage.RESOLVED)
        return None if self.is_open else min(ends)

    @property
    def promised_at(self) -> datetime | None:
        """By when we said that we would write again."""
        return self.latest.next_update_at if self.is_open else None


@dataclass(frozen=True, slots=True)
class Row:
    """One component, and the open incidents that are published about it."""

    component: Component
    cases: tuple[Case, ...]

    @property
    def stage(self) -> Stage | None:
        """The least comforting stage of its incidents; None if nothing is reported."""
        return min((case.stage for case in self.cases), key=list(Stage).index, default=None)


@dataclass(frozen=True, slots=True)
class Moment:
    """All that the page shows at ``now``, since the first word was published; ``cases`` are newest first."""

    site: Site
    components: tuple[Component, ...]
    cases: tuple[Case, ...]
    now: datetime
    began_at: datetime

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """The incidents that are not resolved."""
        return tuple(case for case in self.cases if case.is_open)

    @property
    def recent_cases(self) -> tuple[Case, ...]:
        """The incidents that were resolved in the last two weeks."""
        since = self.now - RECENT
        return tuple(case for case in self.cases if case.resolved_at and case.resolved_at >= since)

    def case(self, case_id: int) -> Case | None:
        """One incident, if anything was published about it."""
        return next((case for case in self.cases if case.id == case_id), None)

    def groups(self) -> list[tuple[str, list[Row]]]:
        """How each component stands, under its group's name, in the order of the config; those without one under ""."""
        open_cases = self.open_cases
        return [
            (name, [Row(each, tuple(case for case in open_cases if each in case.components)) for each in members])
            for name, members in groupby(self.components, attrgetter("group"))
        ]

    def updated_at(self) -> datetime:
        """When a reader was last told anything."""
        return max((case.latest.published_at for case in self.cases), default=self.now)


def moment(published: Sequence[Published], site: Site, components: Sequence[Component], now: datetime) -> Moment:
    """Tell what was published (the newest first) at one moment; ``now`` counts in whole minutes."""
    by_incident: dict[int, list[Published]] = {}
    for each in published:
        by_incident.setdefault(each.update.incident_id, []).append(each)
    cases = sorted((_case(told, components) for told in by_incident.values()), key=_told_at, reverse=True)
    began_at = cases[-1].first.published_at if cases else now
    return Moment(site, tuple(components), tuple(cases), now.replace(second=0, microsecond=0), began_at)


def _told_at(case: Case) -> tuple[datetime, int]:
    return case.first.published_at, case.id


def _case(told: Sequence[Published], components: Sequence[Component]) -> Case:
    incident = told[0].incident
    affected = [part for each in told for part in json.loads(each.update.facts).get("affected", ())]
    return Case(
        id=told[0].update.incident_id,
        opened_at=incident.opened_at,
        posts=tuple(_post(each) for each in told),
        components=tuple(_affected(incident.cause, {part["component"] for part in affected}, components)),
        total=any(part["total"] for part in affected),
    )


def _affected(cause: str, names: set[str], components: Sequence[Component]) -> Iterable[Component]:
    """Who is affected by the facts under the approved words; facts know names, and the cause is an id."""
    return (component for component in components if component.id == cause or component.name in names)


def _post(told: Published) -> Post:
    update = told.update
    assert update.id is not None  # noqa: S101 - it was read from the record
    return Post(update.id, update.stage, update.title, update.body, told.delivered_at, update.next_update_at)
