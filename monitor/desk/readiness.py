"""The readiness page: for each component, whom we could still tell if it died, and which plans are missing."""

from typing import Final

from aiohttp import web

from monitor.desk import duty
from monitor.desk.visit import Visit

GAPS_MAX: Final = 30
OUTLOOKS_MAX: Final = 30


async def get(visit: Visit) -> web.Response:
    """Show how ready we are, by the config and by what the channels' canaries met; what is missing comes first."""
    found = visit.desk.readiness
    worst_first = sorted(found.outlooks, key=lambda outlook: not outlook.gaps)
    async with visit.seat.ledger.read() as s:
        ways = await duty.ways(s, visit.seat.config, visit.now)
    missing = (*duty.out_of_order(visit.seat, ways), *found.missing)
    return visit.page(
        "readiness.html",
        outlooks=worst_first[:OUTLOOKS_MAX],
        unlisted=max(0, len(found.outlooks) - OUTLOOKS_MAX),
        gaps=missing[:GAPS_MAX],
        missing=len(missing),
        ways=ways,
        rehearsals=visit.seat.rehearsals,
    )
