"""A name server on loopback whose answers a test decides, by UDP and by TCP on one port; and looks at it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from probes.dns import Dns
from probes.look import Result, look

Answer = Callable[[dns.message.Message], bytes | None]
"""Makes the bytes to send for a query; None is silence."""


def records(*lines: str, rcode: str = "NOERROR", additional: Sequence[str] = ()) -> Answer:
    """Answer with records such as ``www.example.test. 60 IN A 192.0.2.1``, of the type that is asked for."""

    def answer(query: dns.message.Message) -> bytes:
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.from_text(rcode))
        response.answer = [one for one in map(rrset, lines) if one.rdtype in {query.question[0].rdtype, 5}]
        response.additional = [rrset(line) for line in additional]
        return response.to_wire()

    return answer


def rrset(line: str) -> dns.rrset.RRset:
    """One record as a zone file has it."""
    name, ttl, *rest = line.split(" ", 4)
    return dns.rrset.from_text(name, int(ttl), *rest)


def cut_short(query: dns.message.Message) -> bytes:
    """Say that the answer does not fit into a datagram."""
    response = dns.message.make_response(query)
    response.flags |= dns.flags.TC
    return response.to_wire()


@dataclass(slots=True)
class NameServer:
    """Where it listens, and what it was asked by which transport."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer, answers: Sequence[Answer]) -> None:
        self._server = server
        self._answers = answers

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._server.asked.append("udp")
        for answer in self._answers:
            raw = answer(dns.message.from_wire(data))
            if raw is not None:
                self._transport.sendto(raw, addr)


@asynccontextmanager
async def name_server(*answers: Answer, by_tcp: Answer | None = None) -> AsyncIterator[NameServer]:
    """Serve: each datagram gets all the answers, each TCP query the one of ``by_tcp``."""
    server = NameServer()

    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(EOFError, ConnectionError, asyncio.CancelledError), closing(writer):
            server.asked.append("tcp")
            query = dns.message.from_wire(await reader.readexactly(int.from_bytes(await reader.readexactly(2))))
            raw = by_tcp(query) if by_tcp else None
            writer.write(len(raw).to_bytes(2) + raw if raw is not None else b"")
            await writer.drain()
            await reader.read()

    stream = await asyncio.start_server(welcome, "127.0.0.1", 0)
    server.port = stream.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Datagrams(server, answers), local_addr=("127.0.0.1", server.port)
    )
    try:
        yield server
    finally:
        transport.close()
        stream.close()
        await asyncio.sleep(0)  # the loop closes the socket in its next turn


async def look_dns(server: NameServer, /, **options: object) -> Result:
    """One look at a name server."""
    where = {"name": "names", "component": "names", "server": server.address, "query": "www.example.test"}
    return await look(Dns(**{**where, "timeout": 2.0, **options}))
