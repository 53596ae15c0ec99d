"""The scene: all that the record holds of one incident, read in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts, Said
from monitor.ledger import approvals, drafts, incidents, people, sightings
from monitor.models import Act, Approval, Incident, IncidentUpdate, Member, Sighting, Standing
from monitor.scribe import aftermath
from monitor.scribe.aftermath import Aftermath


@dataclass(frozen=True, slots=True)
class Published:
    """A message that a human approved."""

    update: IncidentUpdate
    approval: Approval

    @property
    def facts(self) -> Facts:
        """What it rested on."""
        return Facts.from_json(self.update.facts)


@dataclass(frozen=True, slots=True)
class Scene:
    """One incident as the record shows it at one moment."""

    incident: Incident
    members: Sequence[Member]
    sightings: Sequence[Sighting]
    standings: Mapping[str, Standing]
    acts: Sequence[Act]
    names: Mapping[int, str]
    published: Sequence[Published]
    rejected: Sequence[IncidentUpdate]
    waiting: Sequence[IncidentUpdate]
    aftermath: Aftermath | None = None

    @property
    def said(self) -> tuple[Said, ...]:
        """Everything that we have published of it."""
        return tuple(drafts.said(past.update, past.approval.at) for past in self.published)


async def read(session: AsyncSession, incident: Incident, standings: Mapping[str, Standing]) -> Scene:
    """Read the scene of one incident."""
    updates = await drafts.of_incident(session, incident.id)
    approved = await approvals.of_incident(session, incident.id)
    return Scene(
        incident=incident,
        members=await incidents.members(session, incident.id),
        sightings=await sightings.of_incident(session, incident.id),
        standings=standings,
        acts=await incidents.acts(session, incident.id),
        names={person.id: person.name for person in await people.everyone(session)},
        published=[Published(update, yes) for update in updates if (yes := approved.get(update.id))],
        rejected=[update for update in updates if update.rejected_at],
        waiting=[
            update for update in updates if not (approved.get(update.id) or update.rejected_at or update.withdrawn_at)
        ],
        aftermath=await aftermath.read(session, incident.id, updates) if incident.resolved_at else None,
    )
