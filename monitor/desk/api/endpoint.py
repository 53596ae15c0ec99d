"""An Endpoint: one address and verb of the API; what it takes and gives is read off its handler's types."""

import inspect
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, NewType, Self, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from monitor.desk.number import ROW
from monitor.models import Role

PREFIX: Final = "/api/v1"
Version = NewType("Version", str)
"""The entity tag that a program shows in If-Match."""

Handler = Callable[..., Any]
"""Gives a model, or, where it streams, one after the other."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``role`` is the least that may ask; ``makes`` where the answer is something new, at the same address and its id.

    ``also`` is with which problems it may answer beyond what its shape tells; ``outside`` where the secret of
    ``[alerts]`` opens it, and no token does.

    A handler takes an Ask and, as it likes: ``number`` from the address, ``query`` and ``given`` (models of the query
    and of the body), and ``version``. Its docstring is its description.
    """

    method: str
    path: str
    handler: Handler
    role: Role = Role.VIEWER
    makes: bool = False
    also: tuple[int, ...] = ()
    outside: bool = False

    @property
    def route(self) -> str:
        """The address as the router knows it."""
        return PREFIX + self.path.replace("{id}", f"{{id:{ROW}}}")

    def matches(self, path: str) -> bool:
        """Whether this is the address."""
        return re.fullmatch(PREFIX + self.path.replace("{id}", ROW), path) is not None

    @property
    def status(self) -> int:
        """The answer where all is well."""
        return 201 if self.makes else 200


@dataclass(frozen=True, slots=True)
class Shape:
    """What a handler takes and gives; ``streams`` if it gives one answer after the other."""

    numbered: bool
    versioned: bool
    query: type[BaseModel] | None
    given: type[BaseModel] | None
    answer: type[BaseModel]
    streams: bool

    @classmethod
    def of(cls, handler: Handler) -> Self:
        """Read it off."""
        hints = get_type_hints(handler)
        streams = get_origin(hints["return"]) is AsyncGenerator
        return cls(
            numbered="number" in hints,
            versioned="version" in hints,
            query=hints.get("query"),
            given=hints.get("given"),
            answer=_each(hints["return"]) if streams else hints["return"],
            streams=streams,
        )


def _each(stream: type) -> type[BaseModel]:
    """What a stream gives one after the other; None is but a sign of life."""
    given, _ = get_args(stream)
    answer: type[BaseModel] = next(one for one in get_args(given) if one is not NoneType)
    return answer


def description(handler: Handler) -> tuple[str, str]:
    """The first sentence of a handler's docstring, and all of it."""
    whole = inspect.getdoc(handler) or ""
    return whole.partition("\n")[0].rstrip("."), whole
