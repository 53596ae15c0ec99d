"""The clock on the wall, held against the one that only runs: a step of ours must never be read as somebody's outage.

When the machine slept, or the time was put right, the two clocks part. What was under way at that moment proves
nothing: a certificate was judged by a wrong date, and a connection had been dead for as long as we slept.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from monitor.daemon.pace import Pace

STEP_S: Final = 2.0  # What a time server puts right bit by bit stays far below it from one second to the next.


class WallClock:
    """Knows when the wall clock last stepped. Asked often enough, it takes no drift for a step."""

    def __init__(self, wall: Callable[[], datetime], on_step: Callable[[float], None]) -> None:
        """``on_step`` is told by how many seconds the clock was put forward, or back if it is negative."""
        self._wall = wall
        self._on_step = on_step
        self._apart_s: float | None = None
        self._stepped_s = -math.inf

    def check(self, *, now_s: float) -> None:
        """Compare the wall clock with the monotonic ``now_s``."""
        apart_s = self._wall().timestamp() - now_s
        step_s = 0.0 if self._apart_s is None else apart_s - self._apart_s
        self._apart_s = apart_s
        if abs(step_s) > STEP_S:
            self._stepped_s = now_s
            self._on_step(step_s)

    def stepped_since(self, began_s: float, *, now_s: float) -> bool:
        """Whether it stepped at any time since then; also if it only now did, and nobody has checked yet."""
        self.check(now_s=now_s)
        return self._stepped_s >= began_s


@dataclass(frozen=True, slots=True)
class Own:
    """What of our own can spoil a look: our pace, and our clock."""

    pace: Pace
    wall: WallClock

    def check_clock(self) -> None:
        """Check the clock now."""
        self.wall.check(now_s=asyncio.get_running_loop().time())

    def spoilt(self, duration_s: float, *, now_s: float) -> str:
        """What was wrong with us during a look that ended now, in one sentence, or nothing."""
        if self.wall.stepped_since(now_s - duration_s, now_s=now_s):
            return "our own clock stepped during this look"
        if self.pace.stalled_since(now_s - duration_s, now_s=now_s):
            return "our own event loop stood still during this look"
        return ""
