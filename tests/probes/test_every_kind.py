"""What holds for every kind that there is: any stream ends in time and in a verdict, and the silent hold up nobody."""

import asyncio
import gc
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from probes.kinds import KINDS, Kind
from probes.look import Outcome, Reason, Result, Target, look

TIMEOUT_S = 0.6
GROWTH_BYTES_MAX = 16 * 2**20

SIGN_IN = {"username": "probe", "password": "correct horse"}
MAIL = {"host": "127.0.0.1", "tls_mode": "none", **SIGN_IN}
TALK = {"host": "127.0.0.1", "dialogue": [{"expect": "PING (.*)"}, {"send": r"PONG \1"}, {"expect": "welcome"}]}
WAY = {"mail_from": "a@x.test", "mail_to": "b@x.test", "deliver_warn": "200ms", "deliver_fail": "300ms"}

# How each kind is pointed at a server of ours. The last ones hear no stream.
AIMS: dict[str, Callable[[int], dict[str, object]]] = {
    "dns": lambda port: {"server": f"127.0.0.1:{port}", "query": "x.test"},
    "grpc": lambda port: {"host": "127.0.0.1", "port": port},
    "http": lambda port: {
        "url": f"http://127.0.0.1:{port}/",
        "max_body": "64KiB",
        "json": [{"path": "$", "exists": True}],
    },
    "imap": lambda port: {**MAIL, "port": port},
    "pop3": lambda port: {**MAIL, "port": port},
    "roundtrip": lambda port: {
        "smtp": {**MAIL, "port": port},
        "imap": {**MAIL, "port": port},
        **WAY,
        "timeout": "100ms",
    },
    "smtp": lambda port: {**MAIL, "port": port, "mail_from": "a@x.test", "rcpt_to": "b@x.test"},
    "tcp": lambda port: {**TALK, "port": port},
    "websocket": lambda port: {"url": f"ws://127.0.0.1:{port}/", "dialogue": TALK["dialogue"]},
}
DEAF = {"heartbeat", "icmp"}

PIECES = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"\x81\x07PING 47\x89\x01x\x88\x00",
    b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64",
    b"220 x ESMTP\r\n250-x\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n",
    b"354 go on\r\n250 2.0.0 queued\r\n221 bye\r\n",
    b"* OK x\r\n* CAPABILITY IMAP4rev1 IDLE\r\na1 OK\r\na2 OK\r\n* 5 EXISTS\r\na3 OK\r\n",
    b"* LIST (\\Junk) {3}\r\nabc\r\n* SEARCH 1 2\r\n+ idling\r\n* 1 FETCH (BODY[] {5}\r\nhello)\r\n",
    b"+OK x\r\n+OK\r\nUSER\r\n.\r\n+OK\r\n+OK 3 1200\r\n",
    b"\x00\x2a\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x01x\x04test\x00\x00\x01\x00\x01\xc0\x0c",
    b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03",
    b"PING 1\r\nwelcome\r\n",
    b"421 4.3.2 \x1b[31mshutting down\r\n",
    b"x" * 70_000,
]

streams = st.lists(st.sampled_from(PIECES) | st.binary(max_size=60), max_size=8).map(b"".join)
talks = st.lists(st.tuples(streams, st.integers(0, 6), st.booleans()), min_size=12, max_size=12)


def aimed(kind: str, port: int, **options: object) -> Target:
    """A target of this kind at a port of ours."""
    common: dict[str, Any] = {"kind": kind, "name": "any", "component": "any", "timeout": f"{int(TIMEOUT_S * 1000)}ms"}
    return TypeAdapter(Kind).validate_python({**common, **AIMS[kind](port), **options})


class Datagrams(asyncio.DatagramProtocol):
    """Answers each question with its number and the stream, or never."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self._stream:
            self._transport.sendto(data[:2] + self._stream[:1200], addr)  # type: ignore[attr-defined] # it is one


@asynccontextmanager
async def saying(stream: bytes, cuts: int = 0, *, closes: bool = False) -> AsyncIterator[int]:
    """A server, over TCP and UDP, that says this in so many pieces with pauses, and then closes or is silent."""
    visits: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.add(asyncio.current_task())
        size = len(stream) // (cuts + 1) + 1
        try:
            for start in range(0, len(stream), size):
                writer.write(stream[start : start + size])
                await writer.drain()
                await asyncio.sleep(0.01 * bool(cuts))
            while not closes and await reader.read(65536):
                pass
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port: int = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: Datagrams(stream), local_addr=("127.0.0.1", port))
        yield port
        transport.close()
        server.close()
        await asyncio.wait_for(asyncio.gather(*filter(None, visits)), 10)  # they end when our sockets are closed


async def look_at(kind: str, stream: bytes, cuts: int, *, closes: bool) -> tuple[Target, Result]:
    """One look at one such server."""
    async with saying(stream, cuts, closes=closes) as port:
        target = aimed(kind, port)
        return target, await look(target)


async def look_at_all(kind: str, drawn: Iterable[tuple[bytes, int, bool]]) -> list[tuple[Target, Result]]:
    """A look at each, all at once; afterwards no task is left but ours."""
    results = await asyncio.gather(*(look_at(kind, stream, cuts, closes=closes) for stream, cuts, closes in drawn))
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return results


def test_each_kind_that_hears_a_stream_is_among_these() -> None:
    """A new kind is aimed here too, or it is said that it hears nothing."""
    assert {kind.model_fields["kind"].default for kind in KINDS} <= AIMS.keys() | DEAF


KIND = pytest.mark.parametrize("kind", sorted({kind.model_fields["kind"].default for kind in KINDS} - DEAF))


@KIND
def test_any_stream_at_any_speed_ends_in_a_verdict(kind: str) -> None:
    """In time and half a second, with a closed reason and harmless words; no task, socket or memory is left."""
    asyncio.run(look_at_all(kind, [(b"", 0, True)]))  # what is made once is made now
    mine = psutil.Process()

    @settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(talks)
    def hold(drawn: list[tuple[bytes, int, bool]]) -> None:
        for target, result in asyncio.run(look_at_all(kind, drawn)):
            assert result.duration_s < target.longest_s + 0.5
            assert (result.reason is None) == (result.outcome is Outcome.OK)
            assert result.reason in {None, *Reason} - {Reason.BROKEN}, result.detail
            assert not re.search(r"[\x00-\x1f\x7f]", result.detail + "".join(line.text for line in result.evidence))
            assert bool(result.detail) == (result.outcome is not Outcome.OK), "a sentence for each reason"

    gc.collect()
    sockets, memory = len(mine.net_connections()), mine.memory_info().rss
    hold()
    gc.collect()
    assert len(mine.net_connections()) <= sockets
    assert mine.memory_info().rss - memory < GROWTH_BYTES_MAX


@KIND
async def test_two_hundred_silent_servers_hold_up_nobody(kind: str) -> None:
    """A healthy look among them takes as long as alone, and 50 ms at most."""
    async with saying(b"") as silent, saying(b"PING 1\r\nwelcome\r\n") as healthy:
        well = aimed("tcp", healthy, timeout="30s")
        alone = [(await look(well)) for _ in range(15)]
        stuck = aimed(kind, silent, timeout="30s")
        waiting = [asyncio.ensure_future(look(stuck)) for _ in range(200)]
        await asyncio.sleep(0)
        await look(well)  # by the end of it the others have begun to wait
        among = [(await look(well)) for _ in range(15)]
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert {result.outcome for result in (*alone, *among)} == {Outcome.OK}
    assert median(one.duration_s for one in among) < median(one.duration_s for one in alone) + 0.05
