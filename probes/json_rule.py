"""Rules for an answer in JSON: a path (JSONPath, RFC 9535), and what must stand there."""

import json
import warnings
from itertools import islice
from typing import Annotated, Any, Final, Never, Self

from jsonpath import JSONPathEnvironment, JSONPathError
from pydantic import AfterValidator, Field, JsonValue, model_validator

from probes.pattern import Pattern, search
from probes.target import Options
from probes.transcript import harmless

PATH_CHARS_MAX: Final = 500
VALUES_MAX: Final = 1000
SHOWN_CHARS: Final = 80

_PATHS: Final = JSONPathEnvironment()
# They run the standard library's regular expressions, which a hostile answer could hold for ever.
for _name in ("match", "search"):
    del _PATHS.function_extensions[_name]


def _checked(path: str) -> str:
    if "=~" in path:
        raise ValueError("a path cannot match by =~; use the option matches")
    try:
        _PATHS.compile(path)
    except JSONPathError as error:
        first_line = str(error).split("\n", 1)[0]
        raise ValueError(f"bad JSON path '{path}': {first_line}") from error
    return path


class JsonRule(Options):
    """One path, and one of three things that must be true of every value that stands there."""

    path: Annotated[str, Field(max_length=PATH_CHARS_MAX), AfterValidator(_checked)]
    equals: JsonValue = None
    matches: Pattern | None = None
    exists: bool | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if len(self.model_fields_set & {"equals", "matches", "exists"}) != 1:
            raise ValueError("a rule has a path, and one of equals, matches and exists")
        return self

    def broken_by(self, document: Any) -> str | None:  # noqa: ANN401 - it is whatever the server sent
        """What is wrong with a document, in words; None if nothing is."""
        try:
            found = self._values(document)
        except (JSONPathError, RecursionError) as error:
            return f"'{self.path}' cannot be evaluated: {str(error).split(chr(10), 1)[0] or 'it is nested too deeply'}"
        if self.exists is not None and bool(found) == self.exists:
            return None
        if self.exists is False:
            return f"'{self.path}' exists"
        if not found:
            return f"'{self.path}' is missing"
        return next((f"'{self.path}' is {_shown(value)}" for value in found if not self._good(value)), None)

    def _values(self, document: Any) -> list[Any]:  # noqa: ANN401 - likewise
        if isinstance(document, str):  # the library would take a string for a text of JSON, and read it again
            return [document] if self.path in {"", "$"} else []
        return list(islice((match.obj for match in _PATHS.finditer(self.path, document)), VALUES_MAX))

    def _good(self, value: object) -> bool:
        if self.matches is not None:
            return search(self.matches, value if isinstance(value, str) else json.dumps(value)) is not None
        # To Python True equals 1; to JSON it does not.
        return self.exists is not None or (
            value == self.equals and isinstance(value, bool) == isinstance(self.equals, bool)
        )


def read_json(text: bytes | str) -> Any:  # noqa: ANN401 - it is whatever the server sent
    """Read a document; raises ValueError with a plain reason."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _no_number(name: str) -> Never:
    raise ValueError(f"{name} is no JSON")


def _shown(value: object) -> str:
    return harmless(json.dumps(value, ensure_ascii=False))[:SHOWN_CHARS]


with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)  # pydantic keeps BaseModel.json, deprecated since its version 2

    class JsonRules(Options):
        """The option ``json``."""

        json: tuple[JsonRule, ...] = ()  # type: ignore[assignment] # likewise
