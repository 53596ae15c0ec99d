"""Which class will read each table of a document, so that rules can ask the class instead of listing keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr

from monitor.config.problem import Key


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the document, where it stands, and the class that will read it."""

    key: Key
    model: type[BaseModel]
    values: dict[str, Any]

    def known(self) -> list[str]:
        """Every key that may stand in this table, with the ``NAME_file`` of each text."""
        names = [name for name in self.model.model_fields if self.key or name != "path"]
        return names + [f"{name}_file" for name in names if self.takes(name, str, SecretStr)]

    def secrets(self) -> Iterator[str]:
        """The keys of this table whose values are secrets."""
        return (name for name in self.values if self.takes(name, SecretStr))

    def takes(self, name: str, *types: type) -> bool:
        """Whether a key exists in this class and may hold one of the types itself, not a list of them."""
        field = self.model.model_fields.get(name)
        return field is not None and any(choice in types for choice in _choices(field.annotation))


def tables(annotation: object, value: object, key: Key = ()) -> Iterator[Table]:
    """Every table within a value, outermost first; a table of unknown kind is left out."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from tables(annotation, item, (*key, index))
    elif isinstance(value, dict) and (model := _reader(annotation, value)):
        yield Table(key, model, value)
        for name, field in model.model_fields.items():
            yield from tables(field.annotation, value.get(name), (*key, name))


def models(annotation: object) -> list[type[BaseModel]]:
    """Every model class that an annotation speaks of, through unions, tuples and the like."""
    return [part for part in _parts(annotation) if isinstance(part, type) and issubclass(part, BaseModel)]


def kinds(model: type[BaseModel]) -> tuple[Any, ...]:
    """The words that ``kind`` may hold in this class."""
    field = model.model_fields.get("kind")
    return get_args(field.annotation) if field else ()


def _choices(annotation: object) -> Iterator[object]:
    if get_origin(annotation) is Annotated:
        yield from _choices(get_args(annotation)[0])
    elif get_origin(annotation) in {Union, UnionType}:
        for choice in get_args(annotation):
            yield from _choices(choice)
    else:
        yield annotation


def _parts(annotation: object) -> Iterator[object]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _reader(annotation: object, values: Mapping[str, Any]) -> type[BaseModel] | None:
    found = models(annotation)
    if len(found) == 1:
        return found[0]
    of_this_kind = (model for model in found if values.get("kind") in kinds(model))
    of_these_keys = (model for model in found if not kinds(model) and values.keys() <= model.model_fields.keys())
    return next(of_this_kind, None) or next(of_these_keys, None)
