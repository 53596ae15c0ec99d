"""The button that starts a drill, where the config says at which port its desk may listen."""

from aiohttp import web

from monitor.desk.rehearsals import Rehearsal
from monitor.desk.visit import Refusal, Visit


async def post(visit: Visit) -> web.Response:
    """Start a drill, unless one goes on."""
    rehearsals = visit.seat.rehearsals
    if rehearsals is None or visit.person is None:
        raise Refusal(404, "No drill can be started here.", "The config says so: drill_port under [desk] allows it.")
    if not rehearsals.ask(Rehearsal(visit.person.name, visit.now, call=visit.field("call") == "yes")):
        raise Refusal(409, "Not started: a drill is under way already.", "The readiness page leads to its desk.")
    await visit.settled()
    return visit.goto("/readiness", "drilled")
