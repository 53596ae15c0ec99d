"""An Endpoint: one address and verb of the API; what it takes and gives is read off its handler's types."""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, NewType, Self, get_type_hints

from pydantic import BaseModel

from monitor.models import Role

PREFIX: Final = "/api/v1"
NUMBER: Final = r"[1-9]\d{0,8}"
"""Numbers of rows fit the smallest integer of our databases."""

Version = NewType("Version", str)
"""The entity tag that a program shows in If-Match."""

Handler = Callable[..., Awaitable[BaseModel]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``role`` is the least that may ask; ``makes`` where the answer is something new, at the same address and its id.

    A handler takes an Ask and, as it likes: ``number`` from the address, ``query`` and ``given`` (models of the query
    and of the body), and ``version``. Its docstring is its description.
    """

    method: str
    path: str
    handler: Handler
    role: Role = Role.VIEWER
    makes: bool = False

    @property
    def route(self) -> str:
        """The address as the router knows it."""
        return PREFIX + self.path.replace("{id}", f"{{id:{NUMBER}}}")

    def matches(self, path: str) -> bool:
        """Whether this is the address."""
        return re.fullmatch(PREFIX + self.path.replace("{id}", NUMBER), path) is not None

    @property
    def status(self) -> int:
        """The answer where all is well."""
        return 201 if self.makes else 200


@dataclass(frozen=True, slots=True)
class Shape:
    """What a handler takes and gives."""

    numbered: bool
    versioned: bool
    query: type[BaseModel] | None
    given: type[BaseModel] | None
    answer: type[BaseModel]

    @classmethod
    def of(cls, handler: Handler) -> Self:
        """Read it off."""
        hints = get_type_hints(handler)
        return cls(
            numbered="number" in hints,
            versioned="version" in hints,
            query=hints.get("query"),
            given=hints.get("given"),
            answer=hints["return"],
        )


def description(handler: Handler) -> tuple[str, str]:
    """The first sentence of a handler's docstring, and all of it."""
    whole = inspect.getdoc(handler) or ""
    return whole.partition("\n")[0].rstrip("."), whole
