"""Changes of verdict, and the verdict in force for each target: both move together, or neither does."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import compress

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.models import Flip, Standing
from monitor.verdict import Verdict

Known = tuple[datetime | None, datetime | None]
"""When a target was first seen to fail, and when it was last seen well."""


async def standings(s: AsyncSession) -> dict[str, Standing]:
    """The verdict in force for every target ever judged, by the target's name."""
    return {standing.target: standing for standing in await s.scalars(select(Standing))}


async def some(s: AsyncSession, flip_ids: Collection[int]) -> dict[int, Flip]:
    """Several flips, by id."""
    found = await s.scalars(select(Flip).where(col(Flip.id).in_(flip_ids)))
    return {flip.id: flip for flip in found}


async def suspects(s: AsyncSession) -> frozenset[str]:
    """The targets under a suspicion that nothing has confirmed or cleared yet."""
    wanted = select(col(Standing.target)).where(col(Standing.verdict) == Verdict.SUSPECT)
    return frozenset((await s.scalars(wanted)).all())


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
    return (await record_all(s, [(flip, (first_failed_at, last_good_at))]))[0]


async def record_all(s: AsyncSession, changes: Sequence[tuple[Flip, Known]]) -> list[bool]:
    """Store many flips, in order, in as few statements as one; tells of each whether it was stored.

    Whoever may write is alone until the commit, so to look and then to move is one compare-and-swap.
    """
    standing = await _standings(s, {flip.target for flip, _ in changes})
    verdicts = {target: one.verdict for target, one in standing.items()}
    counts = [_swap(verdicts, flip) for flip, _ in changes]
    stored = list(compress(changes, counts))
    s.add_all(flip for flip, _ in stored)
    await s.flush()
    for flip, known in stored:
        standing[flip.target] = _moved(standing.get(flip.target), flip, known)
    s.add_all(standing.values())
    await s.flush()
    return counts


def _moved(standing: Standing | None, flip: Flip, known: Known) -> Standing:
    one = standing or Standing(
        target=flip.target, component_id=flip.component_id, kind=flip.kind, verdict=flip.after, since=flip.at
    )
    one.component_id, one.kind, one.verdict = flip.component_id, flip.kind, flip.after
    one.since, one.flip_id = flip.at, flip.id
    one.first_failed_at, one.last_good_at = known
    return one


async def _standings(s: AsyncSession, targets: Iterable[str]) -> dict[str, Standing]:
    wanted = select(Standing).where(col(Standing.target).in_(targets))
    return {one.target: one for one in await s.scalars(wanted)}


def _swap(verdicts: dict[str, Verdict], flip: Flip) -> bool:
    """Move the target's verdict if it is the one that the flip comes from."""
    if verdicts.get(flip.target, flip.before) is not flip.before:
        return False
    verdicts[flip.target] = flip.after
    return True
