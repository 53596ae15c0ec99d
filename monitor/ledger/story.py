"""What happened, read across incidents and targets: for the pages that tell humans the story."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, load_only
from sqlmodel import col

from monitor.models import (
    Act,
    ActKind,
    Approval,
    AuditEntry,
    Delivery,
    Flip,
    Incident,
    IncidentUpdate,
    Member,
    Revision,
    Sighting,
)


async def stamp(s: AsyncSession) -> str:
    """A word that differs whenever something has happened that pages tell of."""
    undelivered = select(func.count()).select_from(Delivery).where(col(Delivery.delivered_at).is_(None))
    parts = (
        select(func.max(col(Flip.id))),
        select(func.max(col(AuditEntry.id))),
        select(func.count()).select_from(Revision),
        select(func.max(col(Delivery.id))),
        undelivered,
    )
    row = (await s.execute(select(*(part.scalar_subquery() for part in parts)))).one()
    return "/".join(map(str, row))


async def promised(s: AsyncSession, incident_ids: Collection[int]) -> Mapping[int, datetime]:
    """By when the last approved word of each of these incidents promised the next one, if it did."""
    update = IncidentUpdate
    wanted = (
        select(col(Approval.id), col(update.incident_id), col(update.next_update_at))
        .join(Approval, col(Approval.update_id) == col(update.id))
        .where(col(update.incident_id).in_(incident_ids))
    )
    last = {incident_id: at for _, incident_id, at in sorted((await s.execute(wanted)).all(), key=itemgetter(0))}
    return {incident_id: at for incident_id, at in last.items() if at}


async def alarms(s: AsyncSession, incident_id: int) -> tuple[int, int]:
    """Of this incident's targets: how many confirmed incidents they had, and how many humans called false alarms."""
    targets = select(col(Member.target)).where(col(Member.incident_id) == incident_id)
    mine = select(col(Member.incident_id)).where(col(Member.target).in_(targets), col(Member.confirmed_at).is_not(None))
    false = select(col(Act.incident_id)).where(col(Act.kind) == ActKind.FALSE_ALARM)
    counted = select(func.count(), func.count().filter(col(Incident.id).in_(false)))
    total, wrong = (await s.execute(counted.select_from(Incident).where(col(Incident.id).in_(mine)))).one()
    return total, wrong


async def failing(s: AsyncSession) -> Sequence[Member]:
    """Every target whose failure is confirmed and not over, in any open incident."""
    wanted = (
        select(Member)
        .join(Incident, col(Incident.id) == col(Member.incident_id))
        .where(
            col(Incident.resolved_at).is_(None),
            col(Member.confirmed_at).is_not(None),
            col(Member.recovered_at).is_(None),
        )
    )
    return (await s.scalars(wanted)).all()


async def failing_components(s: AsyncSession) -> frozenset[str]:
    """The components that fail in any open incident: by our looks, confirmed, or by a human's word."""
    seen = (col(Member.confirmed_at).is_not(None), col(Member.recovered_at).is_(None))
    joined = col(Incident.id) == col(Member.incident_id), col(Incident.id) == col(Sighting.incident_id)
    ours = select(col(Member.component_id)).join(Incident, joined[0]).where(col(Incident.resolved_at).is_(None), *seen)
    noticed = select(col(Sighting.component_id)).join(Incident, joined[1])
    noticed = noticed.where(col(Incident.resolved_at).is_(None), col(Sighting.cleared_at).is_(None))
    return frozenset((await s.scalars(ours.union(noticed))).all())


@dataclass(frozen=True, slots=True)
class Hit:
    """One component as far as an incident hit it: how many of its targets did fail in it, and how many do now."""

    component_id: str
    targets: int
    failing: int


async def hit_by(s: AsyncSession, incident_ids: Collection[int]) -> Mapping[int, Sequence[Hit]]:
    """The components that several incidents hit, by incident, in the order in which they first failed."""
    failing = func.count().filter(col(Member.recovered_at).is_(None))
    wanted = (
        select(col(Member.incident_id), col(Member.component_id), func.count(), failing)
        .where(col(Member.incident_id).in_(incident_ids))
        .group_by(col(Member.incident_id), col(Member.component_id))
        .order_by(func.min(col(Member.first_failed_at)), func.min(col(Member.target)))
    )
    found: dict[int, list[Hit]] = defaultdict(list)
    for incident_id, component_id, targets, failing_now in await s.execute(wanted):
        found[incident_id].append(Hit(component_id, targets, failing_now))
    return found


async def flips_during(
    s: AsyncSession, incident_id: int, *, since: datetime, until: datetime, limit: int
) -> Sequence[Flip]:
    """The changes of verdict of an incident's targets, newest first, at most ``limit``; without what they rest on."""
    targets = select(col(Member.target)).where(col(Member.incident_id) == incident_id)
    wanted = select(Flip).options(defer(Flip.result, raiseload=True))  # type: ignore[arg-type] # SQLModel shows the value's type
    wanted = wanted.where(col(Flip.target).in_(targets), col(Flip.at) >= since, col(Flip.at) <= until)
    return (await s.scalars(wanted.order_by(col(Flip.at).desc(), col(Flip.id).desc()).limit(limit))).all()


async def revisions_of(s: AsyncSession, incident_id: int, *, limit: int) -> Sequence[Revision]:
    """Every wording of every draft of an incident, newest first, at most ``limit``: its title, time and hand."""
    told: Any = (Revision.title, Revision.at, Revision.person_id)
    wanted = (
        select(Revision)
        .options(load_only(*told, raiseload=True))
        .join(IncidentUpdate, col(IncidentUpdate.id) == col(Revision.update_id))
        .where(col(IncidentUpdate.incident_id) == incident_id)
        .order_by(col(Revision.at).desc(), col(Revision.number).desc())
        .limit(limit)
    )
    return (await s.scalars(wanted)).all()
