"""Times as a stranger reads them: in the site's zone, with the year, and how far away a promise is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_HOUR_MINUTES: Final = 60
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Times:
    """How one page writes times; ``now`` is the minute at which it is drawn."""

    zone: ZoneInfo
    now: datetime

    def full(self, at: datetime) -> str:
        """``22 November 2026, 14:02 UTC``."""
        return f"{self.day(at)}, {self.clock(at)}"

    def clock(self, at: datetime) -> str:
        """``14:02 UTC``."""
        return at.astimezone(self.zone).strftime("%H:%M %Z")

    def day(self, at: datetime) -> str:
        """``22 November 2026``."""
        here = at.astimezone(self.zone)
        return f"{here.day} {self.month(at)}"

    def month(self, at: datetime) -> str:
        """``November 2026``."""
        here = at.astimezone(self.zone)
        return f"{_MONTHS[here.month - 1]} {here.year}"

    def brief(self, at: datetime) -> str:
        """The clock alone if it is today, else the day too."""
        today = at.astimezone(self.zone).date() == self.now.astimezone(self.zone).date()
        return self.clock(at) if today else self.full(at)

    def late_minutes(self, promised: datetime) -> int:
        """How many whole minutes ago a promise fell due; 0 while it can still be kept."""
        return max(0, int((self.now - promised).total_seconds() // 60))


def span(minutes: int) -> str:
    """A length in words: ``1 minute``, ``2 hours 5 minutes``, ``3 days``."""
    if minutes < _HOUR_MINUTES:
        return _count(minutes, "minute")
    if minutes < _DAY_MINUTES:
        hours, rest = divmod(minutes, _HOUR_MINUTES)
        return f"{_count(hours, 'hour')} {_count(rest, 'minute')}" if rest else _count(hours, "hour")
    return _count(minutes // _DAY_MINUTES, "day")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
