"""Uptime: how long a target or a component worked, exactly, from what looks say between each other; values only.

A look speaks for its target from its beginning until the next look begins, and no longer than it ``stands``. What no
look speaks for is unknown: it counts neither for us nor against us. Times are whole microseconds since 1970, so that
sums are exact.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from heapq import merge
from typing import Final, NamedTuple, Self

from probes.target import Target

SLOT_US: Final = 300 * 1_000_000


class State(StrEnum):
    """What is true of a target or a component at one moment; ``partial`` is for components alone."""

    OK = "ok"
    DEGRADED = "degraded"
    PARTIAL = "partial"
    DOWN = "down"
    PLANNED = "planned"
    UNKNOWN = "unknown"


class Run(NamedTuple):
    """A stretch of time of one state."""

    state: State
    since_us: int
    until_us: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How long each state lasted, in microseconds; whatever is left of the time at hand is unknown."""

    ok: int = 0
    degraded: int = 0
    partial: int = 0
    down: int = 0
    planned: int = 0

    @classmethod
    def of(cls, lasted: Mapping[State, int]) -> Self:
        """Take what lasted by state; what is unknown is nobody's sum."""
        return cls(*(lasted.get(state, 0) for state in COUNTED))

    @property
    def told_us(self) -> int:
        """For how long we could tell, maintenance left out: what uptime is a share of."""
        return self.ok + self.degraded + self.partial + self.down

    @property
    def uptime(self) -> float | None:
        """The share of ``told_us`` in which nothing failed, in part or at all; None if we could never tell."""
        return (self.ok + self.degraded) / self.told_us if self.told_us else None

    def unknown_us(self, length_us: int) -> int:
        """What is left of a time of this length: nobody looked, or we could not tell."""
        return max(0, length_us - self.told_us - self.planned)

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


COUNTED: Final = tuple(State(one.name) for one in fields(Tally))
"""The states that a Tally sums up, in the order of its fields."""


def stands_s(target: Target) -> float:
    """How long a look speaks for its target if no other follows: one may be missing, or hang to its end."""
    return max(2 * target.interval, target.interval + target.longest_s)


def runs(looks: Iterable[tuple[str, int, int, str]], since_us: int, until_us: int) -> list[Run]:
    """What the looks at one target say between two moments; what is unknown is left out.

    A look is the target's name, when it began, until when it would speak if no other followed, and the word of its
    state. The oldest is first, and may have begun before ``since_us``. Every look passes here, so it is quick.
    """
    found: list[tuple[str, int, int]] = []
    state, began_us, stands_us = "", since_us, since_us
    for _, at_us, stands_until_us, word in looks:
        if word != state or at_us > stands_us:
            found.append((state, began_us, min(stands_us, at_us)))
            state, began_us = word, at_us
        stands_us = stands_until_us
    found.append((state, began_us, min(stands_us, until_us)))
    return [
        Run(State(word), max(one_us, since_us), other_us)
        for word, one_us, other_us in found
        if other_us > max(one_us, since_us) and word != State.UNKNOWN
    ]


def together(parts: Iterable[Sequence[Run]]) -> list[Run]:
    """The runs of a component from those of its targets, each in order.

    Who is unknown has no say, nor who is under maintenance as long as another can tell. Of those who can: all failed is
    ``down``, some is ``partial``, else ``degraded`` if one is, else ``ok``. Unknown stretches are left out.
    """
    edges = merge(*(_edges(runs) for runs in parts))
    runs: list[Run] = []
    there: Counter[State] = Counter()
    at_us = 0
    for edge_us, step, state in edges:
        if edge_us > at_us:
            _append(runs, Run(_judged(there), at_us, edge_us))
            at_us = edge_us
        there[state] += step
    return runs


def slots(runs: Iterable[Run]) -> dict[int, Tally]:
    """What each five minutes came to, by their number since 1970."""
    lasted: dict[int, dict[State, int]] = {}
    for state, since_us, until_us in runs:
        for slot in range(since_us // SLOT_US, -(-until_us // SLOT_US)):
            part_us = min(until_us, (slot + 1) * SLOT_US) - max(since_us, slot * SLOT_US)
            tally = lasted.setdefault(slot, {})
            tally[state] = tally.get(state, 0) + part_us
    return {slot: Tally.of(tally) for slot, tally in lasted.items()}


def _edges(runs: Sequence[Run]) -> Iterator[tuple[int, int, State]]:
    """When a state ends (-1) and the next begins (+1), in order."""
    for state, since_us, until_us in runs:
        yield since_us, 1, state
        yield until_us, -1, state


def _judged(there: Counter[State]) -> State:
    if tell := there[State.OK] + there[State.DEGRADED] + there[State.DOWN]:
        if there[State.DOWN]:
            return State.DOWN if there[State.DOWN] == tell else State.PARTIAL
        return State.DEGRADED if there[State.DEGRADED] else State.OK
    return State.PLANNED if there[State.PLANNED] else State.UNKNOWN


def _append(runs: list[Run], run: Run) -> None:
    if run.state is State.UNKNOWN:
        return
    if runs and runs[-1].state is run.state and runs[-1].until_us == run.since_us:
        run = Run(run.state, runs.pop().since_us, run.until_us)
    runs.append(run)
