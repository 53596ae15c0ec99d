"""The brief page: what the phone and the chat desk should say of every open incident."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.brief import Brief
from monitor.desk.present import present
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import incidents
from monitor.models import Act, ActKind, Incident
from monitor.overrides import Overrides


async def get(visit: Visit) -> web.Response:
    """Show a brief for each confirmed incident that is open, the newest first."""
    async with visit.seat.ledger.read() as s:
        opened = [incident for incident in await incidents.open_all(s) if incident.confirmed_at]
        told = [
            (incident, await brief_of(s, incident, visit.seat.own), await _has(s, incident))
            for incident in reversed(opened)
        ]
    return visit.page("brief.html", again="/brief", briefs=[one for one in told if one[1]])


async def post(visit: Visit) -> web.Response:
    """Write down that whoever answers the phone or the chat has read the brief; the first to say so counts."""
    async with visit.seat.ledger.write() as s:
        await take_note(s, visit.number(), visit.person_id, visit.now)
    return visit.goto("/brief", "briefed")


async def take_note(s: AsyncSession, incident_id: int, person_id: int, now: datetime) -> None:
    """Write down who has the brief of an open incident; the first to say so counts."""
    incident = await incidents.get(s, incident_id)
    if incident is None or incident.resolved_at is not None:
        raise Refusal(409, "Not written down: there is no such incident, or it is over.", "See what is open now.")
    if await _has(s, incident) is None:
        await incidents.act(s, incident_id, person_id, ActKind.BRIEFED, "", now)


async def _has(s: AsyncSession, incident: Incident) -> Act | None:
    """Who was the first to say that they have the brief."""
    return next((act for act in await incidents.acts(s, incident.id) if act.kind is ActKind.BRIEFED), None)


async def brief_of(s: AsyncSession, incident: Incident, own: Overrides) -> Brief | None:
    """What to say of an incident; None as long as nothing was drafted of it."""
    facts = await present(s, incident)
    return own.brief(facts) if facts else None
