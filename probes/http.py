"""The kind ``http``: ask a web server as a customer's browser would, and judge its answer."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator
from yarl import URL

from probes.cookies import Cookies
from probes.exchange import Answer, Exchange
from probes.expect import Expectations, excerpt, text_of
from probes.finding import Failed, Finding
from probes.notebook import Notebook
from probes.reason import Reason
from probes.request import Asking, Request
from probes.route import Routed
from probes.tls import Secured
from probes.wire import Wire, stage

# How long we wait for the body of an answer that has failed already.
EXPLANATION_S: Final = 1.0

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_SHOWN_HEADERS: Final = frozenset(
    {"server", "date", "content-type", "content-length", "content-encoding", "location", "retry-after", "via", "age"}
)


class Http(Secured, Asking, Expectations, Routed):
    """One request, its redirects, and rules for the last answer."""

    summary: ClassVar[str] = "a website or an HTTP interface"
    leaves_open: ClassVar[bool] = True

    kind: Literal["http"] = "http"
    follow_redirects: bool = True
    max_redirects: Annotated[int, Field(ge=0, le=50)] = 10
    allow_redirect_to: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _nothing_stands_before_the_preamble(self) -> Self:
        if self.proxy and self.proxy_protocol:
            raise ValueError("proxy and proxy_protocol: both are not allowed, since it is the proxy that connects")
        return self

    def secrets(self) -> Iterator[str]:
        """What must be masked."""
        return iter((*self.confidential, *self.route.secrets))

    @property
    def host_name(self) -> str:
        """The host of the url."""
        return self.request.url.host or ""

    async def look(self, notes: Notebook) -> None:
        """Ask, follow redirects, and judge the last answer. Raises Finding."""
        request, redirects, cookies = self.lasting_request if notes.keeps else self.request, 0, Cookies()
        notes.numbers["redirects"] = 0
        while (following := await self._hop(request, cookies, notes)) is not None:
            redirects += 1
            notes.numbers["redirects"] = redirects
            if redirects > self.max_redirects:
                raise Failed(
                    Reason.REDIRECT_LIMIT, f"more than {self.max_redirects} redirects, the last to {following.url}"
                )
            self._allow(following.url)
            request = replace(following, cookies=cookies.of(following.url))

    async def _hop(self, request: Request, cookies: Cookies, notes: Notebook) -> Request | None:
        """One request; the next one if its answer is a redirect that we follow."""
        url = request.url
        pinned = url.host == self.request.url.host
        async with self.route.open_wire(self, notes, request, pinned=pinned) as wire:
            if url.scheme == "https":
                await wire.start_tls(self, notes, request.server_name, alpn=("http/1.1",))
            exchange = Exchange(wire, body_bytes_max=self.max_body, bodiless=request.method == "HEAD")
            answer = await self._ask(exchange, self.route.address(request), notes)
            self._note(answer, wire, notes)
            if refusal := self.route.refusal(answer):
                raise refusal
            location = answer.get("location")
            if self.follow_redirects and answer.status in _REDIRECTS and location:
                cookies.keep(url, answer.headers.get("set-cookie", []))
                return request.redirected(answer.status, location)
            await self._judge(exchange, notes, encrypted=wire.encrypted)
            if notes.may_keep and exchange.lasts:
                wire.leave_standing(notes)
        return None

    async def _ask(self, exchange: Exchange, request: Request, notes: Notebook) -> Answer:
        notes.say("us", f"{request.method} {request.path} HTTP/1.1 (host: {request.host})")
        async with stage(notes, "processing", limit_s=self.stage_timeout):
            return await exchange.ask(request.raw)

    async def _judge(self, exchange: Exchange, notes: Notebook, *, encrypted: bool) -> None:
        broken = self.broken_by_head(exchange.answer, encrypted=encrypted)
        body = await self._read(exchange, notes, broken)
        text = text_of(body, exchange.answer.get("content-type"))
        broken = broken or self.broken_by_body(text)
        if broken:
            notes.say("them", f"body: {excerpt(text)}")
            raise broken

    async def _read(self, exchange: Exchange, notes: Notebook, broken: Finding | None) -> bytes:
        """The body; when a rule is broken already, as much of it as comes soon: it may say why."""
        silence, limit_s = (broken.reason, EXPLANATION_S) if broken else (Reason.TIMEOUT, self.stage_timeout)
        try:
            async with stage(notes, "transfer", silence=silence, limit_s=limit_s):
                return await exchange.read()
        except Finding:
            if broken is None:
                raise
            return bytes(exchange.body)
        finally:
            notes.numbers["body_bytes"] = len(exchange.body)
            notes.say("note", f"a body of {len(exchange.body)} bytes")

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
        shown = "".join(f"; {name}: {answer.get(name)}" for name in answer.headers if name in _SHOWN_HEADERS)
        notes.say("them", f"HTTP/{answer.version} {answer}{shown}")


def _is_host(host: str, allowed: str) -> bool:
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed
