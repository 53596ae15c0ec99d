"""The drain: one endless task per channel that sends approved updates in order, until each has arrived or failed."""

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

from monitor.channels.channel import Channel
from monitor.config import Site
from monitor.ledger import deliveries
from monitor.ledger.store import Ledger
from monitor.publish.line import Line, Outcome
from monitor.sending.queue import work_off


async def drain(
    ledger: Ledger,
    channel: Channel,
    *,
    site: Site,
    clock: Callable[[], datetime],
    on_delivery: Callable[[str, Outcome], None],
) -> NoReturn:
    """Send every approved update of one channel, oldest first, for ever; one channel knows nothing of another.

    There is one drain a channel, so what is claimed when it starts was being sent by a dead one, and is sent again with
    the same key. ``on_delivery(channel name, outcome)`` is called after each attempt has been recorded. An error that
    the channel does not name as an outcome ends the task.
    """
    await empty(Line(ledger, channel, site, clock, on_delivery))


async def empty(line: Line) -> NoReturn:
    """Send over this line, for ever."""
    async with line.ledger.write() as s:
        await deliveries.unclaim_all(s, line.channel.name)
    await work_off(line.ledger, line.next_due, line.send, clock=line.clock)
