"""The kind ``http``: ask a web server as a customer's browser would, and judge its answer."""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, SecretStr, model_validator
from yarl import URL

from probes.exchange import Answer, Exchange
from probes.expect import (
    HeaderPatterns,
    HttpVersion,
    Patterns,
    Size,
    Statuses,
    excerpt,
    text_of,
    wrong_body,
    wrong_header,
    wrong_status,
    wrong_version,
)
from probes.finding import Failed, Finding
from probes.notebook import Notebook
from probes.reason import Reason
from probes.request import HeaderName, HeaderValue, Method, Request, WebAddress
from probes.tls import Secured
from probes.wire import Wire, open_wire, stage

# How long we wait for the body of an answer that has failed already: it may say why.
EXPLANATION_S: Final = 1.0

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_SECRET_HEADER: Final = re.compile("auth|cookie|key|token|secret|password|session", re.IGNORECASE)
_SHOWN_HEADERS: Final = frozenset(
    {"server", "date", "content-type", "content-length", "content-encoding", "location", "retry-after", "via", "age"}
)


class Http(Secured):
    """One request, its redirects, and rules for the last answer. Without a scheme the url is http."""

    summary: ClassVar[str] = "a website or an HTTP interface"

    kind: Literal["http"] = "http"
    url: WebAddress
    method: Method = "GET"
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    body: Annotated[str, Field(max_length=1024 * 1024)] = ""
    username: Annotated[str, Field(pattern="^[^:]*$")] | None = None
    password: SecretStr | None = None
    bearer_token: SecretStr | None = None
    expect_status: Annotated[Statuses, Field(min_length=1)] = ("2xx",)
    expect_http_versions: tuple[HttpVersion, ...] = ()
    follow_redirects: bool = True
    max_redirects: Annotated[int, Field(ge=0, le=50)] = 10
    allow_redirect_to: tuple[str, ...] | None = None
    body_must_match: Patterns = ()
    body_must_not_match: Patterns = ()
    header_must_match: HeaderPatterns = Field(default_factory=dict)
    header_must_not_match: HeaderPatterns = Field(default_factory=dict)
    headers_may_be_missing: tuple[HeaderName, ...] = ()
    max_body: Size = 1024 * 1024
    require_tls: bool = False

    @model_validator(mode="after")
    def _one_way_to_sign_in(self) -> Self:
        if self.bearer_token and (self.username or self.password):
            raise ValueError("bearer_token and username: both are not allowed")
        if bool(self.password) and self.username is None:
            raise ValueError("password needs a username")
        if self._authorization and any(name.lower() == "authorization" for name in self.headers):
            raise ValueError("headers has an Authorization, and username or bearer_token would be another")
        return self

    def secrets(self) -> Iterator[str]:
        """The secret options, how they look on the wire, and headers that by their name hold one."""
        yield from super().secrets()
        yield self._authorization.removeprefix("Basic ").removeprefix("Bearer ")
        yield from (value for name, value in self.headers.items() if _SECRET_HEADER.search(name))

    @property
    def _authorization(self) -> str:
        if self.bearer_token:
            return f"Bearer {self.bearer_token.get_secret_value()}"
        if self.username is not None:
            password = self.password.get_secret_value() if self.password else ""
            return "Basic " + b64encode(f"{self.username}:{password}".encode()).decode()
        return ""

    @cached_property
    def request(self) -> Request:
        """What we ask first."""
        headers = tuple(self.headers.items())
        if self._authorization:
            headers = (*headers, ("Authorization", self._authorization))
        return Request(self.method, URL(self.url), headers, self.body.encode())

    async def look(self, notes: Notebook) -> None:
        """Ask, follow redirects, and judge the last answer. Raises Finding."""
        request, redirects = self.request, 0
        notes.numbers["redirects"] = 0
        while (following := await self._hop(request, notes)) is not None:
            redirects += 1
            notes.numbers["redirects"] = redirects
            if redirects > self.max_redirects:
                raise Failed(
                    Reason.REDIRECT_LIMIT, f"more than {self.max_redirects} redirects, the last to {following.url}"
                )
            self._allow(following.url)
            request = following

    async def _hop(self, request: Request, notes: Notebook) -> Request | None:
        """One request; the next one if its answer is a redirect that we follow."""
        url = request.url
        pinned = url.host == self.request.url.host
        async with open_wire(self, notes, url.host or "", url.port or 0, pinned=pinned) as wire:
            if url.scheme == "https":
                await wire.start_tls(self, notes, request.server_name, alpn=("http/1.1",))
            exchange = Exchange(wire, body_bytes_max=self.max_body, bodiless=request.method == "HEAD")
            answer = await self._ask(exchange, request, notes)
            self._note(answer, wire, notes)
            location = answer.get("location")
            if self.follow_redirects and answer.status in _REDIRECTS and location:
                return request.redirected(answer.status, location)
            await self._judge(exchange, notes, encrypted=wire.encrypted)
        return None

    async def _ask(self, exchange: Exchange, request: Request, notes: Notebook) -> Answer:
        notes.say("us", f"{request.method} {request.path} HTTP/1.1 (host: {request.host})")
        async with stage(notes, "processing", limit_s=self.stage_timeout):
            return await exchange.ask(bytes(request))

    async def _judge(self, exchange: Exchange, notes: Notebook, *, encrypted: bool) -> None:
        answer = exchange.answer
        problem = (
            wrong_status(answer, self.expect_status)
            or wrong_version(answer, self.expect_http_versions)
            or self._not_tls(encrypted=encrypted)
            or wrong_header(answer, self.header_must_match, self.header_must_not_match, self.headers_may_be_missing)
        )
        body = await self._read(exchange, notes, problem)
        text = text_of(body, answer.get("content-type"))
        problem = problem or wrong_body(text, self.body_must_match, self.body_must_not_match)
        if problem:
            notes.say("them", f"body: {excerpt(text)}")
            raise problem

    async def _read(self, exchange: Exchange, notes: Notebook, problem: Finding | None) -> bytes:
        """The body; where a problem stands already, as much of it as comes at once."""
        silence, limit_s = (problem.reason, EXPLANATION_S) if problem else (Reason.TIMEOUT, self.stage_timeout)
        try:
            async with stage(notes, "transfer", silence=silence, limit_s=limit_s):
                return await exchange.read()
        except Finding:
            if problem is None:
                raise
            return bytes(exchange.body)
        finally:
            notes.numbers["body_bytes"] = len(exchange.body)
            notes.say("note", f"a body of {len(exchange.body)} bytes")

    def _not_tls(self, *, encrypted: bool) -> Failed | None:
        if self.require_tls and not encrypted:
            return Failed(Reason.NOT_TLS, "the answer came over plain HTTP")
        return None

    def _allow(self, url: URL) -> None:
        """Refuse a redirect to a host that ``allow_redirect_to`` does not name; our own host is always allowed."""
        host = url.host or ""
        if self.allow_redirect_to is None or host == self.request.url.host:
            return
        if not any(_is_host(host, allowed.lower()) for allowed in self.allow_redirect_to):
            raise Failed(Reason.REDIRECT_BLOCKED, f"a redirect leads to {url.host}, which allow_redirect_to lacks")

    def _note(self, answer: Answer, wire: Wire, notes: Notebook) -> None:
        numbers = notes.numbers
        numbers["status_code"] = answer.status
        numbers["http_version"] = float(answer.version)
        numbers["ssl"] = float(wire.encrypted)
        if answer.content_length is not None:
            numbers["content_length"] = answer.content_length
        notes.say("them", f"HTTP/{answer.version} {answer}")
        notes.say("them", "; ".join(f"{name}: {value}" for name, value in answer.headers if name in _SHOWN_HEADERS))


def _is_host(host: str, allowed: str) -> bool:
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed
