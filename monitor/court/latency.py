"""Slow by a target's own history: a robust quantile of what it usually takes, learned from its last good looks.

Each phase of a look has a history of its own: a greeting that takes a second is slow where it took ten milliseconds,
however long the rest of the look takes.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

SAMPLES_MAX: Final = 128
PHASE_SAMPLES_MAX: Final = 64
PHASES_MAX: Final = 16
SAMPLES_MIN: Final = 30
QUANTILE: Final = 0.9
MARGIN_S: Final = 0.5  # Nobody complains of 40 ms that were 8 ms yesterday.
_LEARN_EVERY: Final = 8  # Sorting costs more than all the rest of judging, and one look changes little.


class Usual:
    """How long looks usually take: the last durations in a ring, and the limit that follows from them."""

    __slots__ = ("_count", "_keep", "_limit_s", "_ring")

    def __init__(self, durations_s: Iterable[float] = (), *, keep: int = SAMPLES_MAX) -> None:
        """Begin with what is known already, oldest first; the last ``keep`` of them count."""
        self._ring = array("f")
        self._count = 0
        self._keep = keep
        self._limit_s: float | None = None
        for duration_s in durations_s:
            self.learn(duration_s)

    def __len__(self) -> int:
        return len(self._ring)

    def learn(self, duration_s: float) -> None:
        """Take in one good look. A slow one counts as well: what has become usual is no longer slow."""
        if len(self._ring) < self._keep:
            self._ring.append(duration_s)
        else:
            self._ring[self._count % self._keep] = duration_s
        self._count += 1
        if self._limit_s is None or self._count % _LEARN_EVERY == 0:
            self._limit_s = self._quantile()

    @property
    def durations_s(self) -> tuple[float, ...]:
        """All that is known, oldest first."""
        oldest = self._count % self._keep if len(self._ring) == self._keep else 0
        return (*self._ring[oldest:], *self._ring[:oldest])

    def limit_s(self, times: float) -> float | None:
        """The longest time that is still usual, or None while too little is known."""
        if self._limit_s is None:
            return None
        return max(self._limit_s * times, self._limit_s + MARGIN_S)

    def _quantile(self) -> float | None:
        if len(self._ring) < SAMPLES_MIN:
            return None
        return sorted(self._ring)[int(QUANTILE * (len(self._ring) - 1))]


@dataclass(frozen=True, slots=True)
class Slow:
    """What took longer than usual: the whole look ("it"), or one of its phases."""

    what: str
    took_s: float
    usual_s: float

    def __str__(self) -> str:
        return f"{self.what} took {self.took_s:.3f} s, where up to {self.usual_s:.3f} s is usual"


class Times:
    """How long the looks at one target usually take, whole and phase by phase."""

    __slots__ = ("phases", "whole")

    def __init__(self, whole: Usual | None = None, phases: dict[str, Usual] | None = None) -> None:
        """Begin with what is known already."""
        self.whole = whole or Usual()
        self.phases = phases or {}

    def learn(self, duration_s: float, phases: Mapping[str, float]) -> None:
        """Take in one good look."""
        self.whole.learn(duration_s)
        for name, took_s in phases.items():
            usual = self.phases.get(name)
            if usual is None:
                if len(self.phases) >= PHASES_MAX:
                    continue
                usual = self.phases[name] = Usual(keep=PHASE_SAMPLES_MAX)
            usual.learn(took_s)

    def slow(self, duration_s: float, phases: Mapping[str, float], *, times: float) -> Slow | None:
        """What took so many times as long as usual; of several phases the one that is the most beyond its limit."""
        beyond_s, found = 0.0, None
        for name, took_s in phases.items():
            if took_s > MARGIN_S and name in self.phases:
                limit_s = self.phases[name].limit_s(times)
                if limit_s is not None and took_s - limit_s > beyond_s:
                    beyond_s, found = took_s - limit_s, Slow(name, took_s, limit_s)
        limit_s = self.whole.limit_s(times) if found is None else None
        return Slow("it", duration_s, limit_s) if limit_s is not None and duration_s > limit_s else found
