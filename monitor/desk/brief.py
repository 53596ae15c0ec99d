"""The brief page: what the phone and the chat desk should say of every open incident."""

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.brief import Brief, brief
from drafts.facts import Facts, Said
from monitor.desk.visit import Visit
from monitor.ledger import approvals, drafts, incidents
from monitor.models import Incident, IncidentUpdate


async def get(visit: Visit) -> web.Response:
    """Show a brief for each confirmed incident that is open, the newest first."""
    async with visit.seat.ledger.read() as s:
        opened = [incident for incident in await incidents.open_all(s) if incident.confirmed_at]
        told = [(incident, await _brief(s, incident)) for incident in reversed(opened)]
    return visit.page("brief.html", again="/brief", briefs=[(incident, one) for incident, one in told if one])


async def _brief(s: AsyncSession, incident: Incident) -> Brief | None:
    """By the facts of the newest message that a human has not rejected, and that reality has not overtaken."""
    updates = await drafts.of_incident(s, incident.id)
    standing = [update for update in updates if not (update.withdrawn_at or update.rejected_at)]
    newest = standing or updates
    if not newest:
        return None
    return brief(replace(Facts.from_json(newest[-1].facts), said=await _said(s, updates)))


async def _said(s: AsyncSession, updates: Sequence[IncidentUpdate]) -> tuple[Said, ...]:
    """What is approved by now, which a message's own facts cannot know of itself."""
    answers = [(update, await approvals.of_update(s, update.id)) for update in updates]
    return tuple(drafts.said(update, yes.at) for update, yes in answers if yes)
