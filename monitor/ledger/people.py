"""People, their invitations and their sessions.

Tokens of invitations and sessions are given in the clear and stored as their SHA-256, so that a copy of the record
lets nobody in. Password hashes are made by the desk, and only kept here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.models import Person, Role, Session


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A valid session and whose it is."""

    person: Person
    session: Session


async def add(s: AsyncSession, name: str, role: Role, now: datetime) -> Person:
    """Add a person, who cannot sign in before an invitation. IntegrityError if the name is taken."""
    person = Person(name=name, role=role, created_at=now)
    s.add(person)
    await s.flush()
    return person


async def get(s: AsyncSession, person_id: int) -> Person | None:
    """One person by id."""
    return await s.get(Person, person_id)


async def find(s: AsyncSession, name: str) -> Person | None:
    """One person by name."""
    return await s.scalar(select(Person).where(col(Person.name) == name))


async def from_outside(s: AsyncSession, outside_id: str) -> Person | None:
    """Who somebody is whom an identity provider or a proxy calls so."""
    return await s.scalar(select(Person).where(col(Person.outside_id) == outside_id))


async def link(s: AsyncSession, person_id: int, outside_id: str | None) -> None:
    """Say who a person is outside. IntegrityError if that is somebody else here."""
    await _change(s, person_id, outside_id=outside_id)


async def everyone(s: AsyncSession) -> Sequence[Person]:
    """All people, by name."""
    return (await s.scalars(select(Person).order_by(col(Person.name)))).all()


async def name_of(s: AsyncSession, person_id: int) -> str:
    """The name of a person who stands in the record; NoResultFound if there is none."""
    return (await s.get_one(Person, person_id)).name


async def invite(s: AsyncSession, person_id: int, token: str, expires_at: datetime) -> None:
    """Let whoever shows ``token`` choose this person's password, once and not after ``expires_at``."""
    await _change(s, person_id, invite_sha256=_digest(token), invite_expires_at=expires_at)


async def invited(s: AsyncSession, token: str, now: datetime) -> Person | None:
    """Whom an invitation is for, if it is still good."""
    return await s.scalar(
        select(Person).where(
            col(Person.invite_sha256) == _digest(token),
            col(Person.invite_expires_at) > now,
            col(Person.disabled_at).is_(None),
        )
    )


async def set_password(s: AsyncSession, person_id: int, password_hash: str) -> None:
    """Keep a new password's hash; it uses up the invitation and ends every session."""
    await _change(s, person_id, password_hash=password_hash, invite_sha256=None, invite_expires_at=None)
    await sign_out_everywhere(s, person_id)


async def rename(s: AsyncSession, person_id: int, name: str) -> None:
    """Call a person by another name, which they sign in and sign notices with. IntegrityError if it is taken."""
    await _change(s, person_id, name=name)


async def set_role(s: AsyncSession, person_id: int, role: Role) -> None:
    """Change what a person may do."""
    await _change(s, person_id, role=role)


async def disable(s: AsyncSession, person_id: int, now: datetime) -> None:
    """Let a person in no more; their name stays with what they did."""
    await _change(s, person_id, disabled_at=now, invite_sha256=None, invite_expires_at=None)
    await sign_out_everywhere(s, person_id)


async def sign_in(s: AsyncSession, person_id: int, token: str, now: datetime) -> Session:
    """Begin a session that the cookie ``token`` opens."""
    session = Session(id_sha256=_digest(token), person_id=person_id, created_at=now, seen_at=now)
    s.add(session)
    await s.flush()
    return session


async def signed_in(
    s: AsyncSession, token: str, *, now: datetime, idle: timedelta, absolute: timedelta
) -> SignedIn | None:
    """Whose session this cookie opens: unless it was unused for ``idle``, or began longer than ``absolute`` ago."""
    wanted = (
        select(Person, Session)
        .join(Session, col(Session.person_id) == col(Person.id))
        .where(
            col(Session.id_sha256) == _digest(token),
            col(Session.seen_at) > now - idle,
            col(Session.created_at) > now - absolute,
            col(Person.disabled_at).is_(None),
        )
    )
    row = (await s.execute(wanted)).one_or_none()
    return SignedIn(*row) if row else None


async def was_signed_in(s: AsyncSession, token: str) -> Person | None:
    """Whose session this cookie once opened, whether it still does or not."""
    wanted = select(Person).join(Session, col(Session.person_id) == col(Person.id))
    return await s.scalar(wanted.where(col(Session.id_sha256) == _digest(token)))


async def touch(s: AsyncSession, token: str, now: datetime) -> None:
    """Say that a session was used now."""
    await s.execute(update(Session).where(col(Session.id_sha256) == _digest(token)).values(seen_at=now))


async def sign_out(s: AsyncSession, token: str) -> None:
    """End a session."""
    await s.execute(delete(Session).where(col(Session.id_sha256) == _digest(token)))


async def sign_out_everywhere(s: AsyncSession, person_id: int) -> None:
    """End every session of a person."""
    await s.execute(delete(Session).where(col(Session.person_id) == person_id))


async def expire_sessions(s: AsyncSession, *, now: datetime, idle: timedelta, absolute: timedelta) -> None:
    """Forget the sessions that open nothing any more."""
    dead = or_(col(Session.seen_at) <= now - idle, col(Session.created_at) <= now - absolute)
    await s.execute(delete(Session).where(dead))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


async def _change(s: AsyncSession, person_id: int, **values: Any) -> None:  # noqa: ANN401 - columns differ in type
    await s.execute(update(Person).where(col(Person.id) == person_id).values(**values))
