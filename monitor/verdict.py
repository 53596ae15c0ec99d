"""The verdict on a target: a pure table from what we believe and what we saw to what we believe now."""

from enum import StrEnum


class Verdict(StrEnum):
    """Our opinion of a target now."""

    UP = "up"
    SUSPECT = "suspect"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"
