"""What happened, read across incidents and targets: for the pages that tell humans the story."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
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


async def promised(s: AsyncSession) -> Mapping[int, datetime]:
    """By when the last approved word of each open incident promised the next one, if it did."""
    update = IncidentUpdate
    wanted = (
        select(col(Approval.id), col(update.incident_id), col(update.next_update_at))
        .join(Approval, col(Approval.update_id) == col(update.id))
        .join(Incident, col(Incident.id) == col(update.incident_id))
        .where(col(Incident.resolved_at).is_(None))
    )
    last = {incident_id: at for _, incident_id, at in sorted((await s.execute(wanted)).all(), key=itemgetter(0))}
    return {incident_id: at for incident_id, at in last.items() if at}


async def alarms(s: AsyncSession, targets: Sequence[str]) -> tuple[int, int]:
    """How many confirmed incidents of these targets there were, and how many of them humans called false alarms."""
    mine = select(col(Member.incident_id)).where(col(Member.target).in_(targets), col(Member.confirmed_at).is_not(None))
    false = select(col(Act.incident_id)).where(col(Act.kind) == ActKind.FALSE_ALARM)
    wanted = select(func.count()).select_from(Incident).where(col(Incident.id).in_(mine))
    return await s.scalar(wanted) or 0, await s.scalar(wanted.where(col(Incident.id).in_(false))) or 0


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


async def members_of(s: AsyncSession, incident_ids: Sequence[int]) -> Mapping[int, Sequence[Member]]:
    """The members of several incidents, by incident, in the order in which they failed."""
    wanted = select(Member).where(col(Member.incident_id).in_(incident_ids))
    found: dict[int, list[Member]] = defaultdict(list)
    for member in await s.scalars(wanted.order_by(col(Member.first_failed_at), col(Member.target))):
        found[member.incident_id].append(member)
    return found


async def flips_during(
    s: AsyncSession, targets: Sequence[str], *, since: datetime, until: datetime, limit: int
) -> Sequence[Flip]:
    """The changes of verdict of some targets, newest first, at most ``limit``."""
    wanted = select(Flip).where(col(Flip.target).in_(targets), col(Flip.at) >= since, col(Flip.at) <= until)
    return (await s.scalars(wanted.order_by(col(Flip.at).desc(), col(Flip.id).desc()).limit(limit))).all()


async def revisions_of(s: AsyncSession, incident_id: int, *, limit: int) -> Sequence[Revision]:
    """Every wording of every draft of an incident, newest first, at most ``limit``."""
    wanted = (
        select(Revision)
        .join(IncidentUpdate, col(IncidentUpdate.id) == col(Revision.update_id))
        .where(col(IncidentUpdate.incident_id) == incident_id)
        .order_by(col(Revision.at).desc(), col(Revision.number).desc())
        .limit(limit)
    )
    return (await s.scalars(wanted)).all()
