"""Deliveries: what an approval sends over each channel, in order, at least once, always under the same key."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.ledger import drafts
from monitor.models import Approval, Delivery, DeliveryState, Halt, Incident, IncidentUpdate, Person

RECEIPTS_MAX: Final = 20
UNDELIVERED: Final = (DeliveryState.PENDING, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """All that a channel needs to send one update; ``text_sha256`` is the hash that was approved."""

    delivery: Delivery
    update: IncidentUpdate
    incident: Incident
    approver: str
    approved_at: datetime
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Published:
    """One update that has reached a channel: what the public page shows."""

    incident: Incident
    update: IncidentUpdate
    delivered_at: datetime
    approver: str
    approved_at: datetime


async def next_due(s: AsyncSession, channel: str, now: datetime) -> Outgoing | None:
    """The delivery that this channel should send now, if any.

    Approvals go out in the order in which they were given: while an older one is not delivered, and not given up, a
    newer one is not due. On a channel that stands still nothing is.
    """
    head = None if await _halted(s, channel) else await _head(s, channel)
    if head is None or head.state is DeliveryState.SENDING or head.next_attempt_at > now:
        return None
    wanted = (
        select(IncidentUpdate, Incident, col(Person.name), col(Approval.at), col(Approval.text_sha256))
        .join(Approval, col(Approval.update_id) == col(IncidentUpdate.id))
        .join(Incident, col(Incident.id) == col(IncidentUpdate.incident_id))
        .join(Person, col(Person.id) == col(Approval.person_id))
        .where(col(Approval.id) == head.approval_id)
    )
    return Outgoing(head, *(await s.execute(wanted)).one())


async def due_at(s: AsyncSession, channel: str) -> datetime | None:
    """When this channel has to try next; None if nothing waits, or one is being sent."""
    head = None if await _halted(s, channel) else await _head(s, channel)
    return head.next_attempt_at if head and head.state is DeliveryState.PENDING else None


async def claim(s: AsyncSession, delivery_id: int) -> int | None:
    """Take a pending delivery to send it, which counts as an attempt; gives its epoch, None if it is not pending."""
    return await s.scalar(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == DeliveryState.PENDING)
        .values(state=DeliveryState.SENDING, attempts=col(Delivery.attempts) + 1, epoch=col(Delivery.epoch) + 1)
        .returning(col(Delivery.epoch))
    )


async def delivered(
    s: AsyncSession, delivery_id: int, receipt: str, now: datetime, *, epoch: int | None = None
) -> bool:
    """Say that the channel accepted it; False if it was not being sent, or since this epoch by somebody else."""
    return await _move(
        s,
        delivery_id,
        (DeliveryState.SENDING,),
        epoch,
        state=DeliveryState.DELIVERED,
        delivered_at=now,
        receipt=receipt,
        error="",
    )


async def retry(s: AsyncSession, delivery_id: int, error: str, at: datetime, *, epoch: int | None = None) -> bool:
    """Say that an attempt failed and when to try again; False if it was not being sent, or not in this epoch."""
    sending = (DeliveryState.SENDING,)
    return await _move(s, delivery_id, sending, epoch, state=DeliveryState.PENDING, error=error, next_attempt_at=at)


async def fail(s: AsyncSession, delivery_id: int, error: str, *, epoch: int | None = None) -> bool:
    """Give a delivery up, so that the next one is due; False if it was delivered or given up before, or taken over."""
    return await _move(s, delivery_id, UNDELIVERED, epoch, state=DeliveryState.FAILED, error=error)


async def release(s: AsyncSession, delivery_id: int, now: datetime) -> None:
    """What goes first has gone, or never will: let those that wait for it go now."""
    approval = select(col(Delivery.approval_id)).where(col(Delivery.id) == delivery_id).scalar_subquery()
    waiting = update(Delivery).where(
        col(Delivery.approval_id) == approval,
        col(Delivery.state) == DeliveryState.PENDING,
        col(Delivery.attempts) == 0,
        col(Delivery.next_attempt_at) > now,
    )
    await s.execute(waiting.values(next_attempt_at=now))


async def unclaim_all(s: AsyncSession, channel: str) -> int:
    """At the start of a channel: what a dead process was sending is to be sent again, under the same key; how many."""
    sending = update(Delivery).where(col(Delivery.channel) == channel, col(Delivery.state) == DeliveryState.SENDING)
    again = await s.scalars(sending.values(state=DeliveryState.PENDING).returning(col(Delivery.id)))
    return len(again.all())


async def receipts(s: AsyncSession, outgoing: Outgoing) -> tuple[str, ...]:
    """What this channel answered when it took earlier updates of the same incident, the newest first."""
    wanted = (
        select(col(Delivery.receipt))
        .join(Approval, col(Approval.id) == col(Delivery.approval_id))
        .join(IncidentUpdate, col(IncidentUpdate.id) == col(Approval.update_id))
        .where(
            col(IncidentUpdate.incident_id) == outgoing.incident.id,
            col(Delivery.channel) == outgoing.delivery.channel,
            col(Delivery.state) == DeliveryState.DELIVERED,
        )
        .order_by(col(Delivery.approval_id).desc())
        .limit(RECEIPTS_MAX)
    )
    return tuple((await s.scalars(wanted)).all())


async def pending_counts(s: AsyncSession) -> dict[str, int]:
    """How many deliveries wait or are being sent, by channel; channels without any are left out."""
    wanted = select(col(Delivery.channel), func.count()).where(col(Delivery.state).in_(UNDELIVERED))
    counted = await s.execute(wanted.group_by(col(Delivery.channel)))
    return dict(counted.all())


async def published(s: AsyncSession, channel: str, limit: int = 1000) -> list[Published]:
    """What has been delivered to a channel, the newest approval first, at most ``limit``.

    Words unlike those that were approved are left out: whoever got round the triggers puts nothing before the public.
    """
    wanted = (
        select(Incident, IncidentUpdate, col(Delivery.delivered_at), col(Person.name), Approval)
        .join(IncidentUpdate, col(IncidentUpdate.incident_id) == col(Incident.id))
        .join(Approval, col(Approval.update_id) == col(IncidentUpdate.id))
        .join(Delivery, col(Delivery.approval_id) == col(Approval.id))
        .join(Person, col(Person.id) == col(Approval.person_id))
        .where(col(Delivery.channel) == channel, col(Delivery.state) == DeliveryState.DELIVERED)
        .order_by(col(Approval.id).desc())
        .limit(limit)
    )
    rows = await s.execute(wanted)
    return [
        Published(incident, update, at, approver, approval.at)
        for incident, update, at, approver, approval in rows
        if at and drafts.notice_of(update).sha256() == approval.text_sha256
    ]


async def of_incident(s: AsyncSession, incident_id: int) -> dict[int, list[Delivery]]:
    """The same of all updates of an incident, by update."""
    wanted = (
        select(col(Approval.update_id), Delivery)
        .join(Approval, col(Approval.id) == col(Delivery.approval_id))
        .join(IncidentUpdate, col(IncidentUpdate.id) == col(Approval.update_id))
        .where(col(IncidentUpdate.incident_id) == incident_id)
        .order_by(col(Delivery.channel))
    )
    found: dict[int, list[Delivery]] = defaultdict(list)
    for update_id, delivery in await s.execute(wanted):
        found[update_id].append(delivery)
    return found


async def latest(s: AsyncSession) -> Sequence[Delivery]:
    """The newest delivery of each channel."""
    newest = select(func.max(col(Delivery.id))).group_by(col(Delivery.channel))
    return (await s.scalars(select(Delivery).where(col(Delivery.id).in_(newest)))).all()


async def of_update(s: AsyncSession, update_id: int) -> Sequence[Delivery]:
    """The deliveries of an update, by channel; none if it is a draft."""
    wanted = select(Delivery).join(Approval, col(Approval.id) == col(Delivery.approval_id))
    found = await s.scalars(wanted.where(col(Approval.update_id) == update_id).order_by(col(Delivery.channel)))
    return found.all()


async def _halted(s: AsyncSession, channel: str) -> bool:
    """Whether the channel stands still."""
    return bool(await s.scalar(select(exists().where(col(Halt.channel) == channel, col(Halt.lifted_at).is_(None)))))


async def _head(s: AsyncSession, channel: str) -> Delivery | None:
    """The oldest approval's delivery that is neither delivered nor given up."""
    wanted = select(Delivery).where(col(Delivery.channel) == channel, col(Delivery.state).in_(UNDELIVERED))
    return await s.scalar(wanted.order_by(col(Delivery.approval_id)).limit(1))


async def _move(
    s: AsyncSession,
    delivery_id: int,
    allowed: Sequence[DeliveryState],
    epoch: int | None,
    **values: Any,  # noqa: ANN401 - columns differ in type
) -> bool:
    """The compare-and-swap of a transition: it starts from an allowed state, in this epoch, or changes nothing."""
    mine = update(Delivery).where(col(Delivery.id) == delivery_id, col(Delivery.state).in_(allowed))
    if epoch is not None:
        mine = mine.where(col(Delivery.epoch) == epoch)
    return await s.scalar(mine.values(**values).returning(col(Delivery.id))) is not None
