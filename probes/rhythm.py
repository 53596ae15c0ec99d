"""When a sign of life is due: every so often, or when cron says so on the clock of its zone, whatever the clocks do."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from cronsim import CronSim

# Clocks differ: a sign that comes so little before its time is the one that was due then.
EARLY: Final = timedelta(seconds=30)

# No clock is put back by more.
REPEATED: Final = timedelta(hours=3)

# What a rhythm is like is seen in any year; a fixed one gives the same answer every day.
A_YEAR: Final = datetime(2026, 1, 1, tzinfo=UTC)
TIMES: Final = 366
A_WEEK: Final = timedelta(days=8)


class Rhythm(Protocol):
    """How often signs of life come."""

    def due(self, last: datetime, listening_since: datetime) -> datetime:
        """When the first sign after the ``last`` is due that we can have heard, since we listen only since then."""
        ...

    @property
    def longest(self) -> timedelta:
        """The longest time between two signs."""
        ...


@dataclass(frozen=True, slots=True)
class Period:
    """One every so often after the one before it."""

    every: timedelta

    def due(self, last: datetime, listening_since: datetime) -> datetime:
        """The next, or the first of its grid that we can have heard."""
        return last + self.every * max(1, ceil((listening_since - last) / self.every))

    @property
    def longest(self) -> timedelta:
        """Always the same."""
        return self.every


@dataclass(frozen=True, slots=True)
class Cron:
    """One whenever an expression of cron comes true, as Debian's cron understands it at a change of the clocks."""

    expression: str
    timezone: str

    def due(self, last: datetime, listening_since: datetime) -> datetime:
        """The next time that comes true."""
        zone, after = ZoneInfo(self.timezone), max(last + EARLY, listening_since)
        # In an hour that the clocks repeat, only who saw the first one knows what cron has done already.
        start, before = after.astimezone(zone), (after - REPEATED).astimezone(zone)
        times = CronSim(self.expression, start if start.utcoffset() == before.utcoffset() else before)
        return next(at for at in (time.astimezone(UTC) for time in times) if at > after)

    @property
    def longest(self) -> timedelta:
        """The longest of a year, or of a week where it comes often: a weekend and a long month are among them."""
        return _longest(self.expression, self.timezone)


@lru_cache(maxsize=4096)
def _longest(expression: str, timezone: str) -> timedelta:
    earlier, longest = A_YEAR, timedelta()
    for number, time in enumerate(CronSim(expression, A_YEAR.astimezone(ZoneInfo(timezone)))):
        later = time.astimezone(UTC)
        longest, earlier = max(longest, later - earlier if number else timedelta()), later
        if number >= TIMES and later - A_YEAR > A_WEEK:
            break
    return longest
