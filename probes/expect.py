"""What an HTTP answer may be asked to be: rules as the config writes them, and whether an answer keeps them."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from probes.exchange import Answer
from probes.finding import Failed
from probes.pattern import Pattern, search
from probes.reason import Reason
from probes.request import HeaderName
from probes.transcript import harmless

BODY_BYTES_MAX: Final = 64 * 1024 * 1024
EXCERPT_BYTES: Final = 200

_REFUSALS: Final = frozenset({401, 403, 429})
_SIZES: Final = {"B": 1, "kB": 1000, "KiB": 1024, "MB": 1000**2, "MiB": 1024**2}
_UTF_8: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str | int) else value


def _size(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d+) ?([a-zA-Z]+)", value)
    if not match or match[2] not in _SIZES:
        raise ValueError('a size is a number with its unit, such as "128B", "64KiB" or "1MiB"')
    return int(match[1]) * _SIZES[match[2]]


def _statuses(value: object) -> str:
    text = str(value).lower()
    if not re.fullmatch(r"[1-5]xx|[1-5]\d\d(-[1-5]\d\d)?", text):
        raise ValueError('a status is such as 404, "2xx" or "200-204"')
    return text


Size = Annotated[int, BeforeValidator(_size), Field(ge=0, le=BODY_BYTES_MAX)]
Statuses = Annotated[tuple[Annotated[str, BeforeValidator(_statuses)], ...], BeforeValidator(_one_or_more)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_one_or_more)]
HeaderPatterns = dict[HeaderName, Patterns]
HttpVersion = Literal["1.0", "1.1", "2", "3"]


def wrong_status(answer: Answer, expected: Statuses) -> Failed | None:
    """A status that is not among the expected; one that refuses us is told apart from one that fails everybody."""
    if any(answer.status in _codes(text) for text in expected):
        return None
    reason = Reason.REFUSED if answer.status in _REFUSALS else Reason.STATUS
    return Failed(reason, f"the server answered {answer}")


def _codes(text: str) -> range:
    if text.endswith("xx"):
        return range(int(text[0]) * 100, int(text[0]) * 100 + 100)
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def wrong_version(answer: Answer, expected: tuple[HttpVersion, ...]) -> Failed | None:
    """An HTTP version that is not among the expected; none expected means any."""
    if not expected or answer.version in expected:
        return None
    return Failed(Reason.PROTOCOL, f"the server answered in HTTP/{answer.version}, expected {' or '.join(expected)}")


def wrong_header(
    answer: Answer, must: HeaderPatterns, must_not: HeaderPatterns, may_be_missing: tuple[HeaderName, ...]
) -> Failed | None:
    """The first header that breaks a rule."""
    optional = {name.lower() for name in may_be_missing}
    for name, pattern in _rules(must):
        values = answer.all(name.lower())
        if not values and name.lower() not in optional:
            return Failed(Reason.HEADER_MISMATCH, f"the header {name} is missing")
        if values and not any(search(pattern, value) for value in values):
            return Failed(Reason.HEADER_MISMATCH, f"the header {name} is {_quoted(values)}, which lacks '{pattern}'")
    for name, pattern in _rules(must_not):
        for value in answer.all(name.lower()):
            if search(pattern, value):
                return Failed(Reason.HEADER_MISMATCH, f"the header {name} is {_quoted([value])}, which has '{pattern}'")
    return None


def _rules(rules: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    return ((name, pattern) for name, patterns in rules.items() for pattern in patterns)


def wrong_body(text: bytes | str, must: tuple[str, ...], must_not: tuple[str, ...]) -> Failed | None:
    """The first rule that the body breaks."""
    for pattern in must:
        if not search(pattern, text):
            return Failed(Reason.BODY_MISMATCH, f"the body lacks '{pattern}'; it begins {excerpt(text)}")
    for pattern in must_not:
        if found := search(pattern, text):
            return Failed(Reason.BODY_MISMATCH, f"the body has {_quoted(found[:1])}, which matches '{pattern}'")
    return None


def text_of(body: bytes, content_type: str | None) -> bytes | str:
    """The body as text: UTF-8 stays as it is, another charset that the server names is decoded."""
    match = re.search(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", content_type or "", re.IGNORECASE)
    charset = match[1].lower() if match else ""
    if charset in _UTF_8:
        return body
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body


def excerpt(text: bytes | str) -> str:
    """The beginning of a body, as it may stand in a sentence of ours."""
    return f"'{harmless(text[:EXCERPT_BYTES])}'" if text else "empty"


def _quoted(values: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"'{harmless(value)[:EXCERPT_BYTES]}'" for value in values[:3])
