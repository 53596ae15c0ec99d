"""On which line of a TOML file each key stands.

``tomllib`` tells no lines, and a grammar of our own would be a second opinion about the same file. So tomllib itself
is asked, statement by statement: a statement is the shortest run of lines that parses, because a multi-line string or
array does not parse before its end. A header or a key then says for itself which path it opens.
"""

import tomllib
from collections.abc import Iterator
from typing import Any, Final

from monitor.config.problem import Key

Toml = dict[str, Any]

_ENDS_OF_MANY_LINES: Final = ("]", '"""', "'''")


def lines(text: str) -> dict[Key, int]:
    """The line, counted from 1, on which each path of a valid document first appears."""
    found: dict[Key, int] = {(): 0}
    counts: dict[Key, int] = {}
    table: Key = ()
    for number, is_header, parsed in _statements(text):
        if is_header:
            table = _header(parsed, counts)
            for end in range(1, len(table) + 1):
                found.setdefault(table[:end], number)
        else:
            for key in _keys(parsed):
                found.setdefault((*table, *key), number)
    return found


def line_of(key: Key, found: dict[Key, int]) -> int:
    """The line of a key, or of the nearest table around it that has one."""
    return next(found[key[:end]] for end in range(len(key), -1, -1) if key[:end] in found)


def _statements(text: str) -> Iterator[tuple[int, bool, Toml]]:
    """The line where each statement begins, whether it is a header, and what it says; empty lines say nothing."""
    begun: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        begun.append(line)
        if len(begun) > 1 and not any(end in line for end in _ENDS_OF_MANY_LINES):
            continue
        parsed = _parsed("\n".join(begun))
        if parsed is not None:
            if parsed:
                yield number - len(begun) + 1, begun[0].lstrip().startswith("["), parsed
            begun = []


def _parsed(statement: str) -> Toml | None:
    try:
        return tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return None


def _header(parsed: Toml, counts: dict[Key, int]) -> Key:
    """Where ``[a.b]`` or ``[[a.b]]`` leads, with the index of each array of tables on the way."""
    key: Key = ()
    inner: Any = parsed
    while inner:
        if isinstance(inner, list):
            counts[key] = counts.get(key, -1) + 1
            return (*key, counts[key])
        if key in counts:
            key = (*key, counts[key])
        [(name, inner)] = inner.items()
        key = (*key, name)
    return key


def _keys(value: object) -> Iterator[Key]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (name,)
        for key in _keys(inner):
            yield (name, *key)
