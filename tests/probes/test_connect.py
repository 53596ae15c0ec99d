"""Connecting: who answers first wins, every address that failed is told, and our own limits are our own."""

import asyncio
import errno
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from probes.address import Address
from probes.connect import connect
from probes.finding import Failed, Finding, Unknown
from probes.look import Outcome, Reason
from probes.notebook import Notebook
from probes.transcript import Transcript
from tests.probes.web import OK, failed, look_web, reply, verdict, web


@contextmanager
def listening(host: str, *, full: bool = False) -> Iterator[Address]:
    """A socket that listens; a full one has no room for another connection, so that an attempt stays unanswered."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as server:
        server.bind((host, 0))
        server.listen(0 if full else 5)
        address = Address(family, server.getsockname())
        fillers = []
        while full:
            filler = socket.socket(family)
            filler.settimeout(0.2)
            fillers.append(filler)
            try:
                filler.connect(address.sockaddr)
            except TimeoutError:
                break
        yield address
        for filler in fillers:
            filler.close()


def closed(host: str = "127.0.0.1") -> Address:
    """An address where nobody listens."""
    with listening(host) as address:
        return address


@pytest.fixture
def notes() -> Notebook:
    """An empty notebook."""
    return Notebook(Transcript(), 0.0)


def told(notes: Notebook) -> list[str]:
    """The transcript's texts."""
    return [line.text for line in notes.transcript.lines()]


async def test_a_refused_address_makes_way_for_the_next_at_once(notes: Notebook) -> None:
    """A dead IPv6 address costs no time, and is told."""
    dead = closed("::1")
    with listening("127.0.0.1") as alive:
        async with asyncio.timeout(0.2):
            sock, address = await connect([dead, alive], notes)
        sock.close()
    assert address == alive
    assert told(notes) == [f"{dead} did not connect: connection refused"]


async def test_a_silent_address_gets_a_head_start_and_no_more(notes: Notebook) -> None:
    """After a quarter of a second the next address is tried beside it (RFC 8305, section 5)."""
    began = asyncio.get_running_loop().time()
    with listening("127.0.0.1", full=True) as silent, listening("127.0.0.1") as alive:
        began = asyncio.get_running_loop().time()
        sock, address = await connect([silent, alive], notes)
        sock.close()
    assert address == alive
    assert 0.2 < asyncio.get_running_loop().time() - began < 10  # the kernel would try for two minutes
    assert told(notes) == [f"{silent} had not answered yet"]


async def test_the_most_telling_failure_is_told(notes: Notebook) -> None:
    """Of several, a refusal says most about the target, and all stand in the transcript."""
    first, second = closed("::1"), closed("127.0.0.1")
    with pytest.raises(Failed) as found:
        await connect([first, second], notes)
    assert found.value.reason is Reason.CONNECT_REFUSED
    assert "none of 2 addresses" in found.value.detail
    assert len(told(notes)) == 2


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (errno.ECONNREFUSED, Failed, Reason.CONNECT_REFUSED),
        (errno.ETIMEDOUT, Failed, Reason.CONNECT_TIMEOUT),
        (errno.EHOSTUNREACH, Failed, Reason.UNREACHABLE),
        (errno.ENETUNREACH, Unknown, Reason.UNREACHABLE),
        (errno.EADDRNOTAVAIL, Unknown, Reason.BROKEN),
        (errno.ENETDOWN, Unknown, Reason.ISOLATED),
        (errno.EPERM, Unknown, Reason.BROKEN),
    ],
)
async def test_each_refusal_of_the_kernel_has_its_reason(
    code: int, kind: type[Finding], reason: Reason, notes: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No route of our own, no port of our own: we could not tell."""
    monkeypatch.setattr(socket.socket, "connect_ex", lambda *_args: code, raising=False)
    with pytest.raises(kind) as found:
        await connect([Address(socket.AF_INET, ("127.0.0.1", 9))], notes)
    assert found.value.reason is reason


async def test_a_closed_port_is_refused_at_once() -> None:
    """Nobody waits for a timeout."""
    results = [await look_web(f"http://{closed()}/") for _ in range(5)]
    assert {verdict(result) for result in results} == {failed(Reason.CONNECT_REFUSED)}
    assert min(result.duration_s for result in results) < 0.1


async def test_a_connection_that_is_not_accepted_is_a_connect_timeout() -> None:
    """The deadline strikes while connecting, and the reason says so."""
    with listening("127.0.0.1", full=True) as silent:
        result = await look_web(f"http://{silent}/", timeout="300ms")
        staged = await look_web(f"http://{silent}/", stage_timeout="200ms")
    assert verdict(result) == failed(Reason.CONNECT_TIMEOUT)
    assert result.duration_s < 0.8
    assert verdict(staged) == failed(Reason.CONNECT_TIMEOUT)
    assert any("had not answered" in line.text for line in result.evidence)


@pytest.mark.parametrize(("family", "host"), [("4", "127.0.0.1"), ("6", "::1"), ("any", "127.0.0.1"), ("any", "::1")])
async def test_the_wanted_family_is_used(family: str, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a name with addresses of both, only the wanted ones are tried, and the number tells which it was."""
    known = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}

    def both(_host: str, port: int, wanted: int, *_: object) -> list[object]:
        return [(one, 1, 6, "", (known[one], port)) for one in known if wanted in {socket.AF_UNSPEC, one}]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    async with web(reply(), host=host) as site:
        result = await look_web(site.url(host="dual.example"), ip_family=family)
        other = await look_web(site.url(host="dual.example"), ip_family="6" if host == "127.0.0.1" else "4")
    assert verdict(result) == OK
    assert result.numbers["ip_protocol"] == (6 if ":" in host else 4)
    assert verdict(other) == failed(Reason.CONNECT_REFUSED)
    assert "ip_protocol" not in other.numbers


async def test_running_out_of_our_own_files_is_not_the_targets_fault() -> None:
    """EMFILE is ``unknown``."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken: list[socket.socket] = []
    async with web(reply()) as site:
        try:
            with socket.socket() as last:
                resource.setrlimit(resource.RLIMIT_NOFILE, (last.fileno() + 10, hard))
            with suppress(OSError):
                while True:
                    taken.append(socket.socket())
            result = await look_web(site.url())
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for one in taken:
                one.close()
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.BROKEN)
