"""Signing: who may put their name to a notice, and that they saw the very words that stand in the record."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.ledger import drafts
from monitor.ledger.errors import Stale, Unsigned
from monitor.models import IncidentUpdate, Person, Role

MAY_APPROVE: Final = frozenset({Role.APPROVER, Role.ADMIN})


async def signer(s: AsyncSession, person_id: int) -> Person:
    """The person, if they may say yes; else raises Unsigned."""
    person = await s.get(Person, person_id)
    if person is None or person.disabled_at is not None or not person.name.strip():
        raise Unsigned("a notice needs the name of a person who stands behind it")
    if person.role not in MAY_APPROVE:
        raise Unsigned(f"{person.name} may not approve notices")
    return person


def refuse_unless_seen(update: IncidentUpdate, revision: int, text_sha256: str) -> None:
    """The hash is taken from the words themselves: what was seen, what is stored and what is claimed must agree."""
    if update.revision != revision:
        raise Stale(f"the draft is not what you saw: it is revision {update.revision} now, and you saw {revision}")
    if not drafts.notice_of(update).sha256() == update.text_sha256 == text_sha256:
        raise Stale("the draft is not what you saw: other words stand there")
