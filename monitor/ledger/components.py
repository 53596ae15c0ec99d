"""Components: what customers call what we watch, kept for as long as the record speaks of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.config import Component as Configured
from monitor.models import Component


async def sync(s: AsyncSession, components: Iterable[Configured], now: datetime) -> None:
    """Make the rows say what the config says; a component that it names no more is retired, never deleted."""
    known = {component.id: component for component in await everything(s)}
    for position, configured in enumerate(components):
        component = known.pop(configured.id, None) or Component(id=configured.id, name="")
        component.name, component.group, component.position = configured.name, configured.group or None, position
        component.retired_at = None
        s.add(component)
    for gone in known.values():
        gone.retired_at = gone.retired_at or now
    await s.flush()


async def everything(s: AsyncSession) -> Sequence[Component]:
    """All components ever, retired ones too, in the order of the page."""
    return (await s.scalars(select(Component).order_by(col(Component.position), col(Component.id)))).all()
