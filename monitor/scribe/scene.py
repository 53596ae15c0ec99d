"""The scene: all that the record holds of one incident. Those of many are read with as many statements as one."""

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


async def read(session: AsyncSession, tended: Sequence[Incident], standings: Mapping[str, Standing]) -> list[Scene]:
    """Read the scenes of some incidents, in their order."""
    if not tended:
        return []
    ids = [incident.id for incident in tended]
    updates, approved = await drafts.of_incidents(session, ids), await approvals.of_incidents(session, ids)
    over = {incident.id: updates.get(incident.id, ()) for incident in tended if incident.resolved_at}
    known = _Known(
        standings=standings,
        updates=updates,
        approved=approved,
        members=await incidents.members_of(session, ids),
        sightings=await sightings.of_incidents(session, ids),
        acts=await incidents.acts_of(session, ids),
        names={person.id: person.name for person in await people.everyone(session)},
        aftermaths=await aftermath.read(session, over),
    )
    return [known.scene(incident) for incident in tended]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of some incidents, by incident."""

    standings: Mapping[str, Standing]
    updates: Mapping[int, Sequence[IncidentUpdate]]
    approved: Mapping[int, Approval]
    members: Mapping[int, Sequence[Member]]
    sightings: Mapping[int, Sequence[Sighting]]
    acts: Mapping[int, Sequence[Act]]
    names: Mapping[int, str]
    aftermaths: Mapping[int, Aftermath]

    def scene(self, incident: Incident) -> Scene:
        """That of one of them."""
        mine, approved = self.updates.get(incident.id, ()), self.approved
        return Scene(
            incident=incident,
            members=self.members.get(incident.id, ()),
            sightings=self.sightings.get(incident.id, ()),
            standings=self.standings,
            acts=self.acts.get(incident.id, ()),
            names=self.names,
            published=[Published(update, yes) for update in mine if (yes := approved.get(update.id))],
            rejected=[update for update in mine if update.rejected_at],
            waiting=[one for one in mine if not (one.id in approved or one.rejected_at or one.withdrawn_at)],
            aftermath=self.aftermaths.get(incident.id),
        )
