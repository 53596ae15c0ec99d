"""The brief page: what the phone and the chat desk should say of every open incident."""

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
            (incident, await _brief(s, incident, visit.seat.own), await _has(s, incident))
            for incident in reversed(opened)
        ]
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


async def _brief(s: AsyncSession, incident: Incident, own: Overrides) -> Brief | None:
    facts = await present(s, incident)
    return own.brief(facts) if facts else None
