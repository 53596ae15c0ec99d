"""Somebody whom your identity provider or proxy vouches for: who they are here, and what they may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.desk.visit import Refusal
from monitor.ledger import audit, people
from monitor.ledger.store import Ledger
from monitor.markdown import honest
from monitor.models import Person, Role

NAME_CHARS_MAX: Final = 80
ACTOR: Final = "ownup"


@dataclass(frozen=True, slots=True)
class Outsider:
    """Whom another system says somebody is; ``id`` is the same for ever, and nobody else's."""

    id: str
    name: str
    groups: tuple[str, ...]


def role_of(groups: Iterable[str], mapped: Mapping[str, str]) -> Role | None:
    """The highest role that one of the groups gives."""
    given = {mapped[group] for group in groups if group in mapped}
    return next((role for role in reversed(Role) if role in given), None)


async def arrive(ledger: Ledger, outsider: Outsider, mapped: Mapping[str, str], now: datetime) -> Person:
    """The person that somebody is here. Without a mapping of groups, only whom an admin has linked may come in.

    With one, it alone says what they may do, and a newcomer is added. A name that signs notices here is never given
    to a second person. Raises Refusal.
    """
    role = role_of(outsider.groups, mapped)
    async with ledger.read() as s:
        person = await people.from_outside(s, outsider.id)
    if (person and person.disabled_at) or (mapped and role is None):
        raise Refusal(403, "Your account may not use this desk.", "Ask an admin, or sign in with another one.")
    if person and (role is None or person.role == role):
        return person
    async with ledger.write() as s:
        return await (_change(s, person, role, now) if person and role else _add(s, outsider, role, now))


async def _change(s: AsyncSession, person: Person, role: Role, now: datetime) -> Person:
    await people.set_role(s, person.id, role)
    detail = f"{person.role} before, {role} now, by their groups"
    await audit.note(s, actor=ACTOR, action="changed role", subject=f"person:{person.id}", detail=detail, now=now)
    return await s.get_one(Person, person.id, populate_existing=True)


async def _add(s: AsyncSession, outsider: Outsider, role: Role | None, now: datetime) -> Person:
    name = " ".join(honest(outsider.name).split())[:NAME_CHARS_MAX]
    if role is None or not name or await people.find(s, name):
        why = "Nobody here is linked to your account yet." if role is None else "Somebody else here has your name."
        raise Refusal(403, why, f'Ask an admin to link it: ownup user link NAME "{outsider.id}"')
    person = await people.add(s, name, role, now)
    await people.link(s, person.id, outsider.id)
    await audit.note(s, actor=ACTOR, action="added", subject=f"person:{person.id}", detail=outsider.id, now=now)
    return await s.get_one(Person, person.id, populate_existing=True)
