"""Maintenance of Uptime Kuma as ours."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.importers.blueprint import Option, Planned
from monitor.importers.spans import span
from monitor.importers.uptime_kuma.options import Clock, Work

_DAY_S: Final = 86400
_LAST_DAY: Final = "lastDay1"
# Kuma shows it on its page; whether it is announced beforehand is for you to say.
_UNANNOUNCED: Final = "0s"


def planned(work: Work) -> Planned:
    """The work as far as ours can say it; what it cannot say makes it a comment."""
    planned = Planned({"name": work.title[:80] or "maintenance", "announce": _UNANNOUNCED})
    make = _STRATEGIES.get(work.strategy)
    try:
        planned.options |= make(work) if make else {}
    except ValueError as error:
        planned.notes.append(f"{work.strategy}: {error}")
    if not make:
        planned.notes.append(f"strategy: {work.strategy}: begin it on the desk")
    return planned


def _single(work: Work) -> dict[str, Option]:
    zone = _zone(work.timezone)
    dates = [datetime.fromisoformat(date) for date in work.dates if date]
    start, end = (date if date.tzinfo else date.replace(tzinfo=zone) for date in dates[:2])
    return {"start": start, "end": end}


def _cron(work: Work) -> dict[str, Option]:
    return {"cron": work.cron, "lasts": span(work.duration), "timezone": work.timezone}


def _daily(work: Work) -> dict[str, Option]:
    if work.interval_day != 1:
        raise ValueError(f"every {work.interval_day} days cannot be said in a cron")
    return _at(work, "* * *")


def _weekly(work: Work) -> dict[str, Option]:
    return _at(work, f"* * {','.join(str(day % 7) for day in sorted(set(work.weekdays)))}")


def _monthly(work: Work) -> dict[str, Option]:
    days = ["L" if day == _LAST_DAY else day for day in dict.fromkeys(work.days_of_month)]
    return _at(work, f"{','.join(days)} * *")


def _at(work: Work, days: str) -> dict[str, Option]:
    start, end = work.times[:2] if len(work.times) > 1 else (Clock(), Clock())
    lasts_s = (_seconds(end) - _seconds(start)) % _DAY_S or _DAY_S
    return {"cron": f"{start.minutes} {start.hours} {days}", "lasts": span(lasts_s), "timezone": work.timezone}


def _seconds(clock: Clock) -> int:
    return clock.hours * 3600 + clock.minutes * 60


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"there is no time zone {name}") from error


_STRATEGIES: Final[Mapping[str, Callable[[Work], dict[str, Option]]]] = {
    "single": _single,
    "cron": _cron,
    "recurring-interval": _daily,
    "recurring-weekday": _weekly,
    "recurring-day-of-month": _monthly,
}
