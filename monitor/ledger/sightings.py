"""Sightings: what humans notice that no look has seen; their words are the evidence."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.ledger import incidents
from monitor.ledger.errors import Refused
from monitor.models import ActKind, Component, Incident, Member, Sighting


async def of_incident(s: AsyncSession, incident_id: int) -> Sequence[Sighting]:
    """What humans noticed of an incident, oldest first."""
    wanted = select(Sighting).where(col(Sighting.incident_id) == incident_id)
    return (await s.scalars(wanted.order_by(col(Sighting.id)))).all()


async def of_incidents(s: AsyncSession, incident_ids: Sequence[int]) -> Mapping[int, Sequence[Sighting]]:
    """The same of several incidents, by incident."""
    found: dict[int, list[Sighting]] = defaultdict(list)
    wanted = select(Sighting).where(col(Sighting.incident_id).in_(incident_ids)).order_by(col(Sighting.id))
    for sighting in await s.scalars(wanted):
        found[sighting.incident_id].append(sighting)
    return found


async def begin(  # noqa: PLR0913 - who noticed what, when, and by which sort of word
    s: AsyncSession,
    components: Sequence[str],
    person_id: int,
    *,
    words: str,
    noticed_at: datetime,
    now: datetime,
    kind: ActKind = ActKind.NOTICED,
) -> Incident:
    """Open an incident on a human's word, or an alert's, which confirms it.

    Raises Refused if nothing that we know is named, if it lies ahead, or if a component has an open incident already.
    """
    await _check(s, components, noticed_at, now)
    if taken := await open_of(s, components):
        raise Refused(f"incident {taken} is open for this already: say it there")
    incident = await incidents.begin(s, f"component:{components[0]}", noticed_at)
    incident.confirmed_at = now
    await _keep(s, incident.id, components, person_id, words, noticed_at, now, kind)
    return incident


async def add(  # noqa: PLR0913 - as above
    s: AsyncSession,
    incident_id: int,
    components: Sequence[str],
    person_id: int,
    *,
    words: str,
    noticed_at: datetime,
    now: datetime,
    kind: ActKind = ActKind.NOTICED,
) -> None:
    """Say that more fails in an open incident than our looks have seen. Raises Refused, Missing or Gone."""
    incident = await incidents.unresolved(s, incident_id)
    await _check(s, components, noticed_at, now)
    other = await open_of(s, components)
    if other not in {None, incident_id}:
        raise Refused(f"incident {other} is open for this already: merge the two")
    incident.confirmed_at = incident.confirmed_at or now
    await _keep(s, incident_id, components, person_id, words, noticed_at, now, kind)
    await incidents.settle(s, incident_id)


async def clear(s: AsyncSession, incident_id: int, person_id: int, words: str, now: datetime) -> None:
    """Take a human's word that what humans noticed is over. Raises Refused if nothing is left to be so, or Gone."""
    await incidents.unresolved(s, incident_id)
    ended = await s.scalars(
        update(Sighting)
        .where(col(Sighting.incident_id) == incident_id, col(Sighting.cleared_at).is_(None))
        .values(cleared_at=now)
        .returning(col(Sighting.id))
    )
    if not ended.all():
        raise Refused("nothing that a human noticed here is still failing")
    await incidents.act(s, incident_id, person_id, ActKind.CLEARED, words, now)
    await incidents.settle(s, incident_id)


async def _keep(  # noqa: PLR0913, PLR0917 - as above
    s: AsyncSession,
    incident_id: int,
    components: Sequence[str],
    person_id: int,
    words: str,
    noticed_at: datetime,
    now: datetime,
    kind: ActKind,
) -> None:
    act = await incidents.act(s, incident_id, person_id, kind, words, now)
    s.add_all(
        Sighting(incident_id=incident_id, component_id=component, act_id=act.id, noticed_at=noticed_at)
        for component in components
    )
    await s.flush()


async def _check(s: AsyncSession, components: Sequence[str], noticed_at: datetime, now: datetime) -> None:
    wanted = select(col(Component.id)).where(col(Component.id).in_(components), col(Component.retired_at).is_(None))
    known = (await s.scalars(wanted)).all()
    if not components or len(known) != len(set(components)) or len(components) != len(set(components)):
        raise Refused("choose which components fail")
    if noticed_at > now:
        raise Refused("nothing can be noticed before it happens")


async def open_of(s: AsyncSession, components: Sequence[str]) -> int | None:
    """The open incident in which one of these components already fails, if there is one."""
    wanted = select(col(Incident.id)).where(col(Incident.resolved_at).is_(None))
    for owned in (Member, Sighting):
        mine = select(col(owned.incident_id)).where(col(owned.component_id).in_(components))
        if found := await s.scalar(wanted.where(col(Incident.id).in_(mine)).order_by(col(Incident.id))):
            return found
    return None
