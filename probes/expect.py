"""What an HTTP answer is expected to be: rules as the config writes them, and the first one that an answer breaks."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from probes.exchange import Answer
from probes.finding import Failed
from probes.json_rule import JsonRules, read_json
from probes.pattern import Pattern, search
from probes.reason import Reason
from probes.request import HeaderName
from probes.transcript import harmless

BODY_BYTES_MAX: Final = 64 * 1024 * 1024
EXCERPT_BYTES: Final = 200
QUOTED_MAX: Final = 3

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


class Expectations(JsonRules):
    """The rules that the last answer of a look must keep."""

    expect_status: Annotated[Statuses, Field(min_length=1)] = ("2xx",)
    expect_http_versions: tuple[HttpVersion, ...] = ()
    require_tls: bool = False
    header_must_match: HeaderPatterns = Field(default_factory=dict)
    header_must_not_match: HeaderPatterns = Field(default_factory=dict)
    headers_may_be_missing: tuple[HeaderName, ...] = ()
    body_must_match: Patterns = ()
    body_must_not_match: Patterns = ()
    max_body: Size = 1024 * 1024

    def broken_by_head(self, answer: Answer, *, encrypted: bool) -> Failed | None:
        """The first rule that the answer's head breaks; a wrong status says most."""
        return (
            self._wrong_status(answer)
            or self._wrong_version(answer)
            or (None if encrypted or not self.require_tls else Failed(Reason.NOT_TLS, "the answer came in plain HTTP"))
            or self._lacking_header(answer)
            or self._unwanted_header(answer)
        )

    def broken_by_body(self, text: bytes | str) -> Failed | None:
        """The first rule that the body breaks."""
        for pattern in self.body_must_match:
            if not search(pattern, text):
                return Failed(Reason.BODY_MISMATCH, f"the body lacks '{pattern}'; it is {excerpt(text)}")
        for pattern in self.body_must_not_match:
            if found := search(pattern, text):
                return Failed(Reason.BODY_MISMATCH, f"the body has {quoted(found[0])}, which matches '{pattern}'")
        return self._wrong_json(text) if self.json else None

    def _wrong_json(self, text: bytes | str) -> Failed | None:
        try:
            document = read_json(text)
        except ValueError as error:
            return Failed(Reason.BODY_JSON, f"the body is not JSON: {error}; it is {excerpt(text)}")
        wrong = next(filter(None, (rule.broken_by(document) for rule in self.json)), None)
        return Failed(Reason.BODY_JSON, f"in the body, {wrong}") if wrong else None

    def _wrong_status(self, answer: Answer) -> Failed | None:
        if any(answer.status in _codes(text) for text in self.expect_status):
            return None
        # That we are refused need not mean that customers are.
        reason = Reason.REFUSED if answer.status in _REFUSALS else Reason.STATUS
        return Failed(reason, f"the server answered {answer}")

    def _wrong_version(self, answer: Answer) -> Failed | None:
        expected = self.expect_http_versions
        if not expected or answer.version in expected:
            return None
        detail = f"the server answered in HTTP/{answer.version}, and HTTP/{' or '.join(expected)} is expected"
        return Failed(Reason.PROTOCOL, detail)

    def _lacking_header(self, answer: Answer) -> Failed | None:
        optional = {name.lower() for name in self.headers_may_be_missing}
        for name, pattern in _each(self.header_must_match):
            values = answer.headers.get(name.lower(), [])
            if not values and name.lower() not in optional:
                return Failed(Reason.HEADER_MISMATCH, f"the header {name} is missing")
            if values and not any(search(pattern, value) for value in values):
                return Failed(Reason.HEADER_MISMATCH, f"the header {name} is {quoted(*values)}, and lacks '{pattern}'")
        return None

    def _unwanted_header(self, answer: Answer) -> Failed | None:
        for name, pattern in _each(self.header_must_not_match):
            for value in answer.headers.get(name.lower(), ()):
                if search(pattern, value):
                    return Failed(Reason.HEADER_MISMATCH, f"the header {name} is {quoted(value)}, and has '{pattern}'")
        return None


@lru_cache(maxsize=1024)
def _codes(text: str) -> range:
    if text.endswith("xx"):
        return range(int(text[0]) * 100, int(text[0]) * 100 + 100)
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _each(rules: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    return ((name, pattern) for name, patterns in rules.items() for pattern in patterns)


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


def quoted(*values: str) -> str:
    """A stranger's words, short and harmless, as they may stand in a sentence of ours."""
    return ", ".join(f"'{harmless(value)[:EXCERPT_BYTES]}'" for value in values[:QUOTED_MAX])
