"""What a look by ping says, on loopback and over a socket whose other end is ours."""

import asyncio
import socket
import struct
from collections.abc import Iterator

import pytest

from probes.finding import Failed
from probes.icmp import Icmp
from probes.look import Outcome, Reason, Result, look
from probes.ping import Ping
from tests.probes.pinging import may_ping

REPLY = 0


async def look_icmp(host: str, **options: object) -> Result:
    """One look."""
    return await look(Icmp(**{"name": "router", "component": "network", "host": host, "timeout": 2.0, **options}))


@pytest.mark.parametrize(
    ("host", "family", "protocol"),
    [
        ("127.0.0.1", socket.AF_INET, socket.IPPROTO_ICMP),
        ("::1", socket.AF_INET6, socket.IPPROTO_ICMPV6),
    ],
)
async def test_loopback_answers(host: str, family: int, protocol: int) -> None:
    """The first ping is answered, with its time and its hop limit; where we may not ping, we could not tell."""
    result = await look_icmp(host)
    if not may_ping(family, protocol):
        assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.BROKEN)
        return
    assert result.outcome is Outcome.OK, result.detail
    assert list(result.phases) == ["resolve", "setup", "rtt"]
    assert (result.numbers["sent"], result.numbers["lost"], result.numbers["hop_limit"]) == (1, 0, 64)


async def test_a_process_that_may_not_ping_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is our own fault, and the sentence says how to mend it."""

    class Forbidding(socket.socket):
        def __init__(self, family: int = -1, kind: int = -1, proto: int = -1, fileno: int | None = None) -> None:
            if proto in {socket.IPPROTO_ICMP, socket.IPPROTO_ICMPV6}:
                raise PermissionError
            super().__init__(family, kind, proto, fileno)

    monkeypatch.setattr(socket, "socket", Forbidding)
    result = await look_icmp("127.0.0.1")
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.BROKEN)
    assert "ping_group_range" in result.detail


@pytest.fixture
def ends() -> Iterator[tuple[Ping, socket.socket]]:
    """A ping, and the end of its socket where a host would be."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.settimeout(0)
    with ours, theirs:
        yield Ping(ours, socket.AF_INET), theirs


def answered(request: bytes) -> bytes:
    """The reply to a request."""
    return bytes([REPLY]) + request[1:]


async def test_a_late_reply_counts_for_the_request_it_answers(ends: tuple[Ping, socket.socket]) -> None:
    """The first of three requests is answered after the third went out."""
    ping, host = ends
    for _ in range(3):
        ping.send()
    first = host.recv(2048)
    await asyncio.sleep(0.01)
    host.send(answered(first))
    assert await ping.reply() >= 0.01


async def test_the_checksum_adds_up(ends: tuple[Ping, socket.socket]) -> None:
    """All words of a request sum up to nothing but ones (RFC 1071)."""
    ping, host = ends
    ping.send()
    total = sum(word for (word,) in struct.iter_unpack("!H", host.recv(2048)))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    assert total == 0xFFFF


@pytest.mark.parametrize("spoil", [0, 7, 8, 23])
async def test_what_is_no_reply_of_ours_is_passed_over(spoil: int, ends: tuple[Ping, socket.socket]) -> None:
    """Another type, number or token, half a packet, none at all: the next one counts."""
    ping, host = ends
    ping.send()
    reply = answered(host.recv(2048))
    wrong = reply[:spoil] + bytes([reply[spoil] ^ 0x55]) + reply[spoil + 1 :]
    for packet in (wrong, reply[:-1], b"", reply + b"x", reply):
        host.send(packet)
    assert await ping.reply() < 1


async def test_a_flood_ends(ends: tuple[Ping, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends without end is not listened to without end."""
    monkeypatch.setattr("probes.ping.PACKETS_MAX", 8)
    ping, host = ends
    ping.send()
    for _ in range(8):
        host.send(b"flood")
    with pytest.raises(Failed) as found:
        await ping.reply()
    assert found.value.reason is Reason.PROTOCOL


async def test_silence_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """No ping of three was answered: in time, and counted."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.settimeout(0)
    monkeypatch.setattr("probes.icmp.opened", lambda _: ours)
    result = await look_icmp("127.0.0.1", timeout=0.3)
    theirs.close()
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.TIMEOUT)
    assert result.detail == "127.0.0.1 answered none of 3 pings"
    assert (result.numbers["sent"], result.numbers["lost"]) == (3, 3)
