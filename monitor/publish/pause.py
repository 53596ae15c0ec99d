"""A pause of a task that sends: until something was written, or its time has come."""

import asyncio
from contextlib import suppress
from typing import Final

from monitor.ledger.store import Ledger

# The wall clock may be set while we wait for it, so nobody waits for it longer than this.
WAIT_S_MAX: Final = 60.0


async def wait(ledger: Ledger, seen: int, at_most_s: float = WAIT_S_MAX) -> None:
    """Until something was written after the version ``seen``, at most so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(min(at_most_s, WAIT_S_MAX)):
            await ledger.changed(seen)
