"""What a look at a WebSocket says: the upgrade, and messages in frames of every sort."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NoReturn

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Pong,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

from probes.look import Outcome, Reason, Result, look
from probes.tls import Tls
from probes.websocket import Websocket
from tests.probes.lines import Server, Visitor, said, serving

P14 = [{"expect": "incoming_(test)"}, {"send": r"outgoing_\1"}, {"expect": "^passed$"}]
Play = Callable[["Peer"], Awaitable[None]]


class Peer:
    """The server's side of one WebSocket."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.socket = WSConnection(ConnectionType.SERVER)

    async def hear(self) -> Event:
        """The next thing that came; EOFError when the visitor is gone."""
        while True:
            for event in self.socket.events():
                return event
            data = await self.visitor.reader.read(65536)
            if not data:
                raise EOFError
            self.socket.receive_data(data)

    async def say(self, *events: Event) -> None:
        """Send each."""
        self.visitor.writer.write(b"".join(self.socket.send(event) for event in events))
        await self.visitor.writer.drain()


def upgraded(play: Play) -> Callable[[Visitor], Awaitable[None]]:
    """A script that upgrades and then plays."""

    async def script(visitor: Visitor) -> None:
        peer = Peer(visitor)
        assert isinstance(await peer.hear(), Request)
        await peer.say(AcceptConnection())
        await play(peer)

    return script


async def look_ws(server: Server, /, scheme: str = "ws", **options: object) -> Result:
    """One look."""
    where = {"name": "chat", "component": "chat", "url": f"{scheme}://localhost:{server.port}/chat?room=1"}
    return await look(Websocket(**{**where, "connect_to": "127.0.0.1", "timeout": 2.0, **options}))


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


def answers(last: str) -> Play:
    """The talk of P14, which ends with ``last``."""

    async def play(peer: Peer) -> None:
        await peer.say(TextMessage(data="incoming_test"))
        heard = await peer.hear()
        assert isinstance(heard, TextMessage)
        assert heard.data == "outgoing_test"
        await peer.say(TextMessage(data=last))
        assert isinstance(await peer.hear(), CloseConnection)

    return play


@pytest.mark.parametrize(("last", "expected"), [("passed", None), ("failed", Reason.BODY_MISMATCH)])
async def test_a_talk_in_messages(last: str, expected: Reason | None) -> None:
    """What was captured is sent back, and the last message decides; the upgrade stands in any case."""
    async with serving(upgraded(answers(last))) as server:
        result = await look_ws(server, dialogue=P14, timeout=0.5)
    assert verdict(result) == (Outcome.FAILED if expected else Outcome.OK, expected), result.detail
    assert (result.numbers["status_code"], result.numbers["upgraded"]) == (101, 1)
    assert "> outgoing_test" in said(result)
    assert "upgrade" in result.phases


async def test_another_status_is_no_upgrade() -> None:
    """A server that answers 403 is told with its status."""

    async def script(visitor: Visitor) -> None:
        peer = Peer(visitor)
        await peer.hear()
        await peer.say(RejectConnection(status_code=403, has_body=True), RejectData(data=b"no"))

    async with serving(script) as server:
        result = await look_ws(server)
    assert verdict(result) == (Outcome.FAILED, Reason.STATUS)
    assert (result.numbers["status_code"], result.numbers["upgraded"]) == (403, 0)
    assert "answered 403" in result.detail


async def test_tls_and_the_request(authority: trustme.CA, authority_file: Path) -> None:
    """With wss the upgrade is encrypted; path, query and host are those of the url."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    asked: list[Request] = []

    async def script(visitor: Visitor) -> None:
        peer = Peer(visitor)
        request = await peer.hear()
        assert isinstance(request, Request)
        asked.append(request)
        await peer.say(AcceptConnection())
        await peer.hear()

    async with serving(script, context) as server:
        result = await look_ws(server, scheme="wss", tls=Tls(ca_file=authority_file))
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert result.certificate is not None
    assert (asked[0].target, asked[0].host) == ("/chat?room=1", f"localhost:{server.port}")


async def test_pings_are_answered_and_fragments_joined() -> None:
    """A message may come in parts, as bytes, and with a ping in between."""

    async def play(peer: Peer) -> None:
        await peer.say(BytesMessage(data=b"hel", message_finished=False), Ping(payload=b"?"))
        assert isinstance(await peer.hear(), Pong)
        await peer.say(BytesMessage(data=b"lo"))
        await peer.hear()

    async with serving(upgraded(play)) as server:
        result = await look_ws(server, dialogue=[{"expect": "^hello$"}])
    assert verdict(result) == (Outcome.OK, None), result.detail


async def test_a_close_is_told_with_its_code() -> None:
    """What the server says when it leaves stands in the detail."""

    async def play(peer: Peer) -> None:
        await peer.say(CloseConnection(code=1013, reason="try later"))

    async with serving(upgraded(play)) as server:
        result = await look_ws(server, dialogue=[{"expect": "x"}])
    assert verdict(result) == (Outcome.FAILED, Reason.CONNECTION_CLOSED)
    assert "1013 'try later'" in result.detail


def flooding(*events: Event) -> Play:
    """Send these, and listen no more."""

    async def play(peer: Peer) -> None:
        await peer.say(*events)
        await peer.visitor.stay_silent()

    return play


@pytest.mark.parametrize(
    "play",
    [
        flooding(*[Ping(payload=b"")] * 2000),
        flooding(TextMessage(data="x" * 70_000)),
        flooding(*[TextMessage(data="x" * 1000, message_finished=False)] * 100),
        flooding(*[TextMessage(data="x")] * 2000),
    ],
)
async def test_a_flood_is_against_the_protocol(play: Play) -> None:
    """Neither endless pings nor an endless message keep us."""
    async with serving(upgraded(play)) as server:
        result = await look_ws(server, dialogue=[{"expect": "y"}])
    assert verdict(result) == (Outcome.FAILED, Reason.PROTOCOL), result


def streaming(cut: int, noise: bytes, *, silent: bool) -> Callable[[Visitor], Awaitable[None]]:
    """Send the good talk as far as ``cut``, then noise, then nothing or the end."""

    async def script(visitor: Visitor) -> None:
        peer = Peer(visitor)
        await peer.hear()
        parts = AcceptConnection(), TextMessage(data="hello"), Ping(payload=b"a"), CloseConnection(code=1000)
        stream = b"".join(peer.socket.send(part) for part in parts)
        visitor.writer.write(stream[:cut] + noise)
        await visitor.writer.drain()
        if not silent:
            visitor.writer.write_eof()
        await visitor.stay_silent()

    return script


class Stalls:
    """How long the event loop stood still in all, which is the machine's doing and not the probe's."""

    STEP_S = 0.005

    def __init__(self) -> None:
        self.total_s = 0.0
        self._woken_s = time.monotonic()

    async def measure(self) -> NoReturn:
        """Wake every few milliseconds, and add up by how much too late."""
        while True:
            await asyncio.sleep(self.STEP_S)
            self.sum_up()

    def sum_up(self) -> float:
        """All of it until now, the present stall too."""
        now_s = time.monotonic()
        self.total_s += max(0.0, now_s - self._woken_s - self.STEP_S)
        self._woken_s = now_s
        return self.total_s


@pytest.mark.parametrize("silent", [True, False])
async def test_a_stream_that_ends_anywhere_gives_a_reason(*, silent: bool) -> None:
    """At each byte the server may leave or fall silent, and the look ends in time, stalls of our own left out."""
    stalls = Stalls()

    async def once(cut: int) -> tuple[Result, float]:
        async with serving(streaming(cut, b"", silent=silent)) as server:
            before_s = stalls.sum_up()
            result = await look_ws(server, dialogue=[{"expect": "hello"}, {"expect": "more"}], timeout=0.2)
            return result, result.duration_s - (stalls.sum_up() - before_s)

    ticking = asyncio.create_task(stalls.measure())
    for first in range(0, 160, 16):  # few at a time, so that they wait for the server and not for one another
        for result, waited_s in await asyncio.gather(*map(once, range(first, first + 16))):
            assert result.outcome is Outcome.FAILED
            assert result.reason is not Reason.BROKEN
            assert waited_s < 0.3, result
    ticking.cancel()


@settings(max_examples=100, deadline=None)
@given(noise=st.binary(min_size=1, max_size=200), cut=st.integers(0, 150))
def test_noise_anywhere_gives_a_reason(noise: bytes, cut: int) -> None:
    """Random bytes in the answer or in a frame never find a bug of ours."""

    async def once() -> Result:
        async with serving(streaming(cut, noise, silent=False)) as server:
            return await look_ws(server, dialogue=[{"expect": "hello"}, {"expect": "more"}], timeout=0.3)

    result = asyncio.run(once())
    assert result.outcome is not Outcome.UNKNOWN, result


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "http://x.test/"}, "ws:// or wss://"),
        ({"url": "ws:///path"}, "name a host"),
        ({"dialogue": [{"starttls": True}]}, "no starttls"),
        ({"dialogue": [{"send": r"\1"}]}, "send refers to"),
    ],
)
def test_what_cannot_work_is_refused_at_load(options: dict[str, object], words: str) -> None:
    """Each mistake is an error of the config."""
    with pytest.raises(ValidationError, match=words):
        Websocket(**{"name": "x", "component": "x", "url": "ws://x.test", **options})


def test_secrets_in_the_query_are_masked() -> None:
    """As those of a web page are; a short value would mask innocent words."""
    url = "ws://x.test/?room=general&access_token=0123abcd&author=me"
    chat = Websocket(name="a", component="b", url=url, password="hunter2")
    assert set(chat.secrets()) == {"hunter2", "0123abcd"}
