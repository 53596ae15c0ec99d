"""Ask a name server: by UDP and again if nothing comes, by TCP if the answer does not fit (RFC 1035, RFC 7766)."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from dns.exception import DNSException
from dns.flags import TC
from dns.message import Message, QueryMessage, from_wire, make_query
from dns.name import Name
from dns.rcode import Rcode
from dns.rdatatype import RdataType

from probes.address import Address
from probes.finding import Failed
from probes.ready import readable
from probes.reason import Reason

DNS_PORT: Final = 53
AGAIN_S: Final = 2.0
DATAGRAM_BYTES: Final = 65535
DATAGRAMS_MAX: Final = 256
EDNS_BYTES: Final = 1232  # what no network on the way needs to cut in pieces (DNS Flag Day 2020)

_NO_EDNS: Final = frozenset({Rcode.FORMERR, Rcode.NOTIMP})
_HEADER_BYTES: Final = 12


def question(name: Name | str, record: RdataType | str) -> QueryMessage:
    """What to ask, with an id that nobody can guess."""
    return make_query(name, record, use_edns=0, payload=EDNS_BYTES)


async def ask(server: Address, query: QueryMessage) -> Message:
    """The answer, for as long as it takes. Raises OSError if the server cannot be reached, Failed (``protocol``)."""
    with opened(server) as sock:
        return await ask_over(sock, server, query)


def opened(server: Address) -> socket.socket:
    """A socket for datagrams from and to this server alone. Raises OSError."""
    sock = socket.socket(server.family, socket.SOCK_DGRAM)
    try:
        sock.settimeout(0)
        sock.connect(server.sockaddr)
    except OSError:
        sock.close()
        raise
    return sock


async def ask_over(sock: socket.socket, server: Address, query: QueryMessage) -> Message:
    """The same over a socket that is open already; a server too old for EDNS is asked without it (RFC 6891)."""
    answer = await _ask_over(sock, server, query)
    if answer.rcode() in _NO_EDNS and answer.edns < 0:
        plain = make_query(query.question[0].name, query.question[0].rdtype)
        return await _ask_over(sock, server, plain)
    return answer


async def _ask_over(sock: socket.socket, server: Address, query: QueryMessage) -> Message:
    raw = query.to_wire()
    while True:
        sock.send(raw)
        try:
            async with asyncio.timeout(AGAIN_S):
                answer = await _datagram(sock, query)
        except TimeoutError:
            continue
        return await _by_tcp(server, query) if answer is None else answer


async def _datagram(sock: socket.socket, query: QueryMessage) -> Message | None:
    """The first datagram that answers the query; None if it was cut short. Strangers' guesses are passed over."""
    for _ in range(DATAGRAMS_MAX):
        while True:
            try:
                raw = sock.recv(DATAGRAM_BYTES)
                break
            except BlockingIOError:
                await readable(sock)
        if _is_for(query, raw):
            if raw[2] << 8 & TC:
                return None
            if (answer := _parsed(raw)).question == query.question or query.is_response(answer):
                return answer
    raise Failed(Reason.PROTOCOL, f"the name server sent {DATAGRAMS_MAX} datagrams, and none of them answers")


async def _by_tcp(server: Address, query: QueryMessage) -> Message:
    async with _stream(server) as (reader, writer):
        raw = query.to_wire()
        writer.write(len(raw).to_bytes(2) + raw)
        try:
            length = int.from_bytes(await reader.readexactly(2))
            answer = await reader.readexactly(length)
        except (EOFError, ConnectionError) as lost:
            raise Failed(
                Reason.CONNECTION_CLOSED, "the name server closed the TCP connection before its answer was complete"
            ) from lost
    if not _is_for(query, answer) or not query.is_response(parsed := _parsed(answer)):
        raise Failed(Reason.PROTOCOL, "the name server answered another question by TCP")
    return parsed


@asynccontextmanager
async def _stream(server: Address) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    host, port = server.sockaddr[:2]
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def _is_for(query: QueryMessage, raw: bytes) -> bool:
    return len(raw) >= _HEADER_BYTES and int.from_bytes(raw[:2]) == query.id and bool(raw[2] & 0x80)


def _parsed(raw: bytes) -> Message:
    try:
        return from_wire(raw)
    except (DNSException, ValueError) as error:
        raise Failed(Reason.PROTOCOL, f"the name server's answer is no DNS message: {error}") from error
