"""What a human does about words that did not go out: send them again, or another way too, or let a channel go on."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.config import ChannelOptions
from monitor.desk.number import number
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import halts, resending
from monitor.ledger.errors import Refused


async def again(visit: Visit) -> web.Response:
    """Send once more what was given up."""
    delivery = number(visit.field("delivery")) or 0
    await _done(visit, lambda s: resending.again(s, delivery, visit.person_id, visit.now))
    return visit.goto(f"/updates/{visit.number()}", "again")


async def also(visit: Visit) -> web.Response:
    """Send approved words over a channel that was left out."""
    channel = _known(visit)
    await _done(
        visit,
        lambda s: resending.also(
            s, visit.number(), channel.name, language=channel.language, person_id=visit.person_id, now=visit.now
        ),
    )
    return visit.goto(f"/updates/{visit.number()}", "also")


async def lift(visit: Visit) -> web.Response:
    """Let a channel that stands still try again."""
    channel = _known(visit)
    await _done(visit, lambda s: halts.lift(s, channel.name, visit.person_id, visit.now))
    return visit.goto("/", "lifted")


def _known(visit: Visit) -> ChannelOptions:
    named = [channel for channel in visit.seat.config.channel if channel.name == visit.field("channel")]
    if not named:
        raise Refusal(404, "There is no such channel.", "The overview lists those of the config.")
    channel: ChannelOptions = named[0]
    return channel


async def _done(visit: Visit, deed: Callable[[AsyncSession], Awaitable[None]]) -> None:
    try:
        async with visit.seat.ledger.write() as s:
            await deed(s)
    except Refused as refused:
        raise Refusal(
            409, f"Not sent: {refused}.", "Open the page anew: it shows how each channel stands."
        ) from refused
