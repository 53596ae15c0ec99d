"""History: what was seen of targets and components, as single results, by day, and as outages; it only reads."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Final, Self, TypeVar
from zoneinfo import ZoneInfo

from monitor.config import Storage
from monitor.ledger.rollup import EPOCH, MICROSECOND, Scope
from monitor.ledger.tape import FILE, Tape
from monitor.uptime import COUNTED, SLOT_US, State, Tally
from probes.finding import Outcome

_T = TypeVar("_T")
_SUMS: Final = ", ".join(f"sum({state})" for state in COUNTED)
_STATES: Final = ", ".join(COUNTED)


class Noun(StrEnum):
    """Of what there is a history."""

    TARGET = "target"
    COMPONENT = "component"


@dataclass(frozen=True, slots=True)
class Sample:
    """One Result in brief; ``planned`` is its label where the target was under maintenance."""

    at: datetime
    outcome: Outcome
    reason: str | None
    duration_s: float
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day, and what it came to as far as it has passed; times are microseconds."""

    date: date
    tally: Tally
    length_us: int

    @property
    def unknown_us(self) -> int:
        """How long nobody could tell."""
        return self.tally.unknown_us(self.length_us)


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch in which a component failed, as a whole (``down``) or in part (``partial``)."""

    state: State
    since: datetime
    until: datetime


def _sample(row: tuple[int, str, str | None, int, int]) -> Sample:
    at_us, outcome, reason, duration_us, planned = row
    return Sample(time_at(at_us), Outcome(outcome), reason, duration_us / 1_000_000, bool(planned))


class History:
    """Reads the file of samples through a connection of its own, in a thread, one question at a time."""

    def __init__(self, tape: Tape, zone: tzinfo) -> None:
        """Take a connection, and the zone in which days begin; use ``History.open`` where there is no Samples."""
        self._tape = tape
        self._scope = Scope(zone=zone)
        self._one_reader = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, storage: Storage, base: Path, zone: str) -> AsyncIterator[Self]:
        """Read beside a daemon, or where none runs. Raises StorageError or NewerDatabase."""
        with closing(Tape(base / storage.directory / FILE, reads=True)) as tape:
            yield cls(tape, ZoneInfo(zone))

    async def targets(self) -> Sequence[str]:
        """Every target that was ever looked at, by name."""
        return await self._ask(self._tape.targets)

    async def components(self) -> Sequence[str]:
        """Every component that ever came to anything, by its id."""
        return await self._ask(self._components)

    def day_of(self, at: datetime) -> date:
        """The day of ours on which this moment falls."""
        return date.fromordinal(self._scope.day(micros(at)))

    async def last_good(self, target: str) -> datetime | None:
        """When the last look on the disk began that found the target ``ok`` or ``degraded``."""
        at_us = await self._ask(lambda: self._tape.last_good_us(target))
        return None if at_us is None else time_at(at_us)

    async def results(self, target: str, since: datetime, until: datetime) -> Sequence[Sample]:
        """The target's looks that began in this time, oldest first: of the last two days, unless told otherwise."""
        return (await self.results_of([target], since, until))[target]

    async def results_of(
        self, targets: Sequence[str], since: datetime, until: datetime
    ) -> Mapping[str, Sequence[Sample]]:
        """The same of several targets, asked in one go."""
        span = micros(since), micros(until)
        return await self._ask(
            lambda: {target: [_sample(row) for row in self._tape.between(target, *span)] for target in targets}
        )

    async def days(self, since: date, until: date, *, noun: Noun = Noun.COMPONENT) -> Mapping[str, Sequence[Day]]:
        """What each day from ``since`` to ``until``, both included, came to, by component (or target).

        A day that has not begun has the length 0; one of which nothing is known has an empty Tally.
        """
        return await self._ask(lambda: self._days(since.toordinal(), until.toordinal(), noun))

    async def outages(self, component: str, since: datetime, until: datetime) -> Sequence[Outage]:
        """Every outage of a component that touches this time, cut to it, oldest first; maintenance is none."""
        rows = await self._ask(lambda: self._outages(component, micros(since), micros(until)))
        return [Outage(State(state), time_at(since_us), time_at(until_us)) for state, since_us, until_us in rows]

    async def _ask(self, question: Callable[[], _T]) -> _T:
        async with self._one_reader:
            return await asyncio.to_thread(question)

    def _days(self, since: int, until: int, noun: Noun) -> dict[str, list[Day]]:
        done_us = self._done_us()
        today = self._scope.day(done_us)
        known = self._sealed(since, until, noun)
        if since <= today <= until:
            for name, tally in self._so_far(today, noun):
                known.setdefault(name, {})[today] = tally
        lengths_us = {day: self._length_us(day, done_us) for day in range(since, until + 1)}
        return {
            name: [Day(date.fromordinal(day), tallies.get(day, Tally()), us) for day, us in lengths_us.items()]
            for name, tallies in known.items()
        }

    def _sealed(self, since: int, until: int, noun: Noun) -> dict[str, dict[int, Tally]]:
        """The days that are over; a series of which nothing is known has none."""
        found = self._tape.connection.execute(
            f"SELECT name, day, {_STATES} FROM series LEFT JOIN day ON series_id = id AND day BETWEEN ? AND ? "  # noqa: S608 - our own words
            "WHERE noun = ?",
            (since, until, noun),
        )
        days: dict[str, dict[int, Tally]] = {}
        for name, day, *sums in found:
            days.setdefault(name, {}).update({day: Tally(*sums)} if day else {})
        return days

    def _so_far(self, day: int, noun: Noun) -> Iterator[tuple[str, Tally]]:
        """The day that is not over, as far as it is rolled up."""
        since, until = (self._scope.begins_us(one) // SLOT_US for one in (day, day + 1))
        found = self._tape.connection.execute(
            f"SELECT name, {_SUMS} FROM series CROSS JOIN five_minutes ON series_id = id AND slot >= ? AND slot < ? "  # noqa: S608 - our own words
            "WHERE noun = ? GROUP BY id",
            (since, until, noun),
        )
        return ((name, Tally(*sums)) for name, *sums in found)

    def _length_us(self, day: int, done_us: int) -> int:
        begins_us, ends_us = self._scope.begins_us(day), self._scope.begins_us(day + 1)
        return max(0, min(ends_us, done_us) - begins_us)

    def _components(self) -> list[str]:
        found = self._tape.connection.execute("SELECT name FROM series WHERE noun = 'component' ORDER BY name")
        return [name for (name,) in found]

    def _done_us(self) -> int:
        row = self._tape.connection.execute("SELECT until_us FROM rolled").fetchone()
        return int(row[0]) if row else 0

    def _outages(self, component: str, since_us: int, until_us: int) -> list[tuple[str, int, int]]:
        return self._tape.connection.execute(
            "SELECT state, max(since_us, :since), min(until_us, :until) FROM series JOIN outage ON series_id = id "
            "WHERE noun = 'component' AND name = :name AND since_us < :until AND until_us > :since ORDER BY since_us",
            {"name": component, "since": since_us, "until": until_us},
        ).fetchall()


def micros(at: datetime) -> int:
    """Microseconds since 1970, as the file has it."""
    return (at - EPOCH) // MICROSECOND


def time_at(at_us: int) -> datetime:
    """The moment so many microseconds after 1970."""
    return EPOCH + at_us * MICROSECOND
