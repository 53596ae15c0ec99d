"""What reached the public and when: for counting the promises that each message made."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from drafts.promises import Fate, Promise, Word, promises
from monitor.models import Act, ActKind, Approval, Delivery, IncidentUpdate


async def promises_of(s: AsyncSession, incident_id: int) -> tuple[Promise, ...]:
    """Every promise that an incident's messages made."""
    return (await promises_of_some(s, [incident_id])).get(incident_id, ())


async def promises_of_some(s: AsyncSession, incident_ids: Collection[int]) -> Mapping[int, tuple[Promise, ...]]:
    """The same of several incidents, by incident."""
    return {one: promises(words) for one, words in (await _words(s, incident_ids)).items()}


async def promises_answered(s: AsyncSession) -> Mapping[Fate, int]:
    """How many promises of the whole record were kept, and how many answered too late; open ones are left out."""
    made = [promise for words in (await _words(s)).values() for promise in promises(words)]
    return Counter(promise.fate(promise.answered_at) for promise in made if promise.answered_at)


async def heard_at(s: AsyncSession) -> datetime | None:
    """When anybody was last told anything: until then no promise of the record is answered that was not before."""
    return await s.scalar(select(func.max(col(Delivery.delivered_at))))


async def customer_first(s: AsyncSession) -> int:
    """How many incidents customers told us of first."""
    told = select(func.count(func.distinct(col(Act.incident_id))))
    return await s.scalar(told.where(col(Act.kind) == ActKind.CUSTOMER_FIRST)) or 0


async def _words(s: AsyncSession, incident_ids: Collection[int] | None = None) -> Mapping[int, Sequence[Word]]:
    """The messages of some incidents, or of all, by incident: public since the first channel had them."""
    update, public_at = IncidentUpdate, func.min(col(Delivery.delivered_at))
    wanted = (
        select(col(update.incident_id), public_at.label("at"), col(update.next_update_at))
        .join(Approval, col(Approval.update_id) == col(update.id))
        .join(Delivery, col(Delivery.approval_id) == col(Approval.id))
        .where(col(Delivery.delivered_at).is_not(None))
        .group_by(col(update.id), col(update.incident_id), col(update.next_update_at))
    )
    if incident_ids is not None:
        wanted = wanted.where(col(update.incident_id).in_(incident_ids))
    found: dict[int, list[Word]] = defaultdict(list)
    for its_incident, at, next_by in await s.execute(wanted):
        found[its_incident].append(Word(at, next_by))  # type: ignore[arg-type] # NULL was left out
    return found
