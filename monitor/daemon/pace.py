"""The pace of our own event loop: a stall of ours must never be read as somebody else's outage."""

import asyncio
from collections.abc import Callable
from typing import Final, NoReturn

STEP_S: Final = 0.25


async def measure(on_lag: Callable[[float], None]) -> NoReturn:
    """Tell for ever how many seconds late the loop wakes us."""
    clock = asyncio.get_running_loop().time
    while True:
        due_s = clock() + STEP_S
        await asyncio.sleep(STEP_S)
        on_lag(max(0.0, clock() - due_s))
