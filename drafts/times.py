"""Times and durations as a careful person writes them: absolute, with the zone, the date where it is needed."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.units import format_unit

from drafts.phrases import Phrases

_MINUTES_A_DAY: Final = 24 * 60
_NO_BREAK: Final = str.maketrans("\u00a0\u202f", "  ")  # CLDR binds number and unit; our short forms count characters


@dataclass(slots=True)
class Teller:
    """Tells the times of one text, in the order of reading: a date once, and again when the day changes.

    ``told`` is the day that the reader knows already.
    """

    zone: ZoneInfo
    phrases: Phrases
    told: date | None = field(default=None)

    def when(self, moment: datetime) -> str:
        """``14:02 UTC``, and ``14:02 UTC on 22 November 2026`` where the day is new to the reader."""
        local = moment.astimezone(self.zone)
        form = self.phrases.time_at_one if local.hour == 1 else self.phrases.time
        time = form.format(clock=_clock(local), zone=self.zone_of(local))
        if local.date() == self.told:
            return time
        self.told = local.date()
        return self.phrases.dated.format(time=time, date=self._date(local))

    def day(self, day: date) -> str:
        """``22 November 2026``."""
        return self._date(day)

    def span(self, start: datetime, end: datetime) -> str:
        """``from 14:02 to 14:13 UTC on 22 November 2026``, or both ends whole where day or zone differ."""
        first, last = start.astimezone(self.zone), end.astimezone(self.zone)
        if first.date() != last.date() or self.zone_of(first) != self.zone_of(last):
            return self.phrases.span_long.format(start=self.when(start), end=self.when(end))
        self.told = last.date()
        form = self.phrases.span_short if same_minute(start, end) else self.phrases.span
        return form.format(start=_clock(first), end=_clock(last), zone=self.zone_of(last), date=self._date(last))

    def lasted(self, start: datetime, end: datetime) -> str:
        """``11 minutes``, ``2 hours and 5 minutes``: the difference of the two times as the reader sees them."""
        return length(_whole(end) - _whole(start), self.phrases)

    def zone_of(self, local: datetime) -> str:
        """``UTC``, ``MESZ``: the zone at a local time, as this language has it."""
        name = _zone(local)
        return self.phrases.zones.get(name, name)

    def _date(self, day: date) -> str:
        told = format_date(day, "long", locale=self.phrases.locale).translate(_NO_BREAK)
        return told.replace("1", self.phrases.first_day, 1) if day.day == 1 else told


def length(span: timedelta, words: Phrases) -> str:
    """``11 minutes``, ``2 hours and 5 minutes``, ``3 days and 1 hour``."""
    days, rest = divmod(max(int(span.total_seconds()) // 60, 0), _MINUTES_A_DAY)
    hours, minutes = divmod(rest, 60)
    parts = ((days, "day"), (hours, "hour"), (0 if days else minutes, "minute"))
    counted = [_counted(number, unit, words) for number, unit in parts if number]
    return words.join(counted) if counted else words.instant


def _counted(number: int, unit: str, words: Phrases) -> str:
    return format_unit(number, f"duration-{unit}", "long", locale=words.locale).translate(_NO_BREAK)


def same_minute(one: datetime, other: datetime) -> bool:
    """Whether a reader would see the same time."""
    return _whole(one) == _whole(other)


def _whole(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _clock(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def _zone(local: datetime) -> str:
    """The zone's abbreviation; zones that have none are told by their distance from UTC."""
    name = local.tzname() or "UTC"
    if name[0] not in "+-":
        return name
    hours, minutes = name[1:3].lstrip("0") or "0", name[3:]
    return f"UTC{name[0]}{hours}{':' + minutes if minutes else ''}"
