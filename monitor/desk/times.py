"""Times as a tired human reads them: in the readers' zone, the day only where it is not today, and how long ago."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 86400


@dataclass(frozen=True, slots=True)
class Times:
    """How times are written on one page: ``now`` is the moment at which it is drawn."""

    zone: ZoneInfo
    now: datetime

    def at(self, moment: datetime) -> str:
        """``14:02:11 UTC``, or ``21 Nov 2026, 14:02:11 UTC`` if that was or will be on another day."""
        return self._write(moment, "%H:%M:%S %Z")

    def minute(self, moment: datetime) -> str:
        """``14:05 UTC``: for promises, which are made in whole minutes."""
        return self._write(moment, "%H:%M %Z")

    def since(self, moment: datetime) -> str:
        """How long ago, or how far ahead, in the largest unit that says enough: ``4 min ago``, ``in 26 min``."""
        seconds = (self.now - moment).total_seconds()
        length = span(abs(seconds))
        return f"{length} ago" if seconds >= 0 else f"in {length}"

    def typed(self) -> str:
        """Now, as a field for a day and a time takes it."""
        return self.now.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")

    def zone_name(self) -> str:
        """The zone that all times on a page are in."""
        short = self.now.astimezone(self.zone).strftime("%Z")
        return f"in {short}" if short == self.zone.key else f"in {short}, {self.zone.key}"

    def today(self) -> date:
        """The day that readers have now."""
        return self.now.astimezone(self.zone).date()

    def day(self, day: date) -> str:
        """``4 Dec 2026``."""
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def month(self, day: date) -> str:
        """``Dec 2026``."""
        return f"{_MONTHS[day.month - 1]} {day.year}"

    def _write(self, moment: datetime, clock: str) -> str:
        here = moment.astimezone(self.zone)
        day = "" if here.date() == self.now.astimezone(self.zone).date() else f"{self.day(here)}, "
        return day + here.strftime(clock)


def span(seconds: float) -> str:
    """A length of time in words: ``12 s``, ``4 min``, ``3 h 5 min``, ``2 days``."""
    whole = int(seconds)
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min"
    if whole < _DAY_S:
        hours, minutes = divmod(whole // _MINUTE_S, 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{whole // _DAY_S} days" if whole >= 2 * _DAY_S else "1 day"
