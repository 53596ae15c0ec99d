"""Lessons: what looking has taught us of each target, kept in the record so that a restart forgets none of it.

They are written seldom, since each is of little worth: what a server does with idle connections within half a minute,
where its name leads to and how long looks usually take once an hour, and everything when we stop.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NoReturn, Self

from monitor.court.latency import PHASE_SAMPLES_MAX, PHASES_MAX, Times, Usual
from monitor.court.mind import Mind
from monitor.court.topology import Topology
from monitor.habit import REMEMBERED, Habit
from monitor.ledger import lessons
from monitor.ledger.store import Ledger

EVERY_S: Final = 30.0
TIMES_EVERY: Final = 120  # So many turns pass until the usual times of a target are written again: an hour.
AT_ONCE_MAX: Final = 50
_STEPS_PER_S: Final = 10_000  # A tenth of a millisecond is as sharp as slowness needs it.


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned of one target."""

    habit: Habit
    addresses: tuple[str, ...]
    times: Times

    def words(self) -> str:
        """As the record has it."""
        return json.dumps(
            {
                "dropped_after_s": [round(age_s, 3) for age_s in self.habit.dropped_after_s],
                "false_alarms": self.habit.false_alarms,
                "addresses": self.addresses,
                "times": _steps(self.times.whole),
                "phases": {name: _steps(usual) for name, usual in self.times.phases.items()},
            },
            separators=(",", ":"),
        )

    @classmethod
    def of(cls, words: str) -> Self:
        """What the record has."""
        told: dict[str, Any] = json.loads(words)
        phases = list(told["phases"].items())[:PHASES_MAX]
        return cls(
            Habit(tuple(told["dropped_after_s"][-REMEMBERED:]), told["false_alarms"]),
            tuple(told["addresses"]),
            Times(
                Usual(_seconds(told["times"])),
                {name: Usual(_seconds(steps), keep=PHASE_SAMPLES_MAX) for name, steps in phases},
            ),
        )


@dataclass(slots=True)
class Lessons:
    """All that is learned in one life of the daemon, as the judge and the tripwires have it in memory."""

    ledger: Ledger
    habits: dict[str, Habit]
    minds: Mapping[str, Mind]
    topology: Topology
    clock: Callable[[], datetime]
    _kept: dict[str, Habit | None] = field(default_factory=dict)
    _turn: int = 0

    async def recall(self) -> None:
        """Give everybody what the record has, and forget whom we look at no more; what memory has is newer."""
        async with self.ledger.write(news=False) as s:
            known = await lessons.everything(s)
            await lessons.forget(s, [name for name in known if name not in self.topology.nodes])
        for name in known.keys() & self.topology.nodes.keys():
            self._teach(name, Lesson.of(known[name]))

    def _teach(self, name: str, lesson: Lesson) -> None:
        if lesson.habit != Habit():
            self.habits.setdefault(name, lesson.habit)
        for address in lesson.addresses:
            self.topology.learn(name, address)
        if mind := self.minds.get(name):
            newer = len(mind.usual.whole) >= len(lesson.times.whole)
            mind.usual = Times(mind.usual.whole if newer else lesson.times.whole, lesson.times.phases)
        self._kept[name] = self.habits.get(name)

    async def keep(self) -> NoReturn:
        """Write for ever what is worth it."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.write(self.due())

    async def end(self) -> None:
        """Write everything, for whoever lives next."""
        await self.write(self.known())

    async def write(self, names: Iterable[str]) -> None:
        """Write what is known of these now, some at a time."""
        waiting = list(names)
        while waiting:
            some, waiting = waiting[:AT_ONCE_MAX], waiting[AT_ONCE_MAX:]
            words = {name: self._lesson(name).words() for name in some}
            async with self.ledger.write(news=False) as s:
                await lessons.keep(s, words, self.clock())
            self._kept |= {name: self.habits.get(name) for name in some}

    def due(self) -> Iterator[str]:
        """Whose habits have changed; and of all others some at each turn, each once in ``TIMES_EVERY``."""
        self._turn = (self._turn + 1) % TIMES_EVERY
        for number, name in enumerate(self.known()):
            if number % TIMES_EVERY == self._turn or self._kept.get(name) != self.habits.get(name):
                yield name

    def known(self) -> list[str]:
        """Everybody who was looked at."""
        return [name for name in self.topology.nodes if name in self.minds]

    def _lesson(self, name: str) -> Lesson:
        addresses = self.topology.addresses.get(name, ())
        return Lesson(self.habits.get(name, Habit()), addresses, self.minds[name].usual)


def _steps(usual: Usual) -> list[int]:
    return [round(one_s * _STEPS_PER_S) for one_s in usual.durations_s]


def _seconds(steps: Iterable[int]) -> Iterator[float]:
    return (step / _STEPS_PER_S for step in steps)
