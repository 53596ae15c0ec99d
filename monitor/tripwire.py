"""Tripwires: after a good look its connection stays open, idle, and when the other side drops it we look at once.

A wire that trips is a reason to look and never itself a failure: the look that it causes goes over a new connection.
Nothing here has a task or a timer. A wire is one registration with the event loop, and the kernel does the watching.
"""

import asyncio
import resource
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from monitor.habit import Habit
from probes.finding import Outcome
from probes.kept import Kept, Sign

LOOKS_PER_SECOND: Final = 100
WAIT_S_MAX: Final = 5.0
FILES_WANTED: Final = 65536
FILES_SPARED: Final = 512

WORKS: Final = frozenset({Outcome.OK, Outcome.DEGRADED})

Ask = Callable[[str, float], None]
"""Has a target looked at in so many seconds."""


@dataclass(slots=True)
class Wire:
    """One connection, and since when it is idle, on the loop's clock."""

    kept: Kept
    since_s: float


class Tripwires:
    """The wires that are held, by target. ``tripped`` counts those that caused a look."""

    def __init__(self, ask: Ask, habits: dict[str, Habit], *, held_max: int) -> None:
        """Hold nothing yet; what is learned of each target goes to ``habits``."""
        self._ask = ask
        self._habits = habits
        self._held_max = held_max
        self._loop = asyncio.get_running_loop()
        self._wires: dict[str, Wire] = {}
        self._doubts: dict[str, float] = {}
        self._asked_s: dict[str, float] = {}
        self._free_s = 0.0
        self.tripped = 0

    def __len__(self) -> int:
        return len(self._wires)

    def hold(self, target: str, kept: Kept) -> None:
        """Watch this connection from now on, instead of the target's last one; without room the oldest one goes."""
        if self._let_go(target) and target in self._habits:
            self._habits[target] = self._habits[target].held()
        if len(self._wires) >= self._held_max:
            self._let_go(next(iter(self._wires), ""))
        if len(self._wires) >= self._held_max:
            kept.close()
            return
        self._wires[target] = Wire(kept, self._loop.time())
        self._loop.add_reader(kept.fileno(), self._stir, target)

    def learn(self, target: str, outcome: Outcome) -> None:
        """Hear what a look gave: it tells whether the wire that tripped before it was right, and a failure ends it."""
        age_s = self._doubts.pop(target, None)
        if age_s is not None and outcome in WORKS:
            self._habits[target] = self._habit(target).false_alarm(age_s)
        elif age_s is not None and outcome is Outcome.FAILED:
            self._habits[target] = self._habit(target).right_alarm()
            self._asked_s.pop(target, None)
        if outcome not in WORKS:
            self._let_go(target)

    def close(self) -> None:
        """Let go of all of them."""
        for target in tuple(self._wires):
            self._let_go(target)

    def _stir(self, target: str) -> None:
        """Something came, or the connection ended."""
        sign = self._wires[target].kept.hear()
        if sign is Sign.STANDS:
            return
        age_s = self._loop.time() - self._wires[target].since_s
        self._let_go(target)
        if sign is Sign.DROPPED and not self._habit(target).explains(age_s):
            self._trip(target, age_s)

    def _trip(self, target: str, age_s: float) -> None:
        self._doubts[target] = age_s
        now_s = self._loop.time()
        wait_s = max(0.0, self._free_s - now_s)
        asked_s = self._asked_s.get(target)
        if wait_s > WAIT_S_MAX or (asked_s is not None and now_s - asked_s < self._habit(target).patience_s):
            return
        self._free_s = now_s + wait_s + 1 / LOOKS_PER_SECOND
        self._asked_s[target] = now_s
        self.tripped += 1
        self._ask(target, wait_s)

    def _habit(self, target: str) -> Habit:
        return self._habits.get(target) or Habit()

    def _let_go(self, target: str) -> bool:
        """Hang up; tells whether there was a wire."""
        wire = self._wires.pop(target, None)
        if wire is None:
            return False
        self._loop.remove_reader(wire.kept.fileno())
        wire.kept.close()
        return True


def room() -> int:
    """How many wires may be held: three quarters of the files that we may open, less some for everything else.

    The limit on them is first raised as far as an ordinary process may: its low default is for programs that
    use ``select``, and we do not.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(0, wanted * 3 // 4 - FILES_SPARED)
