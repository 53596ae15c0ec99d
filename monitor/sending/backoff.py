"""How long to wait before the next attempt: longer each time, never in step with others, and as the other side asks."""

from typing import Final

RETRY_AFTER_S_MAX: Final = 3600.0
_DOUBLINGS_MAX: Final = 30


def pause_s(*, attempt: int, first_s: float, ceiling_s: float, wish_s: float | None, chance: float) -> float:
    """Seconds between the attempt of this number (from 1) and the next.

    The pause doubles from ``first_s`` up to ``ceiling_s``; ``chance`` (0 to 1) takes away up to a half of it, so that
    senders that failed together do not come back together. A wish of the other side prolongs it, up to an hour.
    """
    doubled_s = min(ceiling_s, first_s * 2.0 ** min(attempt - 1, _DOUBLINGS_MAX))
    return max(doubled_s * (1 - chance / 2), min(wish_s or 0.0, RETRY_AFTER_S_MAX))
