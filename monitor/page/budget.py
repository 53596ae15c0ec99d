"""A budget: how often one client, or one address, may ask in an hour."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
KEYS_MAX: Final = 20_000
"""Of so many the times are remembered; where more ask, those are forgotten that have not asked for longest."""


@dataclass(slots=True)
class Budget:
    """At most ``most`` in any hour, for each key."""

    most: int
    _spent: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)

    def spend(self, key: str, now: datetime) -> int:
        """Take one, and give 0; or take none, and give the seconds after which there is one again."""
        times = self._spent.setdefault(key, deque())
        self._spent.move_to_end(key)
        while len(self._spent) > KEYS_MAX:
            self._spent.popitem(last=False)
        while times and now - times[0] >= HOUR:
            times.popleft()
        if len(times) >= self.most:
            return max(1, round((times[0] + HOUR - now).total_seconds()))
        times.append(now)
        return 0
