"""Whether we are alive, and whether we are looking: silence is noticed here first."""

from dataclasses import dataclass


@dataclass(slots=True)
class Pulse:
    """The last sign of work, on the monotonic clock; ``patience_s`` is how long looks may be silent."""

    last_result_s: float
    patience_s: float | None = None

    def why_not_ready(self, now_s: float) -> str | None:
        """One sentence if looks have stopped, else None. Without a target there is nothing to be late with."""
        if self.patience_s is None:
            return None
        silent_s = now_s - self.last_result_s
        if silent_s <= self.patience_s:
            return None
        return f"no look has ended for {silent_s:.0f} s; one is expected at least every {self.patience_s:.0f} s"


def patience_s(shortest_interval_s: float, longest_timeout_s: float) -> float:
    """How long looks may be silent: two slots of the busiest target, and the longest look."""
    return 2 * shortest_interval_s + longest_timeout_s
