"""Changes of verdict, and the verdict in force for each target: both move together, or neither does."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.models import Flip, Standing
from monitor.verdict import Verdict


async def standings(s: AsyncSession) -> dict[str, Standing]:
    """The verdict in force for every target ever judged, by the target's name."""
    return {standing.target: standing for standing in await s.scalars(select(Standing))}


async def downs_since(s: AsyncSession, at: datetime) -> dict[str, tuple[datetime, ...]]:
    """When each target was called down at this time or later, oldest first."""
    found: dict[str, tuple[datetime, ...]] = {}
    wanted = select(Flip).where(col(Flip.at) >= at, col(Flip.after) == Verdict.DOWN, col(Flip.before) != Verdict.DOWN)
    for flip in await s.scalars(wanted.order_by(col(Flip.at))):
        found[flip.target] = (*found.get(flip.target, ()), flip.at)
    return found


async def record(
    s: AsyncSession, flip: Flip, *, first_failed_at: datetime | None, last_good_at: datetime | None
) -> bool:
    """Store a flip and move its target's standing from ``flip.before`` to ``flip.after``; sets ``flip.id``.

    False, and nothing is stored, if another process got there first. A target without a standing may begin anywhere.
    """
    seen: dict[str, Any] = {"first_failed_at": first_failed_at, "last_good_at": last_good_at}
    if not await _move(s, flip, **seen):
        if await s.get(Standing, flip.target):
            return False
        s.add(
            Standing(
                target=flip.target,
                component_id=flip.component_id,
                kind=flip.kind,
                verdict=flip.after,
                since=flip.at,
                **seen,
            )
        )
    s.add(flip)
    await s.flush()
    await s.execute(update(Standing).where(col(Standing.target) == flip.target).values(flip_id=flip.id))
    return True


async def _move(
    s: AsyncSession, flip: Flip, *, first_failed_at: datetime | None, last_good_at: datetime | None
) -> bool:
    """The compare-and-swap: it finds the verdict that the flip comes from, or changes nothing."""
    moved = await s.scalar(
        update(Standing)
        .where(col(Standing.target) == flip.target, col(Standing.verdict) == flip.before)
        .values(
            component_id=flip.component_id,
            kind=flip.kind,
            verdict=flip.after,
            since=flip.at,
            first_failed_at=first_failed_at,
            last_good_at=last_good_at,
        )
        .returning(col(Standing.target))
    )
    return moved is not None
