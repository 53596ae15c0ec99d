"""An invitation: a link that lets one person choose their password, once."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.ledger import audit, people
from monitor.ledger.store import Ledger
from monitor.models import Person, Role

GOOD_FOR: Final = timedelta(days=7)
FIRST: Final = "admin"


async def first_admin(ledger: Ledger, *, url: str, now: datetime) -> str | None:
    """As long as nobody has ever set a password: a fresh link for the person "admin", to be printed; else None."""
    async with ledger.write() as s:
        everyone = await people.everyone(s)
        if any(person.password_hash for person in everyone):
            return None
        admin = next((person for person in everyone if person.name == FIRST), None)
        return await _invite(s, admin or await people.add(s, FIRST, Role.ADMIN, now), url=url, now=now)


async def invite(ledger: Ledger, name: str, role: Role, *, url: str, now: datetime) -> str:
    """Add a person, or take one who has forgotten their password, and give the link that lets them choose one.

    A known person keeps their role. A new link makes the one before it worthless.
    """
    async with ledger.write() as s:
        person = await people.find(s, name) or await people.add(s, name, role, now)
        return await _invite(s, person, url=url, now=now)


async def _invite(s: AsyncSession, person: Person, *, url: str, now: datetime) -> str:
    assert person.id is not None  # noqa: S101 - they stand in the record
    token = secrets.token_urlsafe(32)
    await people.invite(s, person.id, token, now + GOOD_FOR)
    await audit.note(s, actor="ownup", action="invited", subject=f"person:{person.id}", detail=person.role, now=now)
    return f"{url}/welcome/{token}"
