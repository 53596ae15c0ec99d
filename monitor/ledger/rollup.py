"""The rollup: what single results come to in five minutes and in days, for targets and components, and every outage.

It goes over the newest results once a minute, in pieces that are each stored whole or not at all. A result that comes
late (a look that hung began before those that are stored) is rolled up anew with all that began after it, so that the
sums are the same whatever the order in which results came, and as often as it is done.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as clock
from itertools import groupby
from operator import itemgetter
from typing import Final, Self
from zoneinfo import ZoneInfo

from monitor.config import Storage
from monitor.uptime import COUNTED, SLOT_US, Run, State, Tally, runs, slots, stands_s, together
from probes.target import Target

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
_SECOND_US: Final = 1_000_000

EVERY_US: Final = 60 * _SECOND_US
PIECE_US: Final = 2 * 3600 * _SECOND_US
# What a look gave is stored when it ends, and a process may be killed between storing and rolling up.
AGAIN_US: Final = 900 * _SECOND_US
_NEVER_US: Final = 1 << 62
OUTAGES_KEEP_US: Final = 400 * 86_400 * _SECOND_US

_SUMS: Final = ", ".join(f"sum({state})" for state in COUNTED)

# The look before the time at hand reaches into it.
_LOOKS: Final = """
    SELECT t.name, s.at_us, s.at_us + s.stands_us,
        CASE WHEN s.planned THEN 'planned' WHEN s.outcome = 'failed' THEN 'down' ELSE s.outcome END
    FROM target AS t CROSS JOIN sample AS s
    ON s.target_id = t.id AND s.at_us < :until AND s.at_us >= coalesce(
        (SELECT max(at_us) FROM sample WHERE target_id = t.id AND at_us < :since), :since)
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the rollup has to know of the config: how long a look stands, whose it is, and where days begin.

    A target that is in no component (an anchor is in none) has sums of its own.
    """

    stands_us: Mapping[str, int] = field(default_factory=dict)
    components: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    keep_us: int = 30 * 86_400 * _SECOND_US

    @classmethod
    def of(cls, targets: Iterable[Target], anchors: Iterable[Target], storage: Storage, zone: str) -> Self:
        """Take a config's targets and anchors, its storage, and the zone in which its days begin."""
        ours = tuple(targets)
        return cls(
            {target.name: round(stands_s(target) * _SECOND_US) for target in (*ours, *anchors)},
            {target.name: target.component for target in ours if target.enabled},
            ZoneInfo(zone),
            round(storage.five_minutes_keep * _SECOND_US),
        )

    def day(self, at_us: int) -> int:
        """The day on which this moment falls, counted as ``date.toordinal`` does."""
        return (EPOCH + at_us * MICROSECOND).astimezone(self.zone).toordinal()

    def begins_us(self, day: int) -> int:
        """When a day begins; it may be 23 or 25 hours long."""
        midnight = datetime.combine(date.fromordinal(day), clock(), self.zone)
        return (midnight - EPOCH) // MICROSECOND


class Rollup:
    """Keeps the sums true to the results. It works on the writer's connection, in the writer's thread."""

    def __init__(self, connection: sqlite3.Connection, scope: Scope) -> None:
        """Go on where the last process ended, and a little before."""
        self._connection = connection
        self._scope = scope
        self._done_us = _known(connection)
        self._from_us = self._done_us - AGAIN_US if self._done_us else _NEVER_US
        self._newest_us = 0
        self._ids: dict[tuple[str, str], int] = {}

    @property
    def needs_us(self) -> int:
        """From when on single results are still needed."""
        return self._from_us // SLOT_US * SLOT_US

    def note(self, ats_us: Sequence[int]) -> None:
        """Say that results which began at these times have been stored."""
        self._newest_us = max(self._newest_us, *ats_us)
        self._from_us = min(self._from_us, *ats_us)

    def roll(self, *, every_us: int = EVERY_US) -> bool:
        """Go on by one piece, if so much is new; whether it did. Raises sqlite3.Error, and then nothing was changed."""
        if not self._newest_us:
            return False
        if self._newest_us - self._done_us < every_us and self._from_us > self._done_us - AGAIN_US:
            return False
        since_us, until_us = self.needs_us, min(self._newest_us, self.needs_us + PIECE_US)
        self._ids.clear()  # An id that was given in a transaction which failed is none.
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._piece(since_us, until_us)
            self._cut(until_us)
        self._done_us = self._from_us = until_us
        if until_us == self._newest_us:
            self._newest_us = 0
        return True

    def _piece(self, since_us: int, until_us: int) -> None:
        """Roll up what began, or still spoke, in this time, which begins with a slot."""
        targets = dict(_runs(self._connection, since_us, until_us))
        components = self._components(targets)
        for noun, everything in (("target", targets), ("component", components)):
            for name, told in everything.items():
                series_id = self._series(noun, name)
                self._sum(series_id, slots(told))
                self._break(series_id, since_us, [run for run in told if run.state in (State.PARTIAL, State.DOWN)])
        for day in range(self._scope.day(since_us), self._scope.day(until_us)):
            self._seal(day)
        self._connection.execute("INSERT OR REPLACE INTO rolled VALUES (1, ?)", (until_us,))

    def _components(self, targets: Mapping[str, Sequence[Run]]) -> dict[str, list[Run]]:
        parts: dict[str, list[Sequence[Run]]] = {}
        for target, told in targets.items():
            if component := self._scope.components.get(target):
                parts.setdefault(component, []).append(told)
        return {component: together(told) for component, told in parts.items()}

    def _sum(self, series_id: int, tallies: Mapping[int, Tally]) -> None:
        self._connection.executemany(
            "INSERT OR REPLACE INTO five_minutes VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(series_id, slot, t.ok, t.degraded, t.partial, t.down, t.planned) for slot, t in tallies.items()],
        )

    def _break(self, series_id: int, since_us: int, broken: Sequence[Run]) -> None:
        """Replace the outages from then on; one that was under way goes on."""
        self._connection.execute("DELETE FROM outage WHERE series_id = ? AND since_us >= ?", (series_id, since_us))
        self._connection.execute(
            "UPDATE outage SET until_us = ? WHERE series_id = ? AND until_us > ?", (since_us, series_id, since_us)
        )
        for state, began_us, until_us in broken:
            gone_on = self._connection.execute(
                "UPDATE outage SET until_us = ? WHERE series_id = ? AND until_us = ? AND state = ? RETURNING 1",
                (until_us, series_id, began_us, state),
            ).fetchall()
            if not gone_on:
                self._connection.execute(
                    "INSERT INTO outage VALUES (?, ?, ?, ?)", (series_id, began_us, until_us, state)
                )

    def _seal(self, day: int) -> None:
        """Sum up a day that is over."""
        self._connection.execute(
            f"INSERT OR REPLACE INTO day SELECT id, ?, {_SUMS} FROM series CROSS JOIN five_minutes "  # noqa: S608 - our own words
            "ON series_id = id AND slot >= ? AND slot < ? GROUP BY id",
            (day, self._scope.begins_us(day) // SLOT_US, self._scope.begins_us(day + 1) // SLOT_US),
        )

    def _cut(self, until_us: int) -> None:
        """Forget the five minutes and the outages that are too old; days are kept for ever."""
        for table, column, before in (
            ("five_minutes", "slot", (until_us - self._scope.keep_us) // SLOT_US),
            ("outage", "since_us", until_us - OUTAGES_KEEP_US),
        ):
            self._connection.execute(
                f"DELETE FROM {table} WHERE (series_id, {column}) IN (SELECT id, {column} FROM series "  # noqa: S608 - our own words
                f"CROSS JOIN {table} ON series_id = id AND {column} < ?)",
                (before,),
            )

    def _series(self, noun: str, name: str) -> int:
        if (noun, name) not in self._ids:
            self._connection.execute("INSERT OR IGNORE INTO series (noun, name) VALUES (?, ?)", (noun, name))
            found = self._connection.execute("SELECT id FROM series WHERE noun = ? AND name = ?", (noun, name))
            self._ids[noun, name] = found.fetchone()[0]
        return self._ids[noun, name]


def _known(connection: sqlite3.Connection) -> int:
    """Up to when an earlier process rolled up."""
    row = connection.execute("SELECT until_us FROM rolled").fetchone()
    return int(row[0]) if row else 0


def _runs(connection: sqlite3.Connection, since_us: int, until_us: int) -> Iterator[tuple[str, list[Run]]]:
    """The runs of every target in this time, by its name."""
    looks = connection.execute(_LOOKS, {"since": since_us, "until": until_us})
    for name, rows in groupby(looks, itemgetter(0)):
        yield name, runs(rows, since_us, until_us)
