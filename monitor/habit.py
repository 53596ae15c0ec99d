"""How a server treats idle connections: pure, and learned from those that it dropped although it was well."""

from dataclasses import dataclass, replace
from typing import Final, Self

REMEMBERED: Final = 8
TWICE: Final = 2
SLACK_S: Final = 0.3
SLACK_SHARE: Final = 0.1
PATIENCE_S: Final = 5.0
PATIENCE_S_MAX: Final = 300.0
DOUBLINGS_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Habit:
    """What is known of one server.

    ``dropped_after_s`` are the ages of the last idle connections that it dropped while it was well, and
    ``false_alarms`` how often it did so in a row.
    """

    dropped_after_s: tuple[float, ...] = ()
    false_alarms: int = 0

    def explains(self, age_s: float) -> bool:
        """Whether the server's own idle time-out explains that a connection of this age was dropped.

        It does if at least two, and half, of the remembered ages are about the same: a time-out comes again, while the
        ages at which restarts happen are scattered.
        """
        slack_s = max(SLACK_S, SLACK_SHARE * age_s)
        alike = sum(abs(age_s - one_s) <= slack_s for one_s in self.dropped_after_s)
        return alike >= TWICE and TWICE * alike >= len(self.dropped_after_s)

    @property
    def patience_s(self) -> float:
        """How long after one look for this reason there is no other: twice as long after each false alarm."""
        return min(PATIENCE_S_MAX, PATIENCE_S * (1 << min(self.false_alarms, DOUBLINGS_MAX)))

    def false_alarm(self, age_s: float) -> Self:
        """The server was well: remember at which age it dropped the connection."""
        ages_s = (*self.dropped_after_s, age_s)[-REMEMBERED:]
        return replace(self, dropped_after_s=ages_s, false_alarms=self.false_alarms + 1)

    def right_alarm(self) -> Self:
        """The server was not well."""
        return replace(self, false_alarms=0)

    def held(self) -> Self:
        """A connection stood from one look to the next."""
        return replace(self, false_alarms=max(0, self.false_alarms - 1))
