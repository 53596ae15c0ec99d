"""Whether we are alive, and whether we are looking: silence is noticed here first."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Pulse:
    """The last sign of work, on the monotonic clock; ``patience_s`` is how long looks may be silent.

    ``isolated`` tells in one sentence why our own sight is in doubt, if it is.
    """

    last_result_s: float
    patience_s: float | None = None
    isolated: Callable[[], str | None] = lambda: None

    def why_not_ready(self, now_s: float) -> str | None:
        """One sentence if we are cut off or looks have stopped, else None. Without a target nothing can be late."""
        if why := self.isolated():
            return f"we are cut off: {why}"
        if self.patience_s is None:
            return None
        silent_s = now_s - self.last_result_s
        if silent_s <= self.patience_s:
            return None
        return f"no look has ended for {silent_s:.0f} s; one is expected at least every {self.patience_s:.0f} s"


def patience_s(shortest_interval_s: float, longest_timeout_s: float) -> float:
    """How long looks may be silent: two slots of the busiest target, and the longest look."""
    return 2 * shortest_interval_s + longest_timeout_s
