"""The watch: starts every look when it is due, and hands each Result on.

One task keeps one heap and one timer, and passes one gate, so that ten thousand targets cost no task, timer or queue of
their own. A slot that finds its target still being looked at is skipped and counted, and so is one that finds too many
looks in flight, since piled-up looks would fail for our own reasons. Only a look that hangs where the last one was good
is hedged: the first confirming looks begin while it still waits, so that a host that vanished costs one time-out and
not three.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, NoReturn

from asyncio_throttle.throttler import Throttler

from monitor.schedule import Schedule, Start
from monitor.verdict import HEDGES
from probes.finding import Outcome
from probes.look import Kept, Result, look
from probes.target import Target

QUANTUM_S: Final = 0.005  # Without a smallest wait, a heap timer spins on loops whose clock ticks in milliseconds.
GROUP: Final = 4  # Looks that start together share wake-ups; larger groups would blur one another's phases.

Hear = Callable[[Target, Result], float | None]
"""Takes a Result, and gives the seconds until a confirming look, or None."""

Hold = Callable[[str, Kept], None]
"""Takes over the connection that a good look at this target left open."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast looks may start, and how many may be under way."""

    starts_per_second: int
    in_flight_max: int


class Watch:
    """Looks at its targets for ever. ``hear`` is called with every Result, in the order in which looks end."""

    def __init__(
        self, hear: Hear, limits: Limits, *, on_lag: Callable[[float], None], hold: Hold | None = None
    ) -> None:
        """Prepare; ``on_lag`` is told how many seconds late each slot started, ``hold`` is called before ``hear``."""
        self._hear = hear
        self._hold = hold
        self._on_lag = on_lag
        self._limits = limits
        self._targets: dict[str, Target] = {}
        self._in_flight: Counter[str] = Counter()
        self._working = 0  # of them, those that do not mostly wait, and take room
        self._usual_s: dict[str, float] = {}  # how long the last look took, where it was good
        self._schedule = Schedule()
        self._gate = Throttler(limits.starts_per_second, retry_interval=QUANTUM_S)
        self._wake = asyncio.Event()
        self.missed = 0

    @property
    def skipped(self) -> int:
        """Slots that had no look, because of a stall, a look still under way, or too many of them."""
        return self._schedule.skipped + self.missed

    def set_targets(self, targets: Iterable[Target]) -> None:
        """Watch exactly these from now on; those that did not change keep their slots."""
        wanted = {target.name: self._unchanged(target) for target in targets if target.enabled}
        now_s = asyncio.get_running_loop().time()
        for name in self._targets.keys() - wanted.keys():
            self._schedule.remove(name)
            self._usual_s.pop(name, None)
        for name, target in wanted.items():
            if name not in self._targets or self._targets[name].interval != target.interval:
                self._schedule.add(name, target.interval, now_s=now_s)
        self._targets = wanted
        self._wake.set()

    def _unchanged(self, target: Target) -> Target:
        present = self._targets.get(target.name)
        return present if present == target else target

    def ask(self, target: str, *, in_s: float) -> None:
        """Look once more at a target, outside its grid."""
        self._schedule.ask(target, asyncio.get_running_loop().time() + in_s)
        self._wake.set()

    async def run(self) -> NoReturn:
        """Look for ever; cancelling ends every look under way."""
        async with asyncio.TaskGroup() as looks:
            while True:
                for number, start in enumerate(self._schedule.due(asyncio.get_running_loop().time())):
                    await self._start(start, looks)
                    if number % GROUP == GROUP - 1:
                        await asyncio.sleep(0)
                await self._sleep()

    async def _sleep(self) -> None:
        self._wake.clear()
        due_s = self._schedule.next_due_s()
        if due_s is None:
            await self._wake.wait()
            return
        timer = asyncio.get_running_loop().call_at(
            max(due_s, asyncio.get_running_loop().time() + QUANTUM_S), self._wake.set
        )
        try:
            await self._wake.wait()
        finally:
            timer.cancel()

    async def _start(self, start: Start, looks: asyncio.TaskGroup) -> None:
        hanging = start.target in self._in_flight
        if (hanging and not start.hedge) or not self._has_room_for(start.target):
            self.missed += not start.extra
            return
        await self._gate.acquire()
        target = self._targets.get(start.target)
        if target is None:  # A reload removed it while we waited at the gate.
            return
        self._in_flight[target.name] += 1
        self._working += not target.waits
        if not start.extra:
            self._on_lag(asyncio.get_running_loop().time() - start.due_s)
        looks.create_task(self._look(target, hedges=[] if start.hedge else self._hedges(target)))

    def _has_room_for(self, name: str) -> bool:
        target = self._targets.get(name)
        return self._working < self._limits.in_flight_max or (target is not None and target.waits)

    def _hedges(self, target: Target) -> list[asyncio.TimerHandle]:
        """The confirming looks that begin while this one hangs, which is when it outlasts the last good one."""
        usual_s = self._usual_s.get(target.name)
        if usual_s is None or target.waits:
            return []
        at = asyncio.get_running_loop().call_later
        return [at(usual_s + wait_s, self._hedge, target.name) for wait_s in target.confirm[:HEDGES]]

    def _hedge(self, name: str) -> None:
        self._schedule.ask(name, asyncio.get_running_loop().time(), hedge=True)
        self._wake.set()

    async def _look(self, target: Target, hedges: Iterable[asyncio.TimerHandle]) -> None:
        try:
            result = await look(target, keep=partial(self._hold, target.name) if self._hold else None)
        finally:
            for hedge in hedges:
                hedge.cancel()
            self._working -= not target.waits
            self._in_flight[target.name] -= 1
            if not self._in_flight[target.name]:
                del self._in_flight[target.name]
        if self._targets.get(target.name) is not target:  # A result of old settings proves nothing about the new.
            return
        self._note(result)
        again_s = self._hear(target, result)
        if again_s is not None:
            self.ask(target.name, in_s=again_s)

    def _note(self, result: Result) -> None:
        if result.outcome in {Outcome.OK, Outcome.DEGRADED}:
            self._usual_s[result.target] = result.duration_s
        elif result.outcome is Outcome.FAILED:
            self._usual_s.pop(result.target, None)
