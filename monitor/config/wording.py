"""pydantic's errors in the words of someone who wrote a TOML file and knows nothing of pydantic."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.config.document import Document, value_at
from monitor.config.problem import Complaint, Key
from monitor.config.tables import kinds, models

_UNITS_MS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_LIMITS: Final = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}


def complaints(error: ValidationError, document: Document) -> Iterator[Complaint]:
    """Each error as a complaint about the key that the user wrote, or did not write; one complaint a key."""
    reasons: dict[Key, list[str]] = {}
    for details in error.errors(include_url=False, include_input=False):
        key = _key(details, document)
        word = _WORDS.get(details["type"], _other)
        reasons.setdefault(key, []).append(word(details, key, document))
    return (Complaint(key, ", or ".join(dict.fromkeys(words))) for key, words in reasons.items())


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """A suggestion in brackets, if one of the known words is near."""
    near = get_close_matches(str(word), list(known), n=1)
    return f' (did you mean "{near[0]}"?)' if near else ""


def duration(length_s: float) -> str:
    """Seconds as they are written in the file: 90.0 is ``1m30s``, 0.5 is ``500ms``."""
    rest_ms = round(length_s * 1000)
    text = ""
    for unit, unit_ms in _UNITS_MS.items():
        count, rest_ms = divmod(rest_ms, unit_ms)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def _key(details: ErrorDetails, document: Document) -> Key:
    """The path without what pydantic puts into it: tags of unions, and the names of types that it tried."""
    key: Key = ()
    last = details["loc"][-1]
    for part, following in zip(details["loc"], (*details["loc"][1:], None), strict=True):
        inner = value_at(key, document.meant)
        if value_at((part,), inner) is not None and not _is_tag(part, inner, following):
            key = (*key, part)
    if details["type"] == "missing":
        return (*key, last)
    return (*key, "kind") if details["type"].startswith("union_tag") else key


def _is_tag(part: str | int, inner: object, following: str | int | None) -> bool:
    """A union tagged by its keys has tags that are also keys, such as ``expect``; then the key itself follows."""
    leads_on = isinstance(value_at((part,), inner), dict | list)
    return not leads_on and following is not None and value_at((following,), inner) is not None


def _missing(details: ErrorDetails, key: Key, document: Document) -> str:
    del details, key, document
    return "is missing"


def _unknown_key(details: ErrorDetails, key: Key, document: Document) -> str:
    del details
    table = document.tables.get(key[:-1])
    known = table.known() if table else ()
    return "unknown key" + did_you_mean(key[-1], known)


def _no_kind(details: ErrorDetails, key: Key, document: Document) -> str:
    del details
    valid = sorted(_valid_kinds(key, document))
    word = value_at(key, document.written)
    said = "is missing" if word is None else f'"{word}" is not a kind' + did_you_mean(word, valid)
    return f"{said}; valid kinds: {', '.join(valid)}"


def _valid_kinds(key: Key, document: Document) -> Iterator[str]:
    *table, name, _index, _kind = key
    field = document.tables[tuple(table)].model.model_fields[str(name)]
    return (kind for model in models(field.annotation) for kind in kinds(model))


def _value(details: ErrorDetails, key: Key, document: Document) -> str:
    del key, document
    return str(details["ctx"]["error"])


def _limit(details: ErrorDetails, key: Key, document: Document) -> str:
    [(name, limit)] = details["ctx"].items()
    as_written = duration if isinstance(value_at(key, document.meant), str) else str
    return f"should be {_LIMITS[name]} {as_written(limit)}"


def _too_short(details: ErrorDetails, key: Key, document: Document) -> str:
    """Of a secret pydantic says "items", since it does not look into it."""
    if isinstance(value_at(key, document.meant), str):
        return f"should have at least {details['ctx']['min_length']} characters"
    return _other(details, key, document)


def _array(details: ErrorDetails, key: Key, document: Document) -> str:
    del details
    if len(key) == 1 and isinstance(value_at(key, document.meant), dict):
        return f"should be an array of tables: write [[{key[0]}]] with two brackets"
    return "should be a list"


def _table(details: ErrorDetails, key: Key, document: Document) -> str:
    del details
    if len(key) == 1 and isinstance(value_at(key, document.meant), list):
        return f"should be one table: write [{key[0]}] with one bracket"
    return "should be a table"


def _other(details: ErrorDetails, key: Key, document: Document) -> str:
    del key, document
    plain = _PLAIN.get(details["type"].partition("_")[0])
    if plain and details["type"].endswith(("_type", "_parsing")):
        return plain
    words = re.sub(r"^\w+ should", "should", details["msg"]).replace("'", '"')
    return words[:1].lower() + words[1:]


_PLAIN: Final = {"bool": "should be true or false", "int": "should be a whole number", "string": "should be a string"}

_WORDS: Final[Mapping[str, Callable[[ErrorDetails, Key, Document], str]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "union_tag_invalid": _no_kind,
    "union_tag_not_found": _no_kind,
    "value_error": _value,
    "greater_than": _limit,
    "greater_than_equal": _limit,
    "less_than": _limit,
    "less_than_equal": _limit,
    "too_short": _too_short,
    "tuple_type": _array,
    "model_type": _table,
}
