"""One call over HTTP/2 on a fresh wire: headers, a message there, a message back, and trailers, all bounded."""

from typing import Final

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.exceptions import H2Error

from probes.finding import Failed
from probes.reason import Reason
from probes.transcript import harmless
from probes.wire import Wire

BODY_BYTES_MAX: Final = 64 * 1024
EVENTS_MAX: Final = 1000
RECEIVED_BYTES_MAX: Final = 1024 * 1024


class Call:
    """A call, and what was answered so far; ``headers`` holds the trailers too, by names in lower case."""

    def __init__(self, wire: Wire) -> None:
        """Prepare to call over an open wire."""
        self.headers: dict[str, str] = {}
        self.body = b""
        self._wire = wire
        self._http = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self._ended = False
        self._events_left = EVENTS_MAX
        self._bytes_left = RECEIVED_BYTES_MAX

    async def ask(self, headers: list[tuple[str, str]], body: bytes) -> None:
        """Call, and wait for the end of the answer. Raises Failed, with ``unavailable`` if the server ends the call."""
        self._http.initiate_connection()
        self._http.send_headers(1, headers)
        self._http.send_data(1, body, end_stream=True)
        while not self._ended:
            await self._wire.send(self._http.data_to_send())
            await self._take_in(await self._wire.receive())

    async def _take_in(self, data: bytes) -> None:
        if not data:
            raise Failed(Reason.CONNECTION_CLOSED, "the server closed the connection before its answer was complete")
        if data.startswith(b"HTTP/1") and self._bytes_left == RECEIVED_BYTES_MAX:
            raise Failed(Reason.PROTOCOL, "the server speaks HTTP/1, where gRPC needs HTTP/2")
        self._bytes_left -= len(data)
        try:
            events = self._http.receive_data(data)
        except (H2Error, ValueError) as error:
            raise Failed(Reason.PROTOCOL, f"the answer breaks the rules of HTTP/2: {harmless(str(error))}") from error
        self._events_left -= len(events)
        if self._events_left < 0 or self._bytes_left < 0:
            raise Failed(Reason.PROTOCOL, "the server said more than any answer needs")
        for event in events:
            self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case ResponseReceived() | TrailersReceived():
                self.headers |= {str(name).lower(): str(value) for name, value in event.headers or ()}
            case DataReceived():
                self.body += event.data or b""
                if len(self.body) > BODY_BYTES_MAX:
                    raise Failed(Reason.PROTOCOL, f"the answer is larger than {BODY_BYTES_MAX} bytes")
            case StreamEnded():
                self._ended = True
            case StreamReset() | ConnectionTerminated() if not self._ended:
                raise Failed(Reason.UNAVAILABLE, f"the server ended the call with error {event.error_code}")
