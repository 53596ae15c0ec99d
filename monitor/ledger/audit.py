"""The audit log: a chain in which every line holds the hash of the one before it.

Triggers refuse to change or remove a line. Whoever gets round them still breaks the chain, and ``verify`` finds where;
the head, kept apart, tells of lines cut off at the end. Who sets the head back too, or writes the rest of the chain
anew, leaves no trace in it: a line's hash kept elsewhere tells, which ``holds`` compares.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.models import AuditEntry, AuditHead

BEGINNING: Final = "0" * 64
_HEAD_ID: Final = 1
BATCH: Final = 1000
_THROUGH: Final = "through"


async def note(
    s: AsyncSession, *, actor: str, action: str, subject: str, detail: str = "", now: datetime
) -> AuditEntry:
    """Write one line: who did what to what. ``detail`` is free text; secrets do not belong into it.

    Each line that a session writes names the token that it was opened through, if any.
    """
    head = await s.get(AuditHead, _HEAD_ID)
    if head is None:
        head = AuditHead(id=_HEAD_ID, entry_id=0, sha256=BEGINNING)
        s.add(head)
    entry = AuditEntry(
        id=head.entry_id + 1,
        at=now.astimezone(UTC),
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        previous_sha256=head.sha256,
        sha256="",
        through=s.info.get(_THROUGH),
    )
    entry.sha256 = _sha256(entry)
    s.add(entry)
    head.entry_id, head.sha256 = head.entry_id + 1, entry.sha256
    await s.flush()
    return entry


def open_through(s: AsyncSession, token: str) -> None:
    """Let every line that this session writes from now on name a token."""
    s.info[_THROUGH] = token


async def lines(s: AsyncSession, *, after_id: int = 0, limit: int = 1000) -> list[AuditEntry]:
    """Lines of the log, oldest first, at most ``limit`` of those after ``after_id``."""
    wanted = select(AuditEntry).where(col(AuditEntry.id) > after_id).order_by(col(AuditEntry.id)).limit(limit)
    return list(await s.scalars(wanted))


async def about(s: AsyncSession, action: str, subjects: Sequence[str]) -> Sequence[AuditEntry]:
    """The lines that say that somebody did this to one of these, oldest first."""
    wanted = select(AuditEntry).where(col(AuditEntry.subject).in_(subjects), col(AuditEntry.action) == action)
    return (await s.scalars(wanted.order_by(col(AuditEntry.id)))).all()


async def verify(s: AsyncSession) -> int | None:
    """The id of the first line that was changed, removed or put in between; None if the chain is whole."""
    last_id, last_sha256 = 0, BEGINNING
    while batch := await lines(s, after_id=last_id, limit=BATCH):
        for entry in batch:
            whole = entry.id == last_id + 1 and entry.previous_sha256 == last_sha256
            if not whole or entry.sha256 != _sha256(entry):
                return last_id + 1
            last_id, last_sha256 = last_id + 1, entry.sha256
        s.expunge_all()
    head = await s.get(AuditHead, _HEAD_ID)
    expected = (head.entry_id, head.sha256) if head else (0, BEGINNING)
    if expected == (last_id, last_sha256):
        return None
    return min(last_id, expected[0]) + 1


async def head(s: AsyncSession) -> AuditHead | None:
    """The number and the hash of the newest line, as they are kept apart; None before the first."""
    return await s.get(AuditHead, _HEAD_ID)


async def holds(s: AsyncSession, entry_id: int, sha256: str) -> bool:
    """Whether this line still has this hash, and so all before it are what they were if the chain is whole."""
    entry = await s.get(AuditEntry, entry_id)
    return entry is not None and entry.sha256 == sha256


def as_json(entry: AuditEntry) -> str:
    """A line of the log as one line of JSON, from which anybody can compute the chain again."""
    told = {**entry.model_dump(), "at": _written(entry.at)}
    return json.dumps(told, ensure_ascii=False)


def _sha256(entry: AuditEntry) -> str:
    line = [entry.previous_sha256, entry.id, _written(entry.at), entry.actor, entry.action, entry.subject, entry.detail]
    line += [entry.through] if entry.through is not None else []
    return hashlib.sha256(json.dumps(line, ensure_ascii=False).encode()).hexdigest()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
