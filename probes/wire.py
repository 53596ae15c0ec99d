"""The wire that all kinds look through: resolve, connect (RFC 8305), TLS; phases timed, bytes bounded."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from probes.finding import Failed
from probes.notebook import Notebook
from probes.reason import Reason
from probes.target import Target
from probes.tls import Secured

CHUNK_BYTES: Final = 65536


@asynccontextmanager
async def stage(
    notes: Notebook, name: str, *, silence: Reason = Reason.TIMEOUT, limit_s: float | None = None
) -> AsyncIterator[None]:
    """Time one stage as a phase, and end it with ``Failed(silence)`` after ``limit_s`` (``target.stage_timeout``)."""
    with notes.phase(name, silence=silence):
        try:
            async with asyncio.timeout(limit_s):
                yield
        except TimeoutError as error:
            raise Failed(silence, f"no answer within {limit_s:g} s (stage: {name})") from error


class Wire:
    """A connection. It holds no more than one chunk of what the other side sends, so a flood stays in the kernel."""

    address: str
    """The address that answered, such as ``127.0.0.1:25`` or ``[::1]:25``."""

    encrypted: bool
    """Whether TLS stands."""

    def __init__(self, sock: socket.socket, address: str) -> None:
        """Take over a connected socket."""

    async def send(self, data: bytes) -> None:
        """Send all of it. A connection lost meanwhile is told by the next ``receive``: the other side may have
        said why before it left."""

    async def receive(self) -> bytes:
        """The next bytes, at most 64 KiB; ``b""`` at the end of the stream.

        Raises Failed: ``connection_closed`` when the connection was reset; ``tls_client_cert`` or ``tls_handshake``
        when the other side ended TLS with an alert (in TLS 1.3 a refused client certificate shows only here).
        """

    def unread(self, data: bytes) -> None:
        """Give bytes back; the next ``receive`` returns them first. Do this before ``start_tls`` with what is left."""

    async def start_tls(self, target: Secured, notes: Notebook, server_name: str) -> None:
        """Upgrade to TLS (phase ``tls``), after STARTTLS was answered. ``server_name`` is the host looked at;
        ``target.tls.server_name`` goes before it.

        Raises Failed: ``starttls_injection`` if anything is left unread, the ``tls_*`` and ``cert_*`` reasons.
        """

    def close(self) -> None:
        """Close at once; the socket is gone when this returns. Closing twice is no error."""


@asynccontextmanager
async def open_wire(target: Target, notes: Notebook, host: str, port: int) -> AsyncIterator[Wire]:
    """Resolve and connect (phases ``resolve`` and ``connect``), and close the wire in every case.

    For implicit TLS call ``wire.start_tls`` first thing. ``target`` gives ip_family, connect_to and stage_timeout.
    Raises Failed: ``dns_*``, ``connect_*``, ``unreachable``; Unknown when the fault is our own.
    """
    yield Wire(socket.socket(), "")
