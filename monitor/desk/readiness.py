"""The readiness page: for each component, whom we could still tell if it died, and which plans are missing."""

from typing import Final

from aiohttp import web

from monitor.desk.visit import Visit

GAPS_MAX: Final = 30
OUTLOOKS_MAX: Final = 30


async def get(visit: Visit) -> web.Response:
    """Show how ready the config is; what is missing comes first."""
    found = visit.desk.readiness
    worst_first = sorted(found.outlooks, key=lambda outlook: not outlook.gaps)
    return visit.page(
        "readiness.html",
        outlooks=worst_first[:OUTLOOKS_MAX],
        unlisted=max(0, len(found.outlooks) - OUTLOOKS_MAX),
        gaps=found.missing[:GAPS_MAX],
        missing=len(found.missing),
        rehearsals=visit.seat.rehearsals,
    )
