"""The way to a web server: straight, or through an HTTP proxy, whose failures are never blamed on the server."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from yarl import URL

from probes.exchange import Answer, Exchange
from probes.finding import Failed
from probes.notebook import Notebook
from probes.reason import Reason
from probes.request import URL_CHARS_MAX, Request
from probes.target import Options, Target
from probes.wire import Wire, open_wire, stage

PROXY_PORT: Final = 3128
AUTHENTICATION_REQUIRED: Final = 407


def _address(text: str) -> str:
    url = URL(text if "://" in text else f"http://{text}")
    if url.scheme != "http" or not url.host or url.path not in {"", "/"}:
        raise ValueError("a proxy is such as http://proxy.example.com:3128")
    return str(url)


class Routed(Options):
    """The option ``proxy``."""

    proxy: Annotated[str, Field(max_length=URL_CHARS_MAX), AfterValidator(_address)] | None = None

    @cached_property
    def route(self) -> "Straight | Proxy":
        """The way to go."""
        return Proxy(URL(self.proxy)) if self.proxy else Straight()


class Straight:
    """No proxy."""

    secrets: tuple[str, ...] = ()

    def open_wire(
        self, target: Target, notes: Notebook, request: Request, *, pinned: bool
    ) -> AbstractAsyncContextManager[Wire]:
        """A wire to the server."""
        return open_wire(target, notes, request.url.host or "", request.url.port or 0, pinned=pinned)

    def address(self, request: Request) -> Request:
        """The request as the server wants to hear it: as it is."""
        return request

    def refusal(self, _answer: Answer) -> Failed | None:
        """No answer is anybody's but the server's."""
        return None


class Proxy:
    """An HTTP proxy (RFC 9110, section 3.7). A user and a password in its address sign in."""

    def __init__(self, url: URL) -> None:
        """Know where it is."""
        self._host, self._port = url.host or "", url.explicit_port or PROXY_PORT
        self.credentials = b64encode(f"{url.user}:{url.password or ''}".encode()).decode() if url.user else ""
        self.secrets = (url.password, self.credentials) if url.password else ()

    @asynccontextmanager
    async def open_wire(
        self,
        target: Target,
        notes: Notebook,
        request: Request,
        *,
        pinned: bool,  # noqa: ARG002 - both routes are asked alike
    ) -> AsyncIterator[Wire]:
        """A wire through the proxy: for https a tunnel to the server, for http to the proxy itself.

        ``pinned`` has no meaning here: it is the proxy that finds the server.

        Raises Failed (``proxy``) for all that goes wrong before the server is reached.
        """
        async with open_wire(target, notes, self._host, self._port, pinned=False, blame=Reason.PROXY) as wire:
            if request.url.scheme == "https":
                async with stage(notes, "proxy", silence=Reason.PROXY, limit_s=target.stage_timeout):
                    await self._dig(wire, notes, f"{request.url.host_subcomponent}:{request.url.port}")
            yield wire

    def address(self, request: Request) -> Request:
        """The request as a proxy wants to hear it: in a tunnel as it is, else with the whole url and our sign-in."""
        if request.url.scheme == "https":
            return request
        return replace(request, proxied=True, headers=(*request.headers, *self._sign_in()))

    def refusal(self, answer: Answer) -> Failed | None:
        """An answer that is the proxy's own, and says that it wants another sign-in."""
        if answer.status != AUTHENTICATION_REQUIRED:
            return None
        return Failed(Reason.PROXY, f"the proxy answered {answer}")

    async def _dig(self, wire: Wire, notes: Notebook, server: str) -> None:
        lines = (
            f"CONNECT {server} HTTP/1.1",
            f"Host: {server}",
            *(f"{name}: {value}" for name, value in self._sign_in()),
        )
        notes.say("us", f"{lines[0]} (to the proxy)")
        exchange = Exchange(wire, body_bytes_max=0, bodiless=True)
        try:
            answer = await exchange.ask("\r\n".join((*lines, "", "")).encode())
        except Failed as found:
            raise Failed(Reason.PROXY, f"the proxy gave no tunnel: {found.detail}") from found
        notes.say("them", f"HTTP/{answer.version} {answer}")
        if answer.status not in range(200, 300):
            raise Failed(Reason.PROXY, f"the proxy gave no tunnel to {server}: it answered {answer}")

    def _sign_in(self) -> tuple[tuple[str, str], ...]:
        return (("Proxy-Authorization", f"Basic {self.credentials}"),) if self.credentials else ()
