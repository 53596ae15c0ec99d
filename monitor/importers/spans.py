"""Lengths of time as programs in Go write them, in seconds, and as our config has them."""

import re
from typing import Annotated, Final

from pydantic import BeforeValidator

from monitor.config.wording import duration

_UNITS_S: Final = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
    "y": 31536000.0,
}
_PART: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w|y)")
SECONDS_MAX: Final = 100 * _UNITS_S["y"]


def seconds(text: object) -> object:
    """Read ``1m30s`` as seconds; a bare number is refused, unless it is 0. Raises ValueError."""
    if isinstance(text, str) and re.fullmatch(f"(?:{_PART.pattern})+", text):
        length_s = sum(float(number) * _UNITS_S[unit] for number, unit in _PART.findall(text))
        if length_s <= SECONDS_MAX:
            return length_s
    if text in ("0", 0, ""):
        return 0.0
    raise ValueError('should be a length of time, such as "30s" or "1m30s"')


Span = Annotated[float, BeforeValidator(seconds)]


def span(length_s: float) -> str:
    """As our config has it; what is shorter than a millisecond is one."""
    return duration(max(length_s, 0.001)) if length_s else "0s"
