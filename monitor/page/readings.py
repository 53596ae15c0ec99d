"""Readings: what our checks see fail now and nobody has published yet, for ``[page] measurements``."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.ledger import calls, incidents, story
from monitor.ledger.store import Ledger
from monitor.models import Member
from monitor.page.moment import Attention, Reading
from monitor.page.setting import Setting


async def readings(ledger: Ledger, setting: Setting) -> tuple[Reading, ...]:
    """Every component of which a failure is confirmed, still there, and not told yet."""
    async with ledger.read() as s:
        attended = {
            **dict.fromkeys(await calls.rung(s), Attention.CALLED),
            **dict.fromkeys(await incidents.taken(s), Attention.TAKEN),
        }
        return tuple(_readings(await _untold(s), attended, setting))


async def _untold(s: AsyncSession) -> list[Member]:
    told = await incidents.told(s)
    return [member for member in await story.failing(s) if member.incident_id not in told]


def _readings(members: Iterable[Member], attended: Mapping[int, Attention], setting: Setting) -> Iterator[Reading]:
    by_id = {component.id: component for component in setting.components}
    mine = sorted((member for member in members if member.component_id in by_id), key=attrgetter("component_id"))
    for component_id, group in groupby(mine, attrgetter("component_id")):
        failing = list(group)
        yield Reading(
            by_id[component_id],
            min(member.failing_since or member.first_failed_at for member in failing),
            total=len({member.target for member in failing}) >= setting.targets.get(component_id, 1),
            attention=min(
                (attended.get(member.incident_id, Attention.NOBODY) for member in failing), key=list(Attention).index
            ),
        )
