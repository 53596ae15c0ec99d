"""The last hour of one target as a picture: a bar for every stretch of minutes that went the same way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from monitor.ledger.samples import Sample
from probes.finding import Outcome

MINUTES: Final = 60
_WORST_FIRST: Final = (Outcome.FAILED, Outcome.DEGRADED, Outcome.UNKNOWN, Outcome.OK)


@dataclass(frozen=True, slots=True)
class Bar:
    """Some minutes in a row whose worst outcome was the same; ``start`` counts from an hour ago."""

    start: int
    minutes: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Hour:
    """The bars, and in words what they show."""

    bars: tuple[Bar, ...]
    caption: str


def picture(samples: Sequence[Sample], now: datetime) -> Hour:
    """Draw the samples of the hour before ``now``; a minute without one stays empty."""
    begin = now - timedelta(minutes=MINUTES)
    worst: list[Outcome | None] = [None] * MINUTES
    for sample in samples:
        minute = int((sample.at - begin).total_seconds() // 60)
        if 0 <= minute < MINUTES:
            worst[minute] = min(filter(None, (worst[minute], sample.outcome)), key=_WORST_FIRST.index)
    return Hour(tuple(_bars(worst)), _caption(samples))


def _bars(worst: Iterable[Outcome | None]) -> Iterator[Bar]:
    for outcome, group in groupby(enumerate(worst), key=lambda minute: minute[1]):
        minutes = [number for number, _ in group]
        if outcome is not None:
            yield Bar(minutes[0], len(minutes), outcome)


def _caption(samples: Sequence[Sample]) -> str:
    failed = sum(sample.outcome is Outcome.FAILED for sample in samples)
    return f"{failed} of {len(samples)} looks failed" if samples else "no looks on record"
