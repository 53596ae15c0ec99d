"""The throttle on failed sign-ins: a few are free, then each costs twice the wait of the one before."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.models import Throttle

FREE_FAILURES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=2)
LAST_WAIT: Final = timedelta(minutes=15)
KEPT: Final = timedelta(days=1)
_DOUBLINGS_MAX: Final = 20


async def blocked_until(s: AsyncSession, key: str, now: datetime) -> datetime | None:
    """Until when this account or address has to wait; None if it may try now."""
    throttle = await s.get(Throttle, key)
    return throttle.blocked_until if throttle and throttle.blocked_until and throttle.blocked_until > now else None


async def failed(s: AsyncSession, key: str, now: datetime) -> datetime | None:
    """Count a failed sign-in, and say until when the next has to wait; a day without one is forgiven."""
    await s.execute(delete(Throttle).where(col(Throttle.blocked_until) < now - KEPT))
    throttle = await s.scalar(select(Throttle).where(col(Throttle.key) == key))
    if throttle is None:
        throttle = Throttle(key=key)
        s.add(throttle)
    throttle.failures += 1
    throttle.blocked_until = now + _wait(throttle.failures)
    await s.flush()
    return throttle.blocked_until if throttle.blocked_until > now else None


async def forgive(s: AsyncSession, key: str) -> None:
    """Forget the failures: they have signed in."""
    await s.execute(delete(Throttle).where(col(Throttle.key) == key))


def _wait(failures: int) -> timedelta:
    over = failures - FREE_FAILURES
    return min(FIRST_WAIT * 2 ** min(over - 1, _DOUBLINGS_MAX), LAST_WAIT) if over > 0 else timedelta()
