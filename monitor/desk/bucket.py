"""A bucket: lets so many through at once, and as many in a while after that; the others learn how long to wait."""

from datetime import datetime, timedelta
from math import ceil
from typing import Final

MINUTE: Final = timedelta(minutes=1)


class Bucket:
    """Holds up to ``most`` tokens, and gets back as many in the time of ``per``."""

    def __init__(self, most: int, per: timedelta = MINUTE) -> None:
        """It is full."""
        self._most, self._per = most, per
        self._left = float(most)
        self._at: datetime | None = None

    def take(self, now: datetime) -> int:
        """Take one; gives 0 if there was one, else in how many seconds there will be."""
        passed = (now - self._at) / self._per if self._at else 0.0
        self._left = min(self._most, self._left + max(0.0, passed) * self._most)
        self._at = now
        if self._left < 1:
            return ceil((1 - self._left) * self._per.total_seconds() / self._most)
        self._left -= 1
        return 0
