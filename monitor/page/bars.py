"""Bars: the last ninety days of a component as a drawing that can be read without colour, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from babel.numbers import format_decimal

from monitor.ledger.history import Day
from monitor.page.times import Times
from monitor.page.words import Words
from monitor.uptime import Tally

DAYS: Final = 90
STEP: Final = 6
WIDTH: Final = 4
HEIGHT: Final = 30
STUB: Final = 3
MINUTE_US: Final = 60 * 1_000_000
_SCALE: Final = ((5, 10), (30, 15), (120, 20), (480, 25))
"""Up to so many minutes of trouble, a mark so tall; beyond the last as tall as the bar."""

# A day of which hardly anything is known must not look like one of which all is.
KNOWN_MIN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where it stands, what it looks like (``known``, ``planned``, ``unknown``), how tall its marks, in words.

    ``down`` and ``partial`` are heights from the bottom, the solid mark and the hollow one; 0 for none.
    """

    x: int
    look: str
    down: int
    partial: int
    title: str


@dataclass(frozen=True, slots=True)
class Past:
    """The past of one component: its bars, its uptime in words, and every day with trouble in words."""

    bars: tuple[Bar, ...]
    uptime: str
    known: str
    troubles: tuple[str, ...]
    first: str
    last_is_today: bool

    @property
    def width(self) -> int:
        """How wide the drawing is."""
        return len(self.bars) * STEP - (STEP - WIDTH)

    @property
    def ground(self) -> str:
        """All days that are known, as one path: ninety drawings a component would make a long page of a busy one."""
        return "".join(f"M{bar.x} 0h{WIDTH}v{HEIGHT}h-{WIDTH}z" for bar in self.bars if bar.look == "known")

    @property
    def stubs(self) -> str:
        """All days that are not, likewise."""
        top = HEIGHT - STUB
        return "".join(f"M{bar.x} {top}h{WIDTH}v{STUB}h-{WIDTH}z" for bar in self.bars if bar.look == "unknown")

    @property
    def marked(self) -> tuple[Bar, ...]:
        """The days of which there is more to draw, and to tell."""
        return tuple(bar for bar in self.bars if bar.down or bar.partial or bar.look == "planned")


def span_of(days: int, today: date, *, measures: bool) -> tuple[date, date]:
    """From when to when days are shown: today only if measurements are, since nobody has put their name to them."""
    last = today if measures else today - timedelta(days=1)
    return last - timedelta(days=days - 1), last


def past(days: Sequence[Day], times: Times, words: Words, *, measures: bool) -> Past | None:
    """Draw these days, oldest first; None if there is none."""
    if not days:
        return None
    whole = sum((day.tally for day in days), Tally())
    told = [(day, _told(day, times, words)) for day in days]
    known = sum(_known(day) for day in days)
    return Past(
        tuple(_bar(number * STEP, day, title) for number, (day, title) in enumerate(told)),
        words("uptime", share=share(whole.uptime, words.locale))
        if whole.uptime is not None
        else words("uptime_unknown"),
        words("known_for", n=known, of=len(days)) if known < len(days) else "",
        tuple(title for day, title in reversed(told) if day.tally.down or day.tally.partial),
        words("days_ago", n=len(days) - measures),
        measures,
    )


def share(uptime: float, locale: str) -> str:
    """``99.98 %``: cut, never rounded up, so that 100 % means that nothing failed."""
    pattern = "0" if uptime == 1 else "0.00"
    return f"{format_decimal(int(uptime * 10_000) / 100, pattern, locale)}\N{NO-BREAK SPACE}%"


def _known(day: Day) -> bool:
    told_us = day.tally.told_us + day.tally.planned
    return day.length_us > 0 and told_us / day.length_us >= KNOWN_MIN


def _bar(x: int, day: Day, title: str) -> Bar:
    planned = day.tally.planned > day.tally.told_us
    look = "planned" if planned else "known" if _known(day) else "unknown"
    return Bar(x, look, _tall(day.tally.down), _tall(day.tally.partial), title)


def _tall(trouble_us: int) -> int:
    if not trouble_us:
        return 0
    return next((tall for minutes, tall in _SCALE if trouble_us <= minutes * MINUTE_US), HEIGHT)


def _told(day: Day, times: Times, words: Words) -> str:
    """``22 November 2026: down 12 minutes, in part 30 minutes``."""
    lasted = {
        "down": day.tally.down,
        "partial": day.tally.partial,
        "degraded": day.tally.degraded,
        "planned": day.tally.planned,
        "unknown": day.unknown_us if day.unknown_us >= 30 * MINUTE_US else 0,  # A restart is no news to anybody.
    }
    parts = [
        words(f"lasted_{state}", span=times.span(us // MINUTE_US) if us >= MINUTE_US else words("moments"))
        for state, us in lasted.items()
        if us
    ]
    return f"{times.calendar(day.date)}: {', '.join(parts) or words('lasted_ok')}"
