"""The facts of incidents as they are now, for those who answer people before the next message is out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts
from monitor.ledger import approvals, drafts, incidents, people
from monitor.ledger.deeds import told
from monitor.models import Act, ActKind, Approval, Incident, IncidentUpdate


async def present(s: AsyncSession, listed: Sequence[Incident]) -> Mapping[int, Facts]:
    """The facts of each incident, by its id; one of which nothing was ever drafted has none."""
    ids = [incident.id for incident in listed]
    updates, published = await drafts.of_incidents(s, ids), await approvals.of_incidents(s, ids)
    acts = await incidents.acts_of(s, ids)
    names = {person.id: person.name for person in await people.everyone(s)}
    return {number: _facts(mine, published, acts.get(number, ()), names) for number, mine in updates.items()}


def _facts(
    updates: Sequence[IncidentUpdate], approved: Mapping[int, Approval], acts: Sequence[Act], names: Mapping[int, str]
) -> Facts:
    """The facts of the newest message that nobody has rejected and reality has not overtaken, and what was said since.

    Once something is published its promise is the one that counts: a draft has promised nobody anything.
    """
    standing = [update for update in updates if not (update.withdrawn_at or update.rejected_at)]
    facts = Facts.from_json((standing or updates)[-1].facts)
    # What is approved by now a message's own facts cannot know of itself.
    published = [(update, approved[update.id]) for update in updates if update.id in approved]
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
