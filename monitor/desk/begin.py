"""The page on which somebody says that something fails of which no look of ours knows."""

from aiohttp import web

from monitor.desk.claim import COMPONENT
from monitor.desk.visit import Visit
from monitor.ledger import components


async def get(visit: Visit) -> web.Response:
    """Ask what fails, what customers notice of it, and since when."""
    async with visit.seat.ledger.read() as s:
        known = [component for component in await components.everything(s) if component.retired_at is None]
    return visit.page("begin.html", components=known, box=COMPONENT)
