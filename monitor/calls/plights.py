"""The plight of every open incident, read from the record in one go."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.calls.matter import UNHURRIED, Plight
from monitor.ledger import approvals, calls, components, drafts, flips, incidents, people, sightings, story
from monitor.models import Incident


async def read(s: AsyncSession) -> list[Plight]:
    """The plight of every incident that is confirmed, and open or with a draft that waits."""
    found = {incident.id: incident for incident in await incidents.open_all(s)}
    for draft in await drafts.waiting(s, without=UNHURRIED):
        if draft.incident_id not in found:
            found[draft.incident_id] = await s.get_one(Incident, draft.incident_id)
    opened = [incident for incident in found.values() if incident.confirmed_at]
    if not opened:
        return []
    known = Plight(
        incident=opened[0],
        names={person.id: person.name for person in await people.everyone(s)},
        component_names={component.id: component.name for component in await components.everything(s)},
        broken=await story.failing_components(s),
        suspects=await flips.suspects(s),
    )
    return [await _one(s, replace(known, incident=incident)) for incident in opened]


async def _one(s: AsyncSession, known: Plight) -> Plight:
    """The plight of one incident, by what is known of all."""
    incident = known.incident
    updates = await drafts.of_incident(s, incident.id)
    approved = await approvals.of_incident(s, incident.id)
    return replace(
        known,
        members=await incidents.members(s, incident.id),
        acts=await incidents.acts(s, incident.id),
        published=[(update, approved[update.id]) for update in updates if update.id in approved],
        waiting=[
            update for update in updates if not (update.id in approved or update.rejected_at or update.withdrawn_at)
        ],
        rejected=[update for update in updates if update.rejected_at],
        noticed=[one.component_id for one in await sightings.of_incident(s, incident.id) if one.cleared_at is None],
        let_go=await calls.let_go(s, incident.id),
    )
