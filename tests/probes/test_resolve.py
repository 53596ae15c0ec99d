"""From names to addresses: each answer of the resolver has its reason, and our own fault is never the target's."""

import asyncio
import socket
import threading

import pytest

from probes.finding import Failed, Finding, Outcome, Unknown
from probes.reason import Reason
from probes.resolve import LOOKUPS_MAX, resolve
from tests.probes.web import look_web


@pytest.mark.parametrize(
    ("host", "written"), [("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("fe80::1%lo", "[fe80::1%lo]:80")]
)
async def test_an_address_needs_no_resolver(host: str, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A literal is its own answer, whatever state DNS is in."""
    monkeypatch.setattr(socket, "getaddrinfo", None)
    assert [str(address) for address in await resolve(host, 80)] == [written]


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", "6"), ("::1", "4")])
async def test_an_address_of_the_other_family_is_none(host: str, family: str) -> None:
    """``ip_family`` counts for literals too."""
    with pytest.raises(Failed) as found:
        await resolve(host, 80, family)
    assert found.value.reason is Reason.DNS_NO_ADDRESS


async def test_a_name_without_an_address_of_the_wanted_family_exists_nevertheless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Some resolvers say "no such name" when they mean "no such address"."""

    def only_ipv4(_host: str, _port: int, family: int, *_: object) -> list[object]:
        if family == socket.AF_INET6:
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", only_ipv4)
    assert len(await resolve("www.example.com", 80, "4")) == 1
    with pytest.raises(Failed) as found:
        await resolve("www.example.com", 80, "6")
    assert found.value.reason is Reason.DNS_NO_ADDRESS


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (socket.EAI_NONAME, Failed, Reason.DNS_NXDOMAIN),
        (socket.EAI_AGAIN, Failed, Reason.DNS_TIMEOUT),
        (socket.EAI_NODATA, Failed, Reason.DNS_NO_ADDRESS),
        (socket.EAI_ADDRFAMILY, Failed, Reason.DNS_NO_ADDRESS),
        (socket.EAI_FAIL, Failed, Reason.DNS_FAILED),
        (socket.EAI_SYSTEM, Unknown, Reason.BROKEN),
        (socket.EAI_MEMORY, Unknown, Reason.BROKEN),
    ],
)
async def test_each_answer_of_the_resolver_has_its_reason(
    code: int, kind: type[Finding], reason: Reason, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NXDOMAIN and a silent resolver differ, and so does a machine of ours that cannot ask."""

    def fail(*_args: object) -> None:
        raise socket.gaierror(code, "as the C library says")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(kind) as found:
        await resolve("www.example.com", 80)
    assert found.value.reason is reason


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "two..dots.example", "nul\0.example"])
async def test_a_name_that_is_none_is_told(host: str) -> None:
    """It cannot even be asked for."""
    with pytest.raises(Failed) as found:
        await resolve(host, 80)
    assert found.value.reason is Reason.DNS_FAILED


async def test_a_resolver_that_hangs_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiting look-up ends with its look, and the next name is resolved at once."""
    release = threading.Event()

    def hang(host: str, *_args: object) -> list[object]:
        if host == "slow.example":
            release.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))]

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    async with asyncio.TaskGroup() as group:
        slow = [group.create_task(look_web("http://slow.example/", timeout="200ms")) for _ in range(50)]
        await asyncio.wait_for(resolve("quick.example", 80), 1)
    release.set()
    assert {task.result().reason for task in slow} == {Reason.DNS_TIMEOUT}
    assert max(task.result().duration_s for task in slow) < 0.7


async def test_a_resolver_that_answers_nothing_at_all_is_our_own_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of look-ups without an answer say something about our own line, and threads have a limit."""
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args: release.wait(10) or [])
    waiting = [asyncio.ensure_future(resolve("www.example.com", 80)) for _ in range(LOOKUPS_MAX)]
    await asyncio.sleep(0)
    result = await look_web("http://www.example.com/")
    release.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.ISOLATED)
