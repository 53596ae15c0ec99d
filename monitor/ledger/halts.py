"""Halts: a channel that was refused for good stands still, with all that waits for it, until a human lets it go on."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.ledger import audit, resending
from monitor.ledger.errors import Gone
from monitor.ledger.signing import signer
from monitor.models import Delivery, DeliveryState, Halt


async def halt(s: AsyncSession, delivery_id: int, why: str, now: datetime) -> None:
    """Stop the channel of a delivery that was refused; one that stands still already goes on doing so."""
    delivery = await s.get_one(Delivery, delivery_id)
    if delivery.channel not in await standing(s):
        s.add(Halt(channel=delivery.channel, delivery_id=delivery_id, why=why, at=now))
        await s.flush()


async def standing(s: AsyncSession) -> dict[str, Halt]:
    """The channels that stand still, by name, each with why."""
    found = await s.scalars(select(Halt).where(col(Halt.lifted_at).is_(None)))
    return {one.channel: one for one in found}


async def lift(s: AsyncSession, channel: str, person_id: int, now: datetime) -> None:
    """Let a channel go on: what it was refused is sent again first, then what waited behind it.

    Raises Unsigned if this person may not say so, Gone if it does not stand still.
    """
    person = await signer(s, person_id)
    found = (await standing(s)).get(channel)
    if found is None:
        raise Gone(f"{channel} is not stopped")
    found.lifted_at, found.lifted_by = now, person_id
    await s.flush()
    await audit.note(s, actor=person.name, action="lifted", subject=f"channel:{channel}", detail=found.why, now=now)
    refused = await s.get_one(Delivery, found.delivery_id)
    if refused.state is DeliveryState.FAILED and not await resending.overtaken(s, refused):
        await resending.again(s, found.delivery_id, person_id, now)
