"""A foreign config file, read strictly: plain values with their lines, or one plain sentence for each mistake.

YAML is read as programs in Go read it (the core schema of YAML 1.2): ``23:00`` and ``on`` are texts.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from monitor.config import UnreadableError, read_text
from probes.transcript import harmless

FILE_BYTES_MAX: Final = 16 * 1024 * 1024
VALUES_MAX: Final = 500_000
DEPTH_MAX: Final = 60
PROBLEMS_MAX: Final = 20

_UNWRITABLE: Final = re.compile("[\0\ud800-\udfff]")

Place = tuple[str | int, ...]
Values = dict[str, Any]


class SourceError(Exception):
    """A foreign file that cannot be used, and why: one line for each reason."""


class Foreign(BaseModel):
    """A table of a foreign file: what we do not know is kept in ``model_extra``, and an empty value counts as none."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nothings(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        return {str(key): value for key, value in values.items() if value is not None and value != ""}

    @property
    def unknown(self) -> tuple[str, ...]:
        """The keys that we know nothing of."""
        return tuple(self.model_extra or ())


M = TypeVar("M", bound=Foreign)


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its values, and the lines of those that have one."""

    path: Path
    values: Any
    lines: Mapping[Place, int]

    def parse(self, model: type[M]) -> M:
        """The whole file as a class understands it. Raises SourceError."""
        try:
            return model.model_validate(self.values if self.values is not None else {})
        except ValidationError as error:
            problems = [self._problem(one["loc"], one["msg"]) for one in error.errors(include_url=False)]
            raise SourceError("\n".join(dict.fromkeys(problems[:PROBLEMS_MAX]))) from None

    def line(self, place: Place) -> int:
        """The line of a place, or of what it stands in; 0 where the file has no lines to tell."""
        known = (place[:length] for length in range(len(place), -1, -1))
        return next((self.lines[part] for part in known if part in self.lines), 0)

    def _problem(self, place: Place, why: str) -> str:
        line = self.line(place)
        where = f"{self.path}:{line}" if line else str(self.path)
        reason = why.removeprefix("Value error, ").removeprefix("Input ").replace("Field required", "is missing")
        return ": ".join(part for part in (where, _named(place), harmless(reason[:1].lower() + reason[1:])) if part)


def read_yaml(path: Path) -> Source:
    """Read a file of YAML (or JSON, which is YAML). Raises SourceError."""
    try:
        loader = _Loader(_text(path))
        node = loader.get_single_node()
        values = loader.construct_document(node) if node is not None else None
        source = Source(path, values, {})
        _refuse_the_unbounded(source)
        return Source(path, values, dict(_lines(node)) if node is not None else {})
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise SourceError(f"{path}{line}: not YAML: {harmless(error.problem or error.context or str(error))}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise SourceError(f"{path}: not YAML: {harmless(str(error).partition(chr(10))[0])}") from None
    except RecursionError:
        _too_much(path)


def read_json(path: Path) -> Source:
    """Read a file of JSON. Raises SourceError."""
    try:
        source = Source(path, json.loads(_text(path)), {})
    except json.JSONDecodeError as error:
        raise SourceError(f"{path}:{error.lineno}: not JSON: {error.msg[:1].lower()}{error.msg[1:]}") from None
    except ValueError as error:
        raise SourceError(f"{path}: not JSON: {harmless(str(error))}") from None
    except RecursionError:
        _too_much(path)
    _refuse_the_unbounded(source)
    return source


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - as the library has it


def _resolves(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), list(first))


_resolves("null", "~|null|Null|NULL|", "~nN\0")
_resolves("bool", "true|True|TRUE|false|False|FALSE", "tTfF")
_resolves("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+", "-+0123456789")
_resolves("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan", "-+.0123456789")
_resolves("merge", "<<", "<")
_Loader.yaml_implicit_resolvers[""] = _Loader.yaml_implicit_resolvers.pop("\0")


def _text(path: Path) -> str:
    try:
        return read_text(path, FILE_BYTES_MAX)
    except UnreadableError as error:
        raise SourceError(f"{path}: cannot be read: {error}") from None


def _refuse_the_unbounded(source: Source) -> None:
    """An alias can make a short file endless; half a character can be written nowhere, a NUL in no variable."""
    for count, (place, value) in enumerate(_walk(source.values)):
        if count > VALUES_MAX or len(place) > DEPTH_MAX:
            _too_much(source.path)
        if isinstance(value, str) and (found := _UNWRITABLE.search(value)):
            what = "a NUL" if found[0] == "\0" else "half a character (a lone surrogate)"
            raise SourceError(f"{source.path}: {_named(place)}: holds {what}")


def _walk(value: object, place: Place = ()) -> Iterator[tuple[Place, object]]:
    yield place, value
    if len(place) > DEPTH_MAX:
        return
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*place, key), key
        yield from _walk(inner, (*place, key))


def _lines(node: yaml.Node, place: Place = ()) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, inner in enumerate(node.value):
            yield from _lines(inner, (*place, index))
    elif isinstance(node, yaml.MappingNode):
        for key, inner in node.value:
            yield from _lines(inner, (*place, str(key.value)))


def _named(place: Place) -> str:
    """A place as people write it: ``endpoints[2].url``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return harmless(text.removeprefix("."))


def _too_much(path: Path) -> NoReturn:
    raise SourceError(f"{path}: nested too deeply, or too long to be a config")
