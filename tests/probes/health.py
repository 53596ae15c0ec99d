"""A gRPC server with the health service, as far as one call goes."""

from collections.abc import Awaitable, Callable

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

from tests.probes.lines import Visitor

SERVING = b"\0\0\0\0\2\x08\x01"
NOT_SERVING = b"\0\0\0\0\2\x08\x02"


async def heard(visitor: Visitor) -> tuple[H2Connection, dict[str, str], bytes]:
    """One whole call: its connection, headers and message. The server greets first, which some clients wait for."""
    http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    http.initiate_connection()
    visitor.writer.write(http.data_to_send())
    headers: dict[str, str] = {}
    body = b""
    while True:
        data = await visitor.reader.read(65536)
        if not data:
            raise EOFError
        for event in http.receive_data(data):
            if isinstance(event, RequestReceived):
                headers = {str(name): str(value) for name, value in event.headers or ()}
            elif isinstance(event, DataReceived):
                body += event.data or b""
            elif isinstance(event, StreamEnded):
                return http, headers, body


def answer(http: H2Connection, body: bytes, *, http_status: int = 200, code: str = "0", message: str = "") -> bytes:
    """An answer on the wire: headers, a message and trailers; with no message only trailers."""
    first = [(":status", str(http_status)), ("content-type", "application/grpc")]
    last = [("grpc-status", code), ("grpc-message", message)]
    if body:
        http.send_headers(1, first)
        http.send_data(1, body)
        http.send_headers(1, last, end_stream=True)
    else:
        http.send_headers(1, first + last, end_stream=True)
    return http.data_to_send()


def answering(body: bytes, **how: object) -> Callable[[Visitor], Awaitable[None]]:
    """A server that gives this answer."""

    async def script(visitor: Visitor) -> None:
        http, headers, message = await heard(visitor)
        visitor.heard += [headers[":path"].encode(), message]
        visitor.writer.write(answer(http, body, **how))  # type: ignore[arg-type]
        await visitor.writer.drain()
        await visitor.stay_silent()

    return script
