"""The facts of an incident as they are now, for those who answer people before the next message is out."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts, Said
from monitor.ledger import approvals, drafts, incidents, people
from monitor.ledger.deeds import told
from monitor.models import ActKind, Incident, IncidentUpdate


async def present(s: AsyncSession, incident: Incident) -> Facts | None:
    """The facts of the newest message that nobody has rejected and reality has not overtaken, and what was said since.

    None if nothing was ever drafted of it.
    """
    updates = await drafts.of_incident(s, incident.id)
    standing = [update for update in updates if not (update.withdrawn_at or update.rejected_at)]
    newest = standing or updates
    if not newest:
        return None
    acts = await incidents.acts(s, incident.id)
    names = {person.id: person.name for person in await people.everyone(s)}
    return replace(
        Facts.from_json(newest[-1].facts),
        said=await _said(s, updates),
        acknowledged=told(acts, names, ActKind.ACKNOWLEDGED),
        cause=told(acts, names, ActKind.CAUSE),
        estimate=told(acts, names, ActKind.ESTIMATE),
        repair=told(acts, names, ActKind.REPAIR),
        loss=told(acts, names, ActKind.LOSS),
        amends=told(acts, names, ActKind.AMENDS),
        no_amends=told(acts, names, ActKind.NO_AMENDS),
    )


async def _said(s: AsyncSession, updates: Sequence[IncidentUpdate]) -> tuple[Said, ...]:
    """What is approved by now, which a message's own facts cannot know of itself."""
    answers = [(update, await approvals.of_update(s, update.id)) for update in updates]
    return tuple(drafts.said(update, yes.at) for update, yes in answers if yes)
