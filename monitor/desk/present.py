"""The facts of an incident as they are now, for those who answer people before the next message is out."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts
from monitor.ledger import approvals, drafts, incidents, people
from monitor.ledger.deeds import told
from monitor.models import ActKind, Approval, Incident, IncidentUpdate


async def present(s: AsyncSession, incident: Incident) -> Facts | None:
    """The facts of the newest message that nobody has rejected and reality has not overtaken, and what was said since.

    Once something is published its promise is the one that counts: a draft has promised nobody anything. None if
    nothing was ever drafted of it.
    """
    updates = await drafts.of_incident(s, incident.id)
    standing = [update for update in updates if not (update.withdrawn_at or update.rejected_at)]
    newest = standing or updates
    if not newest:
        return None
    acts = await incidents.acts(s, incident.id)
    names = {person.id: person.name for person in await people.everyone(s)}
    facts, published = Facts.from_json(newest[-1].facts), await _published(s, updates)
    return replace(
        facts,
        said=tuple(drafts.said(update, yes.at) for update, yes in published),
        next_update=published[-1][0].next_update_at if published else facts.next_update,
        acknowledged=told(acts, names, ActKind.ACKNOWLEDGED),
        cause=told(acts, names, ActKind.CAUSE),
        estimate=told(acts, names, ActKind.ESTIMATE),
        repair=told(acts, names, ActKind.REPAIR),
        loss=told(acts, names, ActKind.LOSS),
        amends=told(acts, names, ActKind.AMENDS),
        no_amends=told(acts, names, ActKind.NO_AMENDS),
    )


async def _published(s: AsyncSession, updates: Sequence[IncidentUpdate]) -> list[tuple[IncidentUpdate, Approval]]:
    """What is approved by now, which a message's own facts cannot know of itself."""
    answers = [(update, await approvals.of_update(s, update.id)) for update in updates]
    return [(update, yes) for update, yes in answers if yes]
