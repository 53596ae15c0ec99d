"""A talk in WebSocket messages (RFC 6455): the upgrade, whole messages instead of lines, and pings answered."""

from collections import deque
from typing import Any, Final

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Event,
    Message,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import ProtocolError

from probes.dialogue import LINE_BYTES_MAX, Dialogue
from probes.finding import Failed
from probes.reason import Reason

SWITCHING_PROTOCOLS: Final = 101


class Messages(Dialogue):
    """A dialogue whose lines are messages. Our frames are masked; theirs may be text or binary, and in fragments."""

    def __init__(self, *whom: Any, **how: Any) -> None:  # noqa: ANN401 - as a Dialogue begins
        """Begin over an open wire; nothing can be said before the upgrade."""
        super().__init__(*whom, **how)
        self._socket = WSConnection(ConnectionType.CLIENT)
        self._messages: deque[bytes] = deque()
        self._fragments = bytearray()

    async def upgrade(self, host: str, path: str) -> None:
        """Ask the web server to speak WebSocket from now on. Raises Failed: ``status`` if it answers otherwise."""
        self.notes.numbers["upgraded"] = 0.0
        with self.stage("upgrade", "an answer to our upgrade"):
            self.notes.say("us", f"GET {path} HTTP/1.1 (host: {host}; upgrade: websocket)")
            await self._put(self._socket.send(Request(host=host, target=path)))
            while "status_code" not in self.notes.numbers:
                await self._take_in()
        self.notes.numbers["upgraded"] = 1.0

    async def say(self, line: bytes, *, shown: str | None = None) -> None:
        """Say one message of text."""
        self.notes.say("us", line if shown is None else shown)
        await self._put(self._socket.send(TextMessage(data=line.decode("utf-8", "replace"))))

    async def hear(self, *, unended: bool = False) -> bytes:  # noqa: ARG002 - a message is whole, or it is none
        """Hear one message. Raises Failed as a line does."""
        while not self._messages:
            await self._take_in()
        message = self._messages.popleft()
        self.notes.say("them", message)
        return message

    async def leave(self) -> None:
        """Say that we close (RFC 6455 section 7), and wait for no answer."""
        with self.farewell("close"):
            await self._put(self._socket.send(CloseConnection(code=1000)))

    async def _take_in(self) -> None:
        await self._more()
        try:
            self._socket.receive_data(self._take(len(self._buffer)))
            for event in self._socket.events():
                self._count_line()
                await self._take_event(event)
        except (ProtocolError, ValueError) as error:  # the last is a header that is not even ASCII
            raise self.lose(Reason.PROTOCOL, f"breaks the rules of WebSocket: {error}") from error

    async def _take_event(self, event: Event) -> None:
        match event:
            case AcceptConnection():
                self._answered(SWITCHING_PROTOCOLS)
            case RejectConnection():
                self._answered(event.status_code)
                raise Failed(Reason.STATUS, f"{self.peer} answered {event.status_code} to our upgrade, not 101")
            case Message():
                self._add(event)
            case Ping():
                await self._put(self._socket.send(event.response()))
            case CloseConnection():
                why = f"{event.code} {self.quoted(event.reason)}" if event.reason else str(event.code)
                raise self.lose(self.closed, f"closed with {why} before {self.awaited}{self._instead}")

    def _answered(self, status: int) -> None:
        self.notes.numbers["status_code"] = float(status)
        self.notes.say("them", f"HTTP/1.1 {status}")

    def _add(self, part: Message[Any]) -> None:
        self._fragments += part.data.encode() if isinstance(part.data, str) else part.data
        if len(self._fragments) > LINE_BYTES_MAX:
            raise self.lose(Reason.PROTOCOL, f"sent a message of more than {LINE_BYTES_MAX // 1024} KiB")
        if part.message_finished:
            self._messages.append(bytes(self._fragments))
            self._fragments.clear()
