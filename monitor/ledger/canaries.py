"""Canaries: how each channel's own trial went the last time, for whoever decides over which channels a notice goes."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.models import Canary, CanaryOutcome


async def keep(s: AsyncSession, channel: str, outcome: CanaryOutcome, words: str, now: datetime) -> None:
    """Write down what a trial told, in the place of the one before."""
    ok_at = now if outcome is CanaryOutcome.OK else None
    kept = await s.get(Canary, channel)
    if kept is None:
        s.add(Canary(channel=channel, outcome=outcome, words=words, at=now, ok_at=ok_at))
    else:
        kept.outcome, kept.words, kept.at, kept.ok_at = outcome, words, now, ok_at or kept.ok_at
    await s.flush()


async def latest(s: AsyncSession) -> Mapping[str, Canary]:
    """The last trial of every channel that ever had one, by the channel's name."""
    return {one.channel: one for one in await s.scalars(select(Canary))}
