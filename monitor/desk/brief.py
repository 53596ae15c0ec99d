"""The brief page: what the phone and the chat desk should say of every open incident."""

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.brief import Brief, brief
from drafts.facts import Facts, Said
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import approvals, drafts, incidents
from monitor.models import Act, ActKind, Incident, IncidentUpdate


async def get(visit: Visit) -> web.Response:
    """Show a brief for each confirmed incident that is open, the newest first."""
    async with visit.seat.ledger.read() as s:
        opened = [incident for incident in await incidents.open_all(s) if incident.confirmed_at]
        told = [(incident, await _brief(s, incident), await _has(s, incident)) for incident in reversed(opened)]
    return visit.page("brief.html", again="/brief", briefs=[one for one in told if one[1]])


async def post(visit: Visit) -> web.Response:
    """Write down that whoever answers the phone or the chat has read the brief; the first to say so counts."""
    async with visit.seat.ledger.write() as s:
        incident = await incidents.get(s, visit.number())
        if incident is None or incident.resolved_at is not None:
            raise Refusal(409, "Not written down: there is no such incident, or it is over.", "See what is open now.")
        if await _has(s, incident) is None:
            await incidents.act(s, visit.number(), visit.person_id, ActKind.BRIEFED, "", visit.now)
    return visit.goto("/brief", "briefed")


async def _has(s: AsyncSession, incident: Incident) -> Act | None:
    """Who was the first to say that they have the brief."""
    return next((act for act in await incidents.acts(s, incident.id) if act.kind is ActKind.BRIEFED), None)


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
