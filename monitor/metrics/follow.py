"""Follows the record: the gauges hold what it says now, and the histograms how long each step took."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn

from prometheus_client import Histogram
from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from drafts.facts import UpdateKind
from drafts.promises import Fate
from monitor.config import ChannelOptions
from monitor.ledger import (
    approvals,
    calls,
    canaries,
    deliveries,
    drafts,
    follow_ups,
    halts,
    incidents,
    subscribers,
    words,
)
from monitor.ledger.store import Ledger
from monitor.metrics.gauges import Gauges, Snapshot
from monitor.models import Act, ActKind, Approval, Delivery, Incident, IncidentUpdate


@dataclass(slots=True)
class Span:
    """One step from an earlier moment to a later one. Only what ended after ``seen`` is still to be counted."""

    histogram: Histogram
    pairs: Select[Any, Any]
    later: Mapped[Any]
    seen: datetime

    async def count(self, session: AsyncSession) -> None:
        """Observe every step that ended since the last time."""
        for later, earlier in await session.execute(self.pairs.where(self.later > self.seen)):
            self.seen = max(self.seen, later)
            self.histogram.observe(max(0.0, (later - earlier).total_seconds()))


class Follower:
    """Reads the record after each change. What happened before the start is not counted again."""

    def __init__(
        self, ledger: Ledger, gauges: Gauges, *, since: datetime, channels: Collection[ChannelOptions]
    ) -> None:
        """Begin to count what happens after ``since``; of ``channels`` that are no more, nothing is told."""
        self._ledger = ledger
        self._gauges = gauges
        self._named = frozenset(channel.name for channel in channels)
        self._tried = frozenset(channel.name for channel in channels if channel.canary)
        self._spans = _spans(gauges, since)
        self._heard_at: datetime | None = None
        self._promises: Mapping[Fate, int] = {}

    async def run(self) -> NoReturn:
        """Follow for ever."""
        while True:
            version = self._ledger.version
            await self.read()
            await self._ledger.changed(version)

    async def read(self) -> None:
        """Take in what the record says now."""
        async with self._ledger.read() as session:
            await self._count_promises(session)
            self._gauges.snapshot = replace(
                await _snapshot(session, self._promises),
                halted=sorted(self._named & (await halts.standing(session)).keys()),
                canaries=[one for name, one in (await canaries.latest(session)).items() if name in self._tried],
            )
            for span in self._spans:
                await span.count(session)

    async def _count_promises(self, session: AsyncSession) -> None:
        """Go through the whole record only when somebody was told something since the last time."""
        heard_at = await words.heard_at(session)
        if heard_at != self._heard_at:
            self._heard_at, self._promises = heard_at, await words.promises_answered(session)


def _spans(gauges: Gauges, since: datetime) -> tuple[Span, ...]:
    opened, confirmed = col(Incident.opened_at), col(Incident.confirmed_at)
    drafted, approved, delivered = col(IncidentUpdate.created_at), col(Approval.at), col(Delivery.delivered_at)
    of_incident = col(Incident.id) == col(IncidentUpdate.incident_id)
    of_update = col(IncidentUpdate.id) == col(Approval.update_id)
    of_approval = col(Approval.id) == col(Delivery.approval_id)
    of_act = col(Incident.id) == col(Act.incident_id)
    taken_up = col(Act.at)
    return (
        Span(gauges.to_detect, select(confirmed, opened), confirmed, since),
        Span(
            gauges.to_draft,
            select(drafted, opened).join(Incident, of_incident).where(*_first(IncidentUpdate, UpdateKind.FIRST)),
            drafted,
            since,
        ),
        Span(
            gauges.to_acknowledge,
            select(taken_up, confirmed)
            .join(Incident, of_act)
            .where(confirmed.is_not(None), *_first(Act, ActKind.ACKNOWLEDGED)),
            taken_up,
            since,
        ),
        Span(
            gauges.to_approve,
            select(approved, drafted)
            .join(IncidentUpdate, of_update)
            .where(col(IncidentUpdate.kind) != UpdateKind.REVIEW),
            approved,
            since,
        ),
        Span(gauges.to_publish, select(delivered, approved).join(Approval, of_approval), delivered, since),
    )


def _first(table: type[IncidentUpdate | Act], kind: UpdateKind | ActKind) -> tuple[ColumnElement[bool], ...]:
    """Only the first of its kind that an incident has: one that fails again later was not slow to be drafted."""
    other = aliased(table)
    is_earlier = (
        col(other.incident_id) == col(table.incident_id),
        col(other.kind) == kind,
        col(other.id) < col(table.id),
    )
    return col(table.kind) == kind, ~exists().where(*is_earlier)


async def _snapshot(session: AsyncSession, promises: Mapping[Fate, int]) -> Snapshot:
    opened = await incidents.open_all(session)
    waiting = await drafts.waiting(session)
    ids = [incident.id for incident in opened]
    approved = await approvals.of_incidents(session, ids)
    promised = {
        incident_id: update.next_update_at
        for incident_id, updates in (await drafts.of_incidents(session, ids)).items()
        for update in updates
        if update.next_update_at and update.id in approved
    }
    return Snapshot(
        open_by_stage=Counter(incident.stage for incident in opened),
        drafts_waiting=sum(draft.kind is not UpdateKind.REVIEW for draft in waiting),
        reviews_waiting=sum(draft.kind is UpdateKind.REVIEW for draft in waiting),
        pending_by_channel=await deliveries.pending_counts(session),
        subscribers=await subscribers.counts(session),
        pending_by_route=await calls.pending_counts(session),
        promised=promised,
        promises=promises,
        follow_ups_due=[action.due_on for action in await follow_ups.undone(session)],
        customer_first=await words.customer_first(session),
    )
