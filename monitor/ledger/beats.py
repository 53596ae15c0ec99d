"""Signs of life: the last one of each target, kept so that a restart forgets none."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.models import Beat


async def expect(s: AsyncSession, targets: Iterable[str], now: datetime) -> dict[str, Beat]:
    """Begin to wait for whom we do not wait yet, and forget whom we wait for no more; gives the last of each."""
    wanted = dict.fromkeys(targets)
    known = {beat.target: beat for beat in await s.scalars(select(Beat))}
    for gone in known.keys() - wanted.keys():
        await s.delete(known[gone])
    for new in wanted.keys() - known.keys():
        known[new] = Beat(target=new, since=now)
        s.add(known[new])
    await s.flush()
    return {target: known[target] for target in wanted}


async def record(s: AsyncSession, target: str, at: datetime) -> None:
    """Keep a sign of life."""
    await s.execute(update(Beat).where(col(Beat.target) == target).values(heard_at=at))
