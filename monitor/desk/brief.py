"""The brief page: what the phone and the chat desk should say of every open incident."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.brief import Brief
from monitor.desk.present import present
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import incidents
from monitor.models import Act, ActKind, Incident
from monitor.overrides import Overrides

ROOM_CHARS: Final = 36_000
MARKS_CHARS: Final = 600
"""A page shows as many briefs as fit into 60 kB, and about what the marks round one take."""


async def get(visit: Visit) -> web.Response:
    """Show a brief for each confirmed incident that is open, the newest first."""
    async with visit.seat.ledger.read() as s:
        told = await briefs(s, visit.seat.own)
        acts = await incidents.acts_of(s, [incident.id for incident, _ in told])
    shown = [(incident, brief, _briefed(acts.get(incident.id, ()))) for incident, brief in told]
    lengths = accumulate(len("".join(brief.lines)) + len(brief.waiting_line) + MARKS_CHARS for _, brief, _ in shown)
    fitting = max(1, sum(length <= ROOM_CHARS for length in lengths))
    return visit.page("brief.html", again="/brief", briefs=shown[:fitting], more=max(0, len(shown) - fitting))


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
    if _briefed(await incidents.acts(s, incident_id)) is None:
        await incidents.act(s, incident_id, person_id, ActKind.BRIEFED, "", now)


def _briefed(acts: Sequence[Act]) -> Act | None:
    """Who was the first to say that they have the brief."""
    return next((act for act in acts if act.kind is ActKind.BRIEFED), None)


async def briefs(s: AsyncSession, own: Overrides) -> list[tuple[Incident, Brief]]:
    """What to say of each confirmed incident that is open and that something was drafted of, the newest first."""
    opened = [incident for incident in await incidents.open_all(s) if incident.confirmed_at]
    facts = await present(s, opened)
    return [(incident, own.brief(facts[incident.id])) for incident in reversed(opened) if incident.id in facts]
