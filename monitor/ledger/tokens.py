"""Tokens: secrets with which programs act for a person, kept as their SHA-256 alone.

A token never does anything by itself: whatever is done with it is done by its person, and the audit names both.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.ledger import audit
from monitor.models import Person, Role, Token

PREFIX: Final = "ownup_"
"""Lets programs that look for secrets in code find ours."""

TOUCH_EVERY: Final = timedelta(minutes=1)
_RANK: Final = tuple(Role)


class Standing(StrEnum):
    """Whether a token still opens anything."""

    GOOD = "good"
    EXPIRED = "expired"
    REMOVED = "removed"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token and the person in whose name it acts."""

    token: Token
    person: Person

    @property
    def name(self) -> str:
        """What the audit calls the token."""
        return f"token {self.token.id}: {self.token.label}"

    @property
    def role(self) -> Role:
        """What it may do: the least of what the token and its person may."""
        return min(self.token.role, self.person.role, key=_RANK.index)

    def standing(self, now: datetime) -> Standing:
        """Whether it opens anything now."""
        if self.token.revoked_at is not None:
            return Standing.REMOVED
        if self.token.expires_at <= now:
            return Standing.EXPIRED
        return Standing.GOOD if self.person.disabled_at is None else Standing.DISABLED


async def add(s: AsyncSession, person: Person, role: Role, *, label: str, expires_at: datetime, now: datetime) -> str:
    """Make a token for a person, and give its secret, which nobody can read again."""
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    token = Token(
        person_id=person.id, label=label, role=role, sha256=_digest(secret), created_at=now, expires_at=expires_at
    )
    s.add(token)
    await s.flush()
    detail = f"{label}, {role}, for {person.name}, until {expires_at.isoformat()}"
    await audit.note(s, actor="ownup", action="token added", subject=f"token:{token.id}", detail=detail, now=now)
    return secret


async def find(s: AsyncSession, secret: str) -> Bearer | None:
    """Whose secret that is, whether it still opens anything or not."""
    wanted = select(Token, Person).join(Person, col(Person.id) == col(Token.person_id))
    row = (await s.execute(wanted.where(col(Token.sha256) == _digest(secret)))).one_or_none()
    return Bearer(*row) if row else None


async def get(s: AsyncSession, token_id: int) -> Bearer | None:
    """A token as it is now."""
    wanted = select(Token, Person).join(Person, col(Person.id) == col(Token.person_id))
    row = (await s.execute(wanted.where(col(Token.id) == token_id))).one_or_none()
    return Bearer(*row) if row else None


async def everything(s: AsyncSession) -> Sequence[Bearer]:
    """All tokens ever, the oldest first."""
    wanted = select(Token, Person).join(Person, col(Person.id) == col(Token.person_id)).order_by(col(Token.id))
    return [Bearer(*row) for row in await s.execute(wanted)]


async def remove(s: AsyncSession, token_id: int, now: datetime) -> bool:
    """Let a token open nothing any more; False if there is no such one, or it was removed before."""
    still = update(Token).where(col(Token.id) == token_id, col(Token.revoked_at).is_(None))
    label = await s.scalar(still.values(revoked_at=now).returning(col(Token.label)))
    if label is None:
        return False
    await audit.note(s, actor="ownup", action="token removed", subject=f"token:{token_id}", detail=label, now=now)
    return True


async def touch(s: AsyncSession, token_id: int, now: datetime) -> None:
    """Remember when it was used last."""
    await s.execute(update(Token).where(col(Token.id) == token_id).values(used_at=now))


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
