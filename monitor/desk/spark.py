"""A sparkline: how long the looks of an hour took, and where they failed, small enough to stand in a row of a list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from monitor.ledger.samples import Sample
from probes.finding import Outcome

WINDOW: Final = timedelta(hours=1)
STEPS: Final = 30
HEIGHT: Final = 10

_STEP: Final = WINDOW / STEPS
_BAD: Final = frozenset({Outcome.FAILED, Outcome.DEGRADED})


@dataclass(frozen=True, slots=True)
class Spark:
    """``points`` of the line, one for every two minutes that were looked at.

    ``bad`` are the stretches in which a look failed, by their first step and their length; ``words`` say the same to
    who sees no picture.
    """

    points: str
    bad: tuple[tuple[int, int], ...]
    words: str


def draw(samples: Sequence[Sample], now: datetime) -> Spark | None:
    """Draw the samples of the hour before ``now``, the slowest of each step; None if there is none."""
    steps: dict[int, list[Sample]] = {}
    for sample in samples:
        step = (sample.at - (now - WINDOW)) // _STEP
        if 0 <= step < STEPS:
            steps.setdefault(step, []).append(sample)
    if not steps:
        return None
    slowest = {step: max(one.duration_s for one in some) for step, some in steps.items()}
    top = max(slowest.values()) or 1.0
    points = " ".join(f"{step},{round(HEIGHT - HEIGHT * took / top, 1):g}" for step, took in sorted(slowest.items()))
    bad = tuple(_runs(sorted(step for step, some in steps.items() if any(one.outcome in _BAD for one in some))))
    failed = sum(one.outcome in _BAD for some in steps.values() for one in some)
    total = sum(map(len, steps.values()))
    return Spark(points, bad, f"{failed} of {total} looks of the last hour were not good; the slowest took {top:.2f} s")


def _runs(steps: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Steps in a row as one stretch, which is one shape and not thirty."""
    for _, run in groupby(enumerate(steps), key=lambda numbered: numbered[1] - numbered[0]):
        first, *others = (step for _, step in run)
        yield first, 1 + len(others)
