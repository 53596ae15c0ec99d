"""The kind ``websocket``: upgrade to a WebSocket as a browser does, and hold a talk in messages."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from yarl import URL

from probes.messages import Messages
from probes.notebook import Notebook
from probes.request import URL_CHARS_MAX, Request, secrets_in, web_address
from probes.script import Scripted
from probes.step import StartTls
from probes.tls import Secured
from probes.wire import open_wire

_AS_HTTP = {"ws": "http", "wss": "https"}


def _address(text: str) -> str:
    url = URL(text)
    if url.scheme not in _AS_HTTP:
        raise ValueError("it should begin with ws:// or wss://")
    web_address(str(url.with_scheme(_AS_HTTP[url.scheme])) if url.host else "http://")
    return str(url)


class Websocket(Secured, Scripted):
    """A web server that upgrades, and the messages that it should send then."""

    summary: ClassVar[str] = "a WebSocket, and the messages that it sends"

    kind: Literal["websocket"] = "websocket"
    url: Annotated[str, Field(max_length=URL_CHARS_MAX), AfterValidator(_address)]

    @model_validator(mode="after")
    def _no_starttls(self) -> Self:
        if any(isinstance(step, StartTls) for step in self.dialogue):
            raise ValueError("a WebSocket has no starttls: let the url begin with wss://")
        return self

    @property
    def host_name(self) -> str:
        """The host of the url."""
        return URL(self.url).host or ""

    def secrets(self) -> Iterator[str]:
        """The password, and what the url holds."""
        yield from super().secrets()
        yield from secrets_in(URL(self.url))

    async def look(self, notes: Notebook) -> None:
        """Connect, upgrade, and take the steps. Raises Finding."""
        url = URL(self.url)
        request = Request("GET", url)
        async with open_wire(self, notes, self.host_name, url.port or 0) as wire:
            if url.scheme == "wss":
                await wire.start_tls(self, notes, request.server_name, alpn=("http/1.1",))
            talk = Messages(wire, notes, self, host=self.host_name, peer="the server")
            await talk.upgrade(request.host, request.path)
            await self.hold(talk)
            await talk.leave()
