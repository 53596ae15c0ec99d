"""Assents: a second approver's word that they agree with a draft, which alone publishes nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.ledger import audit, drafts
from monitor.ledger.signing import MAY_APPROVE, refuse_unless_seen, signer
from monitor.models import Assent, IncidentUpdate, Person


async def give(
    s: AsyncSession, *, update_id: int, person_id: int, revision: int, text_sha256: str, now: datetime
) -> None:
    """Take an approver's word that they agree with the very words they saw; a second time changes nothing.

    It holds for this revision alone: whatever changes in words or facts asks for a new one. Raises Stale,
    AlreadyApproved, Gone or Unsigned.
    """
    update = await drafts.unanswered(s, update_id)
    person = await signer(s, person_id)
    refuse_unless_seen(update, revision, text_sha256)
    if any(one.person_id == person_id for one in await standing(s, update)):
        return
    s.add(Assent(update_id=update_id, person_id=person_id, text_sha256=text_sha256, revision=revision, at=now))
    await s.flush()
    subject = f"update:{update_id}"
    await audit.note(s, actor=person.name, action="agreed", subject=subject, detail=text_sha256, now=now)


async def standing(s: AsyncSession, update: IncidentUpdate) -> Sequence[Assent]:
    """Who agrees with an update as it stands and may still say so, the first of them first."""
    wanted = select(Assent).join(Person, col(Person.id) == col(Assent.person_id))
    wanted = wanted.where(
        col(Person.disabled_at).is_(None),
        col(Person.role).in_(MAY_APPROVE),
        col(Assent.update_id) == update.id,
        col(Assent.revision) == update.revision,
        col(Assent.text_sha256) == update.text_sha256,
    )
    return (await s.scalars(wanted.order_by(col(Assent.id)))).all()


async def by_another(s: AsyncSession, update: IncidentUpdate, person_id: int) -> Assent | None:
    """Somebody else's agreement with an update as it stands."""
    return next((one for one in await standing(s, update) if one.person_id != person_id), None)
