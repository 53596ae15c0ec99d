"""When Ownup calls: its own court, driven through a world as the watch would drive it."""

import heapq
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from benchmarks.worlds import World
from monitor.court.court import Court, Hearing, Rules
from monitor.court.mind import Move
from monitor.court.share import LOOKS
from monitor.court.testimony import Testimony
from monitor.court.topology import Node, Topology
from monitor.verdict import HEDGES, Patience, Verdict
from probes.finding import Outcome
from probes.reason import Reason
from probes.target import Manner

TARGET: Final = "target"
BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Look:
    """One look at the target: when it ends and began, in seconds, and whether it fails."""

    end_s: float
    at_s: float
    failed: bool


@dataclass(slots=True)
class Ownup:
    """The rule for one target with these settings; counts its drafts and its looks outside the grid."""

    manner: Manner
    drafts: int = 0
    extras: int = 0
    _court: Court = field(init=False)

    def __post_init__(self) -> None:
        """Convene the court; there is nobody else who could bear witness."""
        patience = Patience(len(self.manner.confirm) + 1, self.manner.recover)
        node = Node(TARGET, patience=patience, confirm_s=self.manner.confirm)
        node = replace(node, timeout_s=self.manner.timeout, partial_after=self.manner.partial_after)
        self._court = Court(Topology([node]), Rules(consult=False))
        self._hear(Look(0.0, 0.0, failed=False))

    def __call__(self, world: World, slot_s: float, until_s: float) -> Iterator[float]:
        """Walk from one failed slot to the next, and yield the moment of every call."""
        while (failed_s := world.next_failure_s(slot_s, self.manner.interval)) < until_s:
            share = self._court.minds[TARGET].share
            share.failures <<= min(round((failed_s - slot_s) / self.manner.interval), LOOKS)  # The good looks between.
            slot_s = yield from self._until_calm(world, failed_s)

    def _until_calm(self, world: World, slot_s: float) -> Generator[float, None, float]:
        """Look on the grid, and whenever the court asks, until the target is up; gives the next slot."""
        asked: list[float] = []
        at_s, failed = slot_s, True
        while True:
            for look in self._looks(world, at_s, failed=failed):
                hearing = self._hear(look)
                if any(plea.move is Move.CONFIRM for plea in hearing.pleas):
                    yield look.end_s
            while slot_s <= look.end_s:  # A slot that finds its target still being looked at is skipped.
                slot_s += self.manner.interval
            if self._court.minds[TARGET].verdict is Verdict.UP:
                return slot_s
            if hearing.again_s is not None:
                heapq.heappush(asked, look.end_s + hearing.again_s)
            extra = bool(asked) and asked[0] < slot_s
            at_s = heapq.heappop(asked) if extra else slot_s
            self.extras += extra
            failed = world.fails(at_s)

    def _looks(self, world: World, at_s: float, *, failed: bool) -> list[Look]:
        """One look, and those that hedge it if it hangs and the target was well, in the order in which they end."""
        looks = [self._look(world, at_s, failed=failed)]
        if self._court.minds[TARGET].verdict is Verdict.UP:
            waits = [wait_s for wait_s in self.manner.confirm[:HEDGES] if at_s + wait_s < looks[0].end_s]
            looks += [self._look(world, at_s + wait_s, failed=world.fails(at_s + wait_s)) for wait_s in waits]
            self.extras += len(waits)
        return sorted(looks)

    def _look(self, world: World, at_s: float, *, failed: bool) -> Look:
        return Look(at_s + (world.look_s(self.manner.timeout) if failed else 0.0), at_s, failed)

    def _hear(self, look: Look) -> Hearing:
        outcome, reason = (Outcome.FAILED, Reason.TIMEOUT) if look.failed else (Outcome.OK, None)
        told = Testimony(TARGET, outcome, reason, BEGIN + timedelta(seconds=look.at_s), look.end_s - look.at_s)
        hearing = self._court.hear(told, now_s=look.end_s)
        self.drafts += any(plea.move is Move.JOIN for plea in hearing.pleas)
        return hearing
