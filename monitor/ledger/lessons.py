"""What was learned of each target, kept so that a restart forgets none."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.models import Lesson


async def everything(s: AsyncSession) -> dict[str, str]:
    """What is kept, by target."""
    return {lesson.target: lesson.words for lesson in await s.scalars(select(Lesson))}


async def keep(s: AsyncSession, lessons: Mapping[str, str], now: datetime) -> None:
    """Keep these instead of what was known of the same targets before."""
    await forget(s, lessons.keys())
    rows = [{"target": target, "words": words, "learned_at": now} for target, words in lessons.items()]
    if rows:
        await s.execute(insert(Lesson), rows)


async def forget(s: AsyncSession, targets: Collection[str]) -> None:
    """Keep nothing more of these."""
    await s.execute(delete(Lesson).where(col(Lesson.target).in_(targets)))
