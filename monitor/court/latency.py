"""Slow by a target's own history: a robust quantile of what it usually takes, learned from its last good looks."""

from array import array
from collections.abc import Iterable
from typing import Final

SAMPLES_MAX: Final = 128
SAMPLES_MIN: Final = 30
QUANTILE: Final = 0.9
MARGIN_S: Final = 0.5  # Nobody complains of 40 ms that were 8 ms yesterday.
_LEARN_EVERY: Final = 8  # Sorting costs more than all the rest of judging, and one look changes little.


class Usual:
    """How long looks usually take: the last durations in a ring, and the limit that follows from them."""

    __slots__ = ("_count", "_limit_s", "_ring")

    def __init__(self, durations_s: Iterable[float] = ()) -> None:
        """Begin with what is known already, oldest first."""
        self._ring = array("f")
        self._count = 0
        self._limit_s: float | None = None
        for duration_s in durations_s:
            self.learn(duration_s)

    def __len__(self) -> int:
        return len(self._ring)

    def learn(self, duration_s: float) -> None:
        """Take in one good look. A slow one counts as well: what has become usual is no longer slow."""
        if len(self._ring) < SAMPLES_MAX:
            self._ring.append(duration_s)
        else:
            self._ring[self._count % SAMPLES_MAX] = duration_s
        self._count += 1
        if self._limit_s is None or self._count % _LEARN_EVERY == 0:
            self._limit_s = self._quantile()

    def limit_s(self, times: float) -> float | None:
        """The longest time that is still usual, or None while too little is known."""
        if self._limit_s is None:
            return None
        return max(self._limit_s * times, self._limit_s + MARGIN_S)

    def _quantile(self) -> float | None:
        if len(self._ring) < SAMPLES_MIN:
            return None
        return sorted(self._ring)[int(QUANTILE * (len(self._ring) - 1))]
