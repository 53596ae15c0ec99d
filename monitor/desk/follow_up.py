"""Follow-ups on the desk: what is to be done after an incident gets an owner and a day, and is asked for when due."""

from datetime import date
from typing import Final

from aiohttp import web

from drafts.markdown import one_line
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import follow_ups, incidents

WHAT_CHARS_MAX: Final = 300
OWNER_CHARS_MAX: Final = 80


async def add(visit: Visit) -> web.Response:
    """Write an action down, with its owner and its day."""
    what = _words(visit, "what", WHAT_CHARS_MAX, "What is to be done")
    owner = _words(visit, "owner", OWNER_CHARS_MAX, "Who does it")
    due_on = _day(visit)
    async with visit.seat.ledger.write() as s:
        if await incidents.get(s, visit.number()) is None:
            raise Refusal(404, "There is no such incident.", "The overview shows what is open and what was.")
        await follow_ups.add(s, visit.number(), visit.person_id, what, owner, due_on, visit.now)
    return visit.goto(f"/incidents/{visit.number()}", "planned")


async def done(visit: Visit) -> web.Response:
    """Say that an action is done; who says so stands in the record."""
    async with visit.seat.ledger.write() as s:
        known = await follow_ups.get(s, visit.number())
        if known is None:
            raise Refusal(404, "There is no such follow-up.", "The page of its incident lists all of them.")
        await follow_ups.done(s, visit.number(), visit.person_id, visit.now)
    return visit.goto(f"/incidents/{known.incident_id}", "followed")


def _words(visit: Visit, name: str, chars_max: int, label: str) -> str:
    words = one_line(visit.field(name))
    if not 0 < len(words) <= chars_max:
        raise Refusal(422, f"Not written down: “{label}” needs from 1 to {chars_max} letters.", "Write it once more.")
    return words


def _day(visit: Visit) -> date:
    try:
        due_on = date.fromisoformat(visit.field("due"))
    except ValueError:
        raise Refusal(
            422, "Not written down: it needs a day.", "Write it as year, month and day: 2026-12-04."
        ) from None
    if due_on < visit.times.today():
        raise Refusal(422, "Not written down: that day is over.", "Give a day that is still to come.")
    return due_on
