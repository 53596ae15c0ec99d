"""How a value is written in its unit, and in which colour."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

Json = dict[str, Any]

HUES: Final = {
    "green": "#2f9e56",
    "yellow": "#d9a400",
    "orange": "#e8770c",
    "red": "#d4303f",
    "blue": "#3274d9",
    "purple": "#8a4fd0",
}
PALETTE: Final = ("#3274d9", "#e8770c", "#8a4fd0", "#18a3a8", "#b8477f", "#d9a400", "#2f9e56", "#d4303f", "#6b7785")
PLAIN: Final = "#1f2329"

_LONG: Final = ((86_400 * 7, "weeks"), (86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))
_BYTES: Final = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B"))
_SECONDS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs"))


def written(value: float, defaults: Json, now: float) -> str:
    """A value as its panel writes it."""
    for mapping in defaults.get("mappings", ()):
        if found := mapping["options"].get(f"{value:g}"):
            return str(found["text"])
    if defaults["unit"] == "dateTimeFromNow":
        ahead = value / 1000 - now
        return f"in {_in(ahead, _LONG, 0)}" if ahead >= 0 else f"{_in(-ahead, _LONG, 0)} ago"
    return _WRITERS[defaults["unit"]](value)


def colored(value: float, defaults: Json) -> str:
    """The colour that its mapping or its threshold gives to a value."""
    for mapping in defaults.get("mappings", ()):
        if found := mapping["options"].get(f"{value:g}"):
            return HUES[found["color"]]
    reached = PLAIN
    for step in defaults.get("thresholds", {}).get("steps", ()):
        if step["value"] is None or value >= step["value"]:
            reached = HUES[step["color"]]
    return reached


def ticks(largest: float) -> list[float]:
    """Round values from nothing to the largest."""
    if largest <= 0:
        return [0.0, 1.0]
    size = 10.0 ** len(f"{int(largest)}") / 10 if largest >= 1 else 1.0
    while size > largest:
        size /= 10
    step = next(size * part for part in (0.25, 0.5, 1, 2, 5, 10) if size * part * 4 >= largest)
    return [step * n for n in range(int(largest / step + 1.999))]


def _in(value: float, units: Sequence[tuple[float, str]], digits: int = 3) -> str:
    if not value:
        return f"0 {units[-1][1] if units is _BYTES else 's'}"
    size, name = next(((size, name) for size, name in units if abs(value) >= size), units[-1])
    return f"{value / size:.{digits}g} {name}" if digits else f"{value / size:.0f} {name}"


def _bare(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"  # noqa: PLR2004 - as many digits as are worth it


_WRITERS: Final[dict[str, Callable[[float], str]]] = {
    "none": _bare,
    "short": _bare,
    "s": partial(_in, units=_SECONDS),
    "dtdurations": partial(_in, units=_LONG, digits=0),
    "percentunit": lambda value: f"{_bare(value * 100) if abs(value) > 1 else f'{value * 100:.4g}'} %",
    "bytes": partial(_in, units=_BYTES),
    "ops": lambda value: f"{value:.3g} /s",
}
