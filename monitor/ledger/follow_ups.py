"""Follow-ups: what is to be done after an incident, who owns it, by when, and whether it is done."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.ledger import audit, people
from monitor.models import FollowUp


async def add(  # noqa: PLR0913, PLR0917 - an action is what, by whom, until when, and who says so
    s: AsyncSession, incident_id: int, person_id: int, what: str, owner: str, due_on: date, now: datetime
) -> FollowUp:
    """Write an action down."""
    added = FollowUp(incident_id=incident_id, what=what, owner=owner, due_on=due_on, added_at=now, added_by=person_id)
    s.add(added)
    await s.flush()
    name = await people.name_of(s, person_id)
    detail = f"{what} ({owner}, {due_on.isoformat()})"
    await audit.note(s, actor=name, action="follow-up", subject=f"incident:{incident_id}", detail=detail, now=now)
    return added


async def done(s: AsyncSession, follow_up_id: int, person_id: int, now: datetime) -> bool:
    """Say that an action is done; False if there is no such one, or somebody has said so before."""
    finished = await s.scalar(
        update(FollowUp)
        .where(col(FollowUp.id) == follow_up_id, col(FollowUp.done_at).is_(None))
        .values(done_at=now, done_by=person_id)
        .returning(col(FollowUp.what))
    )
    if finished is None:
        return False
    name = await people.name_of(s, person_id)
    await audit.note(s, actor=name, action="followed-up", subject=f"follow_up:{follow_up_id}", detail=finished, now=now)
    return True


async def get(s: AsyncSession, follow_up_id: int) -> FollowUp | None:
    """One action."""
    return await s.get(FollowUp, follow_up_id)


async def of_incident(s: AsyncSession, incident_id: int) -> Sequence[FollowUp]:
    """The actions after an incident, what is due first at the top."""
    return (await of_incidents(s, [incident_id])).get(incident_id, ())


async def of_incidents(s: AsyncSession, incident_ids: Collection[int]) -> Mapping[int, Sequence[FollowUp]]:
    """The same of several incidents, by incident."""
    wanted = select(FollowUp).where(col(FollowUp.incident_id).in_(incident_ids))
    found: dict[int, list[FollowUp]] = defaultdict(list)
    for action in await s.scalars(wanted.order_by(col(FollowUp.due_on), col(FollowUp.id))):
        found[action.incident_id].append(action)
    return found


async def undone(s: AsyncSession) -> Sequence[FollowUp]:
    """The actions that nobody has done yet, what is due first at the top."""
    wanted = select(FollowUp).where(col(FollowUp.done_at).is_(None))
    return (await s.scalars(wanted.order_by(col(FollowUp.due_on), col(FollowUp.id)))).all()
