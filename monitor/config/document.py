"""A config document on its way: as it was written, and as it is meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.config.problem import Key
from monitor.config.tables import Table


@dataclass(frozen=True, slots=True)
class Document:
    """``written`` is the parsed file, and what errors quote; ``meant`` has variables, files and defaults put in."""

    written: Mapping[str, Any]
    meant: Mapping[str, Any]
    tables: Mapping[Key, Table]


def value_at(key: Key, value: Any) -> Any:  # noqa: ANN401 - a TOML value
    """What stands at a path within a value, or None."""
    for part in key:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def tell(key: Key, document: Mapping[str, Any]) -> str:
    """A path in the words of the user: ``target "shop": tls.verify``, or ``target[3].url`` where it has no name."""
    table = key[:2]
    name = value_at((*table, "name"), document) or value_at((*table, "id"), document)
    if len(table) == 2 and isinstance(table[1], int) and isinstance(name, str):  # noqa: PLR2004 - a section, an index
        return ": ".join(part for part in (f'{table[0]} "{name}"', _dotted(key[2:])) if part)
    return _dotted(key)


def _dotted(key: Key) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key).removeprefix(".")
