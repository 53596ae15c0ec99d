"""The drain: one endless task per channel that sends approved updates in order, until each has arrived or failed."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NoReturn

from monitor.channels.channel import Channel
from monitor.config import Site
from monitor.ledger.store import Ledger


class Outcome(StrEnum):
    """What one attempt came to; the label of ``ownup_deliveries_total``."""

    DELIVERED = "delivered"
    RETRIED = "retried"
    FAILED = "failed"
    REFUSED = "refused"


async def drain(
    ledger: Ledger,
    channel: Channel,
    *,
    site: Site,
    clock: Callable[[], datetime],
    on_delivery: Callable[[str, Outcome], None],
) -> NoReturn:
    """Send every approved update of one channel, oldest first, for ever; one channel knows nothing of another.

    What a former process left half sent is sent again with the same key. ``on_delivery(channel name, outcome)`` is
    called after each attempt has been recorded. An error that no channel named ends the task.
    """
    raise NotImplementedError
