"""The pace of our own event loop: a stall of ours must never be read as somebody else's outage."""

import asyncio
import math
from collections.abc import Callable
from typing import Final, NoReturn

STEP_S: Final = 0.25
STALL_S: Final = 1.0


class Pace:
    """Measures for ever how late the loop wakes us, and knows when it last stood still."""

    def __init__(self, on_lag: Callable[[float], None]) -> None:
        """``on_lag`` is told each lag in seconds."""
        self._on_lag = on_lag
        self._due_s = math.inf
        self._stalled_s = -math.inf

    async def measure(self) -> NoReturn:
        """Tell for ever how many seconds late the loop wakes us."""
        clock = asyncio.get_running_loop().time
        while True:
            self._due_s = clock() + STEP_S
            await asyncio.sleep(STEP_S)
            lag_s = max(0.0, clock() - self._due_s)
            if lag_s > STALL_S:
                self._stalled_s = clock()
            self._on_lag(lag_s)

    def stalled_since(self, began_s: float, *, now_s: float) -> bool:
        """Whether the loop stood still at any time since then; also if it only now wakes up and has not measured it."""
        return self._stalled_s >= began_s or now_s - self._due_s > STALL_S
