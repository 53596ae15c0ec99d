"""Postings: each subscriber's own copy of a delivery, so that whoever has it is not sent it again."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from drafts.facts import Facts
from monitor.ledger.deliveries import Outgoing
from monitor.ledger.subscribers import Choice
from monitor.models import (
    Approval,
    Component,
    Delivery,
    DeliveryState,
    Incident,
    IncidentUpdate,
    Person,
    Posting,
    PostingState,
    Subscriber,
    SubscriberState,
    Way,
)


@dataclass(frozen=True, slots=True)
class Due:
    """A posting that is to be sent, and to whom."""

    posting: Posting
    subscriber: Subscriber


async def concerned(s: AsyncSession, outgoing: Outgoing) -> frozenset[str]:
    """The ids of the components that an incident was ever said to concern, up to this message.

    Whoever was told that something fails is told that it works again, though the last message may name less.
    """
    said = (
        select(col(IncidentUpdate.facts))
        .join(Approval, col(Approval.update_id) == col(IncidentUpdate.id))
        .where(col(IncidentUpdate.incident_id) == outgoing.incident.id)
    )
    facts = [Facts.from_json(text) for text in await s.scalars(said)]
    names = {part.component for one in facts for part in one.affected}
    mine = (col(Component.name).in_(names)) | (col(Component.id) == outgoing.incident.cause)
    return frozenset(await s.scalars(select(col(Component.id)).where(mine)))


async def deal(s: AsyncSession, outgoing: Outgoing, way: Way, now: datetime) -> None:
    """Give every confirmed subscriber whom it concerns a copy of their own; who has one already gets no second."""
    components, delivery_id = await concerned(s, outgoing), outgoing.delivery.id
    has_one = exists().where(col(Posting.delivery_id) == delivery_id, col(Posting.subscriber_id) == col(Subscriber.id))
    confirmed = select(Subscriber).where(
        col(Subscriber.way) == way, col(Subscriber.state) == SubscriberState.CONFIRMED, ~has_one
    )
    row = {"delivery_id": delivery_id, "state": PostingState.PENDING, "attempts": 0, "error": ""}
    row |= {"next_attempt_at": now, "dealt_at": now}
    found = await s.scalars(confirmed.order_by(col(Subscriber.id)))
    rows = [{**row, "subscriber_id": one.id} for one in found if Choice.of(one).hears_of(components)]
    if rows:
        await s.execute(insert(Posting), rows)


async def fresh(s: AsyncSession, delivery_id: int, epoch: int, limit: int) -> Sequence[Due]:
    """Copies that nobody has tried to send yet; none to whoever does not hold the delivery any more."""
    mine = exists().where(
        col(Delivery.id) == delivery_id,
        col(Delivery.epoch) == epoch,
        col(Delivery.state) == DeliveryState.SENDING,
    )
    wanted = (
        select(Posting, Subscriber)
        .join(Subscriber, col(Subscriber.id) == col(Posting.subscriber_id))
        .where(*_waiting(), col(Posting.delivery_id) == delivery_id, col(Posting.attempts) == 0, mine)
        .order_by(col(Posting.id))
        .limit(limit)
    )
    return [Due(*row) for row in await s.execute(wanted)]


async def stragglers(s: AsyncSession, channel: str, now: datetime, limit: int) -> Sequence[tuple[Due, Outgoing]]:
    """Copies whose first attempt failed, or that wait behind such, once their delivery has gone to all others."""
    wanted = (
        select(Posting, Subscriber, Delivery, IncidentUpdate, Incident)
        .add_columns(col(Person.name), col(Approval.at), col(Approval.text_sha256))
        .join(Subscriber, col(Subscriber.id) == col(Posting.subscriber_id))
        .join(Delivery, col(Delivery.id) == col(Posting.delivery_id))
        .join(Approval, col(Approval.id) == col(Delivery.approval_id))
        .join(IncidentUpdate, col(IncidentUpdate.id) == col(Approval.update_id))
        .join(Incident, col(Incident.id) == col(IncidentUpdate.incident_id))
        .join(Person, col(Person.id) == col(Approval.person_id))
        .where(*_waiting(), col(Delivery.channel) == channel, col(Delivery.state) == DeliveryState.DELIVERED)
        .where(col(Posting.next_attempt_at) <= now)
        .order_by(col(Posting.id))
        .limit(limit)
    )
    rows = await s.execute(wanted)
    return [(Due(posting, one), Outgoing(*rest)) for posting, one, *rest in rows]


async def due_at(s: AsyncSession, channel: str) -> datetime | None:
    """When the next straggler is to be tried; None if there is none."""
    wanted = (
        select(func.min(col(Posting.next_attempt_at)))
        .join(Delivery, col(Delivery.id) == col(Posting.delivery_id))
        .join(Subscriber, col(Subscriber.id) == col(Posting.subscriber_id))
        .where(*_waiting(), col(Delivery.channel) == channel, col(Delivery.state) == DeliveryState.DELIVERED)
    )
    return await s.scalar(wanted)


async def sent(s: AsyncSession, ids: Collection[int], now: datetime) -> None:
    """These have it."""
    await _settle(s, ids, PostingState.SENT, "", now)


async def failed(s: AsyncSession, one_id: int, why: str, now: datetime) -> None:
    """This one will not have it."""
    await _settle(s, [one_id], PostingState.FAILED, why, now)


async def later(s: AsyncSession, one_id: int, why: str, at: datetime) -> None:
    """This one could not be reached; try again then."""
    mine = update(Posting).where(col(Posting.id) == one_id, col(Posting.state) == PostingState.PENDING)
    await s.execute(mine.values(attempts=col(Posting.attempts) + 1, error=why, next_attempt_at=at))


async def tally(s: AsyncSession, delivery_id: int) -> Counter[PostingState]:
    """How many copies of a delivery stand where."""
    wanted = select(col(Posting.state), func.count()).where(col(Posting.delivery_id) == delivery_id)
    return Counter(dict((await s.execute(wanted.group_by(col(Posting.state)))).all()))


async def of_subscriber(s: AsyncSession, subscriber_id: int) -> Sequence[tuple[Posting, IncidentUpdate]]:
    """What somebody was sent, the oldest first."""
    wanted = (
        select(Posting, IncidentUpdate)
        .join(Delivery, col(Delivery.id) == col(Posting.delivery_id))
        .join(Approval, col(Approval.id) == col(Delivery.approval_id))
        .join(IncidentUpdate, col(IncidentUpdate.id) == col(Approval.update_id))
        .where(col(Posting.subscriber_id) == subscriber_id)
    )
    return [(posting, told) for posting, told in await s.execute(wanted.order_by(col(Posting.id)))]


def _waiting() -> tuple[ColumnElement[bool], ...]:
    """What can be sent to its subscriber now: while an older copy of theirs may still come through, no newer one."""
    older, its_delivery = aliased(Posting), aliased(Delivery)
    first = exists().where(
        col(older.subscriber_id) == col(Posting.subscriber_id),
        col(older.state) == PostingState.PENDING,
        col(older.id) < col(Posting.id),
        col(its_delivery.id) == col(older.delivery_id),
        col(its_delivery.state) != DeliveryState.FAILED,
    )
    pending, confirmed = PostingState.PENDING, SubscriberState.CONFIRMED
    return col(Posting.state) == pending, col(Subscriber.state) == confirmed, ~first


async def _settle(s: AsyncSession, ids: Collection[int], state: PostingState, why: str, now: datetime) -> None:
    mine = update(Posting).where(col(Posting.id).in_(ids), col(Posting.state) == PostingState.PENDING)
    await s.execute(mine.values(state=state, error=why, settled_at=now, attempts=col(Posting.attempts) + 1))
