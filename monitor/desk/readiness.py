"""The readiness page: for each component, whom we could still tell if it died, and which plans are missing."""

from aiohttp import web

from monitor.desk.visit import Visit
from monitor.readiness import readiness


async def get(visit: Visit) -> web.Response:
    """Show how ready the config is; what is missing comes first."""
    found = readiness(visit.seat.config)
    return visit.page("readiness.html", outlooks=found.outlooks, gaps=found.missing, rehearsals=visit.seat.rehearsals)
