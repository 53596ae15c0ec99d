"""Planned work: which targets are under maintenance at a moment, once or again and again, whatever the clocks do.

A window that recurs begins when its cron expression says so on the clock of its zone. It ends a fixed time later, so an
hour that the clocks skip or repeat makes it neither shorter nor longer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

Span = tuple[datetime, datetime]
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Once:
    """One span of time."""

    start: datetime
    end: datetime

    def next(self, at: datetime) -> Span:
        """The span that contains ``at`` or comes next."""
        return (self.start, self.end) if at < self.end else (_NEVER, _NEVER)


@dataclass(frozen=True, slots=True)
class Again:
    """A span that begins again and again."""

    cron: str
    lasts: timedelta
    timezone: str

    def next(self, at: datetime) -> Span:
        """The span that contains ``at`` or comes next; an expression that never comes true has none."""
        try:
            start = next(CronSim(self.cron, (at - self.lasts).astimezone(ZoneInfo(self.timezone)))).astimezone(UTC)
        except (CronSimError, StopIteration):
            return _NEVER, _NEVER
        return start, start + self.lasts


@dataclass(frozen=True, slots=True)
class Window:
    """When, and for whom; without a target or component it is for all."""

    when: Once | Again
    targets: frozenset[str] = frozenset()
    components: frozenset[str] = frozenset()

    def concerns(self, target: str, component: str) -> bool:
        """Whether it is for this target."""
        everybody = not self.targets and not self.components
        return everybody or target in self.targets or component in self.components


class Calendar:
    """All windows. The present or next span of each is kept in mind, since cron is slow to ask."""

    def __init__(self, windows: Iterable[Window]) -> None:
        """Take the windows."""
        self._windows = tuple(windows)
        self._spans: dict[Window, tuple[datetime, Span]] = {}

    def covers(self, target: str, component: str, at: datetime) -> bool:
        """Whether this target is under maintenance at this moment."""
        return any(window.concerns(target, component) and self._runs(window, at) for window in self._windows)

    def _runs(self, window: Window, at: datetime) -> bool:
        asked, (start, end) = self._spans.get(window, (_NEVER, (_NEVER, _NEVER)))
        if not asked <= at < end:
            start, end = window.when.next(at)
            self._spans[window] = at, (start, end)
        return start <= at < end
