"""The wire itself: bytes as they come, STARTTLS without injection, and nothing left behind."""

import asyncio
import gc
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from time import monotonic
from typing import ClassVar, Literal

import psutil
import pytest
import trustme
import uvloop

from probes.finding import Failed
from probes.notebook import Notebook
from probes.reason import Reason
from probes.tls import Secured
from probes.transcript import Transcript
from probes.wire import CHUNK_BYTES, Wire, open_wire, stage
from tests.probes.web import OK, look_web, reply, verdict, web

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Bare(Secured):
    """A target that only has an address."""

    summary: ClassVar[str] = "nothing"
    kind: Literal["bare"] = "bare"

    async def look(self, notes: Notebook) -> None:
        """See nothing."""


@pytest.fixture
def notes() -> Notebook:
    """An empty notebook."""
    return Notebook(Transcript(), monotonic())


@asynccontextmanager
async def wired(talk: Talk, notes: Notebook) -> AsyncIterator[Wire]:
    """A wire to a server that talks as told."""
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talk(reader, writer)
        writer.close()
        done.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_wire(Bare(name="b", component="b"), notes, "127.0.0.1", port) as wire:
            assert wire.address == f"127.0.0.1:{port}"
            yield wire
        await done.wait()


async def test_bytes_come_as_they_are_sent_until_the_end(notes: Notebook) -> None:
    """In chunks of at most 64 KiB, then ``b""``, and again."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(200_000))
        await writer.drain()

    heard = b""
    async with wired(talk, notes) as wire:
        await wire.send(b"x" * 200_000)
        while chunk := await wire.receive():
            assert len(chunk) <= CHUNK_BYTES
            heard += chunk
        assert await wire.receive() == b""
    assert heard == b"x" * 200_000
    assert list(notes.phases) == ["resolve", "connect"]
    assert notes.transcript.lines()[0].text.startswith(f"connected to {wire.address} in ")


async def test_what_was_given_back_comes_first(notes: Notebook) -> None:
    """The latest given back is the first received."""

    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")

    async with wired(talk, notes) as wire:
        wire.unread(await wire.receive())
        wire.unread(b"oh, ")
        assert await wire.receive() == b"oh, hello"


async def test_a_reset_is_a_closed_connection(notes: Notebook) -> None:
    """What the server said before it is heard; sending into it raises nothing, since the next receive tells."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"last words")
        await reader.read(1)
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async with wired(talk, notes) as wire:
        assert await wire.receive() == b"last words"
        await wire.send(b"x")
        with pytest.raises(Failed) as found:
            await wire.receive()
        await wire.send(b"x" * 1_000_000)
    assert found.value.reason is Reason.CONNECTION_CLOSED


@pytest.mark.parametrize("late", [False, True], ids=["read", "on the way"])
async def test_plain_text_before_encryption_is_an_injection(notes: Notebook, *, late: bool) -> None:
    """Whether we have read it, or it still waits in the kernel (CVE-2011-0411)."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 go\r\n")
        await reader.readexactly(2)
        writer.write(b"250 injected\r\n")
        await writer.drain()
        await reader.read(1)

    async with wired(talk, notes) as wire:
        assert await wire.receive() == b"220 go\r\n"
        await wire.send(b"ok")
        if late:
            async with asyncio.timeout(5):
                while not wire._waiting():
                    await asyncio.sleep(0.001)
        else:
            wire.unread(await wire.receive())
        with pytest.raises(Failed) as found:
            await wire.start_tls(Bare(name="b", component="b"), notes, "localhost")
        await wire.send(b"!")
    assert found.value.reason is Reason.STARTTLS_INJECTION


async def test_a_stage_has_its_own_limit(notes: Notebook) -> None:
    """A silent stage ends with its own reason, before the whole look would."""

    async def talk(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with wired(talk, notes) as wire:
        with pytest.raises(Failed) as found:
            async with stage(notes, "greeting", silence=Reason.GREETING_TIMEOUT, limit_s=0.05):
                await wire.receive()
    assert found.value.reason is Reason.GREETING_TIMEOUT
    assert 0.04 < notes.phases["greeting"] < 5


async def test_a_flood_does_not_keep_others_from_their_turn() -> None:
    """While one server pours, another is looked at without delay."""

    async def pour(_asked: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * CHUNK_BYTES)
            await writer.drain()

    async with web(pour) as flood, web(reply()) as site, asyncio.TaskGroup() as group:
        task = group.create_task(look_web(flood.url(), max_body="64MiB"))
        result = await look_web(site.url())
        task.cancel()
    assert verdict(result) == OK
    assert result.duration_s < 2  # the flood alone lasts longer where the machine is busy


async def test_silent_servers_do_not_delay_a_healthy_one() -> None:
    """Two hundred looks that wait cost a healthy target less than 50 ms."""

    async def hold(_asked: object, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with web(hold) as silent, web(reply()) as site, asyncio.TaskGroup() as group:
        waiting = [group.create_task(look_web(silent.url(), timeout="10s")) for _ in range(200)]
        async with asyncio.timeout(5):
            while len(silent.asked) < len(waiting):
                await asyncio.sleep(0.01)
        results = [await look_web(site.url()) for _ in range(21)]
        for task in waiting:
            task.cancel()
        alone = [await look_web(site.url()) for _ in range(21)]
    assert {verdict(result) for result in results} == {OK}
    assert median(result.duration_s for result in results) < median(result.duration_s for result in alone) + 0.05


def sockets() -> int:
    """How many sockets this process holds."""
    gc.collect()
    return psutil.Process().num_fds()


async def test_a_look_leaves_no_socket_behind() -> None:
    """However it ended: well, refused, cut short or cancelled."""
    async with web({"/": reply(), "/cut": b"HTTP/1.1 200 OK\r\nContent-Le"}) as site:
        before = sockets()
        for path in ("/", "/cut", "/none"):
            await look_web(site.url(path))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(look_web(site.url()), 0)
        async with asyncio.timeout(5):
            while sockets() > before:  # the server's own ends close in their own time
                await asyncio.sleep(0.01)


def test_everything_works_on_uvloop_too(authority: trustme.CA, authority_file: Path) -> None:
    """The faster loop gives the same answers."""

    async def look() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        async with web(reply("hello"), context) as site:
            result = await look_web(site.url(), tls={"ca_file": authority_file}, body_must_match="hello")
        assert verdict(result) == OK, result.detail
        assert 0 < result.phases["connect"] < result.duration_s

    uvloop.run(look())
