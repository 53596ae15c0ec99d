"""Guessing passwords gets slower with every guess; forgetting one's own costs little."""

from datetime import timedelta

from sqlalchemy import func, select

from monitor.ledger import throttle
from monitor.ledger.store import Ledger
from monitor.models import Throttle
from tests.monitor.ledger.story import NOON, after


async def test_a_few_failures_are_free(ledger: Ledger) -> None:
    """Five failures cost no waiting; from the sixth on each costs twice the one before, up to a ceiling."""
    async with ledger.write() as s:
        until = [await throttle.failed(s, "ada", NOON) for _ in range(40)]
        assert until[:5] == [None] * 5
        waits = [(time - NOON).total_seconds() for time in until[5:] if time]
        assert waits[:4] == [2, 4, 8, 16]
        assert waits[-1] == timedelta(minutes=15).total_seconds()
        assert await throttle.blocked_until(s, "ada", NOON) == after(15)
        assert await throttle.blocked_until(s, "ada", after(15)) is None
        assert await throttle.blocked_until(s, "grace", NOON) is None


async def test_signing_in_forgives(ledger: Ledger) -> None:
    """After a success the next failure is the first again."""
    async with ledger.write() as s:
        for _ in range(6):
            await throttle.failed(s, "ada", NOON)
        await throttle.forgive(s, "ada")
        assert await throttle.blocked_until(s, "ada", NOON) is None
        assert await throttle.failed(s, "ada", NOON) is None


async def test_a_quiet_day_forgives(ledger: Ledger) -> None:
    """Failures of the day before are forgotten, and take no room."""
    async with ledger.write() as s:
        for address in range(10):
            for _ in range(6):
                await throttle.failed(s, f"192.0.2.{address}", NOON)
        assert await throttle.failed(s, "192.0.2.1", NOON + timedelta(days=2)) is None
        assert await s.scalar(select(func.count()).select_from(Throttle)) == 1
