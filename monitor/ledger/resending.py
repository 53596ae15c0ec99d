"""Sending later, on a human's word: what was given up once more, and what was left out after all.

A reader must never get an older message of an incident after a newer one, so both are refused where that would happen.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.ledger import approvals, audit, drafts
from monitor.ledger.errors import Gone, Missing, Refused
from monitor.ledger.signing import signer
from monitor.models import Approval, Delivery, DeliveryState, IncidentUpdate

LATER: Final = "a newer message of this incident has gone that way, and an older one after it would confuse its readers"


async def again(s: AsyncSession, delivery_id: int, person_id: int, now: datetime) -> None:
    """Send what was given up once more, under the same key. Raises a leaf of Refused, and then nothing has changed."""
    person = await signer(s, person_id)
    delivery = await s.get(Delivery, delivery_id)
    if delivery is None:
        raise Missing("there is no such delivery")
    if await overtaken(s, delivery):
        raise Refused(LATER)
    moved = await s.scalar(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == DeliveryState.FAILED)
        .values(state=DeliveryState.PENDING, attempts=0, error="", next_attempt_at=now)
        .returning(col(Delivery.id))
    )
    if moved is None:
        raise Gone("it was not given up")
    await _note(s, person.name, "sent again", delivery, now)


async def also(
    s: AsyncSession, update_id: int, channel: str, *, language: str | None, person_id: int, now: datetime
) -> None:
    """Send approved words over a channel that was left out. Raises a leaf of Refused, and then nothing has changed."""
    person = await signer(s, person_id)
    approval = await approvals.of_update(s, update_id)
    if approval is None:
        raise Missing("nobody has approved it")
    delivery = approvals.delivery(approval, channel, await _language(s, update_id, language), now)
    given = exists().where(col(Delivery.approval_id) == approval.id, col(Delivery.channel) == channel)
    if await s.scalar(select(given)):
        raise Gone(f"{channel} has it already")
    if await overtaken(s, delivery):
        raise Refused(LATER)
    s.add(delivery)
    await s.flush()
    await _note(s, person.name, "sent later", delivery, now)


async def overtaken(s: AsyncSession, delivery: Delivery) -> bool:
    """Whether the channel has been given a newer message of the same incident, or is just giving it."""
    mine = select(col(IncidentUpdate.incident_id)).join(Approval, col(Approval.update_id) == col(IncidentUpdate.id))
    newer = (
        exists()
        .where(col(Delivery.channel) == delivery.channel, col(Delivery.approval_id) > delivery.approval_id)
        .where(col(Delivery.state).in_((DeliveryState.DELIVERED, DeliveryState.SENDING)))
        .where(col(Approval.id) == col(Delivery.approval_id), col(IncidentUpdate.id) == col(Approval.update_id))
        .where(
            col(IncidentUpdate.incident_id)
            == mine.where(col(Approval.id) == delivery.approval_id).correlate(None).scalar_subquery()
        )
    )
    return bool(await s.scalar(select(newer)))


async def _language(s: AsyncSession, update_id: int, wanted: str | None) -> str:
    words = await drafts.get(s, update_id)
    assert words is not None  # noqa: S101 - it is approved
    told = {words.language, *dict(drafts.notice_of(words).translations)}
    return wanted if wanted and wanted in told else words.language


async def _note(s: AsyncSession, actor: str, action: str, delivery: Delivery, now: datetime) -> None:
    approval = await s.get_one(Approval, delivery.approval_id)
    subject = f"update:{approval.update_id}"
    await audit.note(s, actor=actor, action=action, subject=subject, detail=delivery.channel, now=now)
