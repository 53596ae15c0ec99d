"""Times as a stranger reads them: in the site's zone, with the year, and how far away a promise is."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.units import format_unit

LOCALE: Final = "en_GB"
_HOUR_MINUTES: Final = 60
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Times:
    """How one page writes times; ``now`` is the minute of which it tells, ``locale`` names the language for Babel."""

    zone: ZoneInfo
    now: datetime
    locale: str = LOCALE

    def full(self, at: datetime) -> str:
        """``22 November 2026, 14:02 UTC``."""
        return f"{self.day(at)}, {self.clock(at)}"

    def clock(self, at: datetime) -> str:
        """``14:02 UTC``."""
        return at.astimezone(self.zone).strftime("%H:%M %Z")

    def day(self, at: datetime) -> str:
        """``22 November 2026``."""
        return self.calendar(at.astimezone(self.zone).date())

    def calendar(self, day: date) -> str:
        """``22 November 2026``, for a day that has no zone of its own."""
        return _date(day, self.locale)

    def month(self, day: date) -> str:
        """``November 2026``."""
        here = day.astimezone(self.zone) if isinstance(day, datetime) else day
        return _month(here.year, here.month, self.locale)

    def brief(self, at: datetime) -> str:
        """The clock alone if it is today, else the day too."""
        today = at.astimezone(self.zone).date() == self.now.astimezone(self.zone).date()
        return self.clock(at) if today else self.full(at)

    def till(self, start: datetime, end: datetime) -> str:
        """The end of a span: its clock alone if it ends on the day on which it starts."""
        same = start.astimezone(self.zone).date() == end.astimezone(self.zone).date()
        return self.clock(end) if same else self.full(end)

    def late_minutes(self, promised: datetime) -> int:
        """How many whole minutes ago a promise fell due; 0 while it can still be kept."""
        return max(0, int((self.now - promised).total_seconds() // 60))

    def span(self, minutes: int) -> str:
        """A length in words: ``1 minute``, ``2 hours 5 minutes``, ``3 days``."""
        if minutes < _HOUR_MINUTES:
            return self._count(minutes, "minute")
        if minutes < _DAY_MINUTES:
            hours, rest = divmod(minutes, _HOUR_MINUTES)
            return f"{self._count(hours, 'hour')} {self._count(rest, 'minute')}" if rest else self._count(hours, "hour")
        return self._count(minutes // _DAY_MINUTES, "day")

    def _count(self, number: int, unit: str) -> str:
        return str(format_unit(number, f"duration-{unit}", "long", locale=self.locale))


# Babel takes its time, and a history of years has few different days.
@lru_cache(maxsize=5000)
def _date(day: date, locale: str) -> str:
    return str(format_date(day, "long", locale=locale))


@lru_cache(maxsize=1000)
def _month(year: int, month: int, locale: str) -> str:
    return str(format_skeleton("yMMMM", date(year, month, 1), locale=locale))
