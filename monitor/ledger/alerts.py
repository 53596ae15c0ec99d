"""Alerts of another monitoring system: each opens an incident or joins one, once, and its end is told there."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.ledger import claims, incidents, people, sightings
from monitor.models import ActKind, Alert, Person, Role, Sighting

TELLER: Final = "Alertmanager"


@dataclass(frozen=True, slots=True)
class Told:
    """What we are told of one alert now. ``group`` and ``fingerprint`` together say which one it is."""

    group: str
    fingerprint: str
    name: str
    component_id: str
    started_at: datetime
    firing: bool

    @property
    def key(self) -> str:
        """Which alert it is, whatever the length of its group's name."""
        return sha256(f"{self.group}\x00{self.fingerprint}".encode()).hexdigest()


async def take(s: AsyncSession, told: Told, now: datetime) -> None:
    """Take what we are told; whatever is told again changes nothing. Raises Refused for a component that is retired."""
    known = await s.get(Alert, told.key)
    firing = known is not None and known.ended_at is None and known.started_at == told.started_at
    if told.firing and not firing:
        await _begin(s, told, known, now)
    elif known is not None and known.ended_at is None and not told.firing:
        await _end(s, told, known, now)


async def _begin(s: AsyncSession, told: Told, known: Alert | None, now: datetime) -> None:
    """Open an incident of the component, or join the one that is open. What we know of is when we were told."""
    teller = await _teller(s, now)
    began = told.started_at.astimezone(UTC)
    words = f"alert started at {began:%H:%M} UTC on {began.day} {began:%B %Y}: {told.name}"
    incident_id = await sightings.open_of(s, [told.component_id])
    if incident_id is None:
        incident = await sightings.begin(
            s, [told.component_id], teller.id, words=words, noticed_at=now, now=now, kind=ActKind.ALERTED
        )
        incident_id = incident.id
    else:
        await sightings.add(
            s, incident_id, [told.component_id], teller.id, words=words, noticed_at=now, now=now, kind=ActKind.ALERTED
        )
    alert = known or Alert(key=told.key, component_id=told.component_id, act_id=0, started_at=told.started_at)
    alert.act_id = await claims.last(s, incident_id, ActKind.ALERTED)
    alert.started_at, alert.ended_at, alert.component_id = told.started_at, None, told.component_id
    s.add(alert)
    await s.flush()


async def _end(s: AsyncSession, told: Told, alert: Alert, now: datetime) -> None:
    """Say that it ended, in the incident that it belongs to by now, unless a human was there first."""
    alert.ended_at = now
    mine = update(Sighting).where(col(Sighting.act_id) == alert.act_id, col(Sighting.cleared_at).is_(None))
    for incident_id in await s.scalars(mine.values(cleared_at=now).returning(col(Sighting.incident_id))):
        teller = await _teller(s, now)
        await incidents.act(s, incident_id, teller.id, ActKind.CLEARED, f"alert ended: {told.name}", now)
        await incidents.settle(s, incident_id)


async def _teller(s: AsyncSession, now: datetime) -> Person:
    """Who stands behind an alert's words: nobody who could ever sign in, or approve anything."""
    known = await people.find(s, TELLER)
    if known is None:
        known = await people.add(s, TELLER, Role.VIEWER, now)
        await people.disable(s, known.id, now)
    return known
