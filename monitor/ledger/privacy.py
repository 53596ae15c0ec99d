"""What anybody may ask about themselves: what is kept of them, and that nothing is kept any more."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.ledger import audit, postings, subscribers
from monitor.markdown import honest
from monitor.models import Subscriber

TOLD: Final = ("way", "address", "language", "state", "asked_at", "confirmed_at", "stopped_at", "why_stopped")

Kept = Mapping[str, Any]
"""All that is kept of one subscription, as JSON has it."""


async def export(s: AsyncSession, address: str, *, actor: str, now: datetime) -> Sequence[Kept]:
    """All that is kept of an address of mail, or of a webhook; nothing if it is not known.

    The audit says that it was given out, and not of whom.
    """
    kept = [await _kept(s, one) for one in await _of(s, address)]
    if kept:
        await _note(s, actor, "exported", now)
    return kept


async def erase(s: AsyncSession, address: str, *, actor: str, now: datetime) -> int:
    """Keep nothing more of an address; how many subscriptions it had. The audit says that one was erased, not whose.

    Call ``Ledger.scrub`` after it: until then the old bytes may lie in the database's own journal.
    """
    found = await _of(s, address)
    await subscribers.remove(s, [one.id for one in found])
    if found:
        await _note(s, actor, "erased", now)
    return len(found)


def as_text(kept: Sequence[Kept]) -> str:
    """The same to be read, by people and programs."""
    return json.dumps(kept, ensure_ascii=False, indent=2)


async def _note(s: AsyncSession, actor: str, action: str, now: datetime) -> None:
    await audit.note(s, actor=actor, action=action, subject="subscriber", detail="at their request", now=now)


async def _of(s: AsyncSession, address: str) -> Sequence[Subscriber]:
    typed = honest(address).strip()
    mine = select(Subscriber).where(col(Subscriber.address).in_({typed, typed.lower()}))
    return (await s.scalars(mine.order_by(col(Subscriber.id)))).all()


async def _kept(s: AsyncSession, one: Subscriber) -> Kept:
    sent = await postings.of_subscriber(s, one.id)
    return {
        **{name: _plain(getattr(one, name)) for name in TOLD},
        "components": json.loads(one.components),
        "failing_since": _plain(one.failing_since),
        "soft_bounces": one.soft_bounces,
        "messages": [
            {"title": told.title, "state": posting.state.value, "at": _plain(posting.settled_at)}
            for posting, told in sent
        ],
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
