"""Conditions of Gatus, ``[STATUS] == any(200, 429)``, taken apart, and what Gatus makes of them."""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from monitor.importers.spans import seconds
from probes.pattern import literal

_SHAPE: Final = re.compile(r"\s*(?P<left>.*?) (?P<sign>==|!=|<=|>=|<|>) (?P<right>.*)", re.DOTALL)
_FUNCTION: Final = re.compile(r"(?P<name>pat|any)\((?P<inside>.*)\)", re.DOTALL)
_PLACEHOLDER: Final = re.compile(r"(?:(?P<function>len|has)\()?\[(?P<what>[A-Za-z_]+)\](?P<path>.*?)\)?", re.DOTALL)
_SEGMENT: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_ANYTHING: Final = "(?s:.*)"
_NUMERIC: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """``function`` is ``len``, ``has`` or nothing; ``path`` leads into a JSON body."""

    text: str
    what: str
    function: str
    path: str
    sign: str
    right: str

    @property
    def pattern(self) -> str:
        """What ``==`` asks for, as a regular expression for the whole of a text."""
        match = _FUNCTION.fullmatch(self.right)
        if match is None:
            return literal(self.right)
        if match["name"] == "pat":
            return _glob(match["inside"])
        return f"(?:{'|'.join(literal(option.strip()) for option in match['inside'].split(','))})"

    @property
    def plain(self) -> bool:
        """Whether ``==`` asks for a text that can only be one: no function, number, truth or null."""
        return (
            _FUNCTION.fullmatch(self.right) is None
            and re.match(r"[A-Za-z_]", self.right) is not None
            and (self.right not in {"true", "false", "null"})
        )

    @property
    def json_path(self) -> str:
        """The path as JSONPath has it (RFC 9535)."""
        return "$" + "".join(_segment(*found.groups()) for found in _SEGMENT.finditer(self.path))

    @property
    def length_s(self) -> float:
        """The right side as a length of time; a bare number is milliseconds. Raises ValueError."""
        if re.fullmatch(r"\d+", self.right):
            return int(self.right[:12]) / 1000
        return float(str(seconds(self.right)))

    def searched(self, around: str = "") -> str:
        """The same for a search; ``around`` is a pattern of what may stand before and after it."""
        head = "" if self.pattern.startswith(_ANYTHING) else f"^{around}"
        tail = "" if self.pattern.endswith(_ANYTHING) else f"{around}$"
        return head + self.pattern.removeprefix(_ANYTHING).removesuffix(_ANYTHING) + tail

    def holds(self, value: str) -> bool:
        """Whether Gatus calls it true of a plain value, such as a status."""
        if self.sign in _NUMERIC:
            return _NUMERIC[self.sign](_number(value), _number(self.right))
        return (re.fullmatch(self.pattern, value, re.DOTALL) is not None) == (self.sign == "==")


def parse(text: str) -> Condition | None:
    """Take a condition apart; None where the placeholder does not stand on the left, which Gatus allows too."""
    match = _SHAPE.fullmatch(text)
    placeholder = _PLACEHOLDER.fullmatch(match["left"].strip()) if match else None
    if match is None or placeholder is None:
        return None
    function, what, path = placeholder["function"] or "", placeholder["what"].upper(), placeholder["path"]
    return Condition(text, what, function, path, match["sign"], match["right"].strip())


def those(conditions: Iterable[Condition], what: str) -> tuple[Condition, ...]:
    """The conditions on one thing as a whole."""
    return tuple(one for one in conditions if (one.what, one.function, one.path) == (what, "", ""))


def ranges(numbers: Iterable[int]) -> Iterator[str]:
    """Numbers in order as ``200`` or ``200-204``."""
    run: list[int] = []
    for number in [*numbers, None]:
        if run and number != run[-1] + 1:
            yield str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}"
            run = []
        if number is not None:
            run.append(number)


def _glob(text: str) -> str:
    """Gatus' patterns, in which ``*`` is any text and ``?`` any letter."""
    kinds = {"*": _ANYTHING, "?": "(?s:.)"}
    return "".join(kinds.get(letter) or literal(letter) for letter in text)


def _segment(name: str | None, index: str | None) -> str:
    if index is not None:
        return f"[{index}]"
    assert name is not None  # noqa: S101 - the pattern has one or the other
    if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
