"""Regular expressions from the config, run on text from strangers.

They are RE2's, whose time is linear in the text: with a backtracking engine a hostile answer could hold the whole
monitor for minutes. The price is that RE2 knows neither look-around nor back-references.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Final

import re2
from pydantic import AfterValidator, Field

PATTERN_CHARS_MAX: Final = 2000

_OPTIONS: Final = re2.Options()
_OPTIONS.log_errors = False  # RE2 would write them to stderr; we tell them as configuration errors


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - google-re2 ships no types
    return re2.compile(pattern, _OPTIONS)


def _checked(pattern: str) -> str:
    try:
        _compiled(pattern)
    except re2.error as error:
        (why,) = error.args
        message = f"bad regular expression '{pattern}': {why.decode(errors='replace')} (RE2 syntax)"
        raise ValueError(message) from error
    return pattern


Pattern = Annotated[str, Field(max_length=PATTERN_CHARS_MAX), AfterValidator(_checked)]


def literal(text: str) -> str:
    """A pattern that matches this very text."""
    return re.sub(r"[\\.+*?()|\[\]{}^$]", r"\\\g<0>", text)


def search(pattern: str, text: bytes | str) -> tuple[str, ...] | None:
    r"""The whole match and its groups, wherever in the text it stands; None if it stands nowhere.

    Bytes are read as UTF-8, and what is none matches nothing but ``\C``.
    """
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    match = _compiled(pattern).search(raw)
    if match is None:
        return None
    return tuple((group or b"").decode("utf-8", "replace") for group in (match.group(), *match.groups()))


def groups(pattern: str) -> Mapping[str, int]:
    """The groups that ``search`` gives: for each number, and each name, its place in the tuple."""
    compiled = _compiled(pattern)
    numbers = {str(number): number for number in range(compiled.groups + 1)}
    return numbers | dict(compiled.groupindex)
