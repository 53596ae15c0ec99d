"""What a stranger names does not lead into our own network."""

import socket

import aiohttp
import pytest

from monitor.sending import public
from monitor.sending.public import Inward, PublicResolver, check, leads_out

PUBLIC = ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9"]
PRIVATE = [
    "0.0.0.0",  # noqa: S104 - an address that is refused
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reached(address: str) -> None:
    """Of both families."""
    assert leads_out(address, near=False)


@pytest.mark.parametrize("address", PRIVATE)
def test_no_other_address_is(address: str) -> None:
    """Private, link-local (where clouds keep their secrets), shared, documented, multicast; and what hides one."""
    assert not leads_out(address, near=False)


def test_this_machine_is_reached_only_where_it_may_be() -> None:
    """And what is near is this machine alone, not its network."""
    assert leads_out("127.0.0.1", near=True)
    assert leads_out("::ffff:127.0.0.1", near=True)
    assert not leads_out("192.168.1.1", near=True)


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("https://10.0.0.1/", False),
        ("https://[::1]/", False),
        ("https://[::ffff:a00:1]/", True),
        ("http://hooks.example.com/", False),
        ("http://hooks.example.com/", True),
        ("http://9.9.9.9/", True),
    ],
)
def test_a_written_address_is_judged_before_anything_is_sent(url: str, near: bool) -> None:  # noqa: FBT001 - a row
    """A number in the address never asks a resolver, so it is looked at itself; in clear only to this machine."""
    with pytest.raises(Inward):
        check(url, near=near)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A resolver of the system's that answers as told: the only part of DNS that a test cannot own."""
    told: dict[str, list[str]] = {}

    def lookup(host: str, port: int, *_: object, **__: object) -> list[object]:
        return [
            (
                socket.AF_INET6 if ":" in one else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (one, port, 0, 0) if ":" in one else (one, port),
            )
            for one in told[host]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return told


@pytest.mark.parametrize(
    "answers", [["10.0.0.1"], ["9.9.9.9", "10.0.0.1"], ["::1"], ["169.254.169.254"], ["127.0.0.1"]]
)
async def test_a_name_that_leads_inward_is_not_followed(names: dict[str, list[str]], answers: list[str]) -> None:
    """One private address among public ones is enough: a client may take any of them."""
    names["evil.test"] = answers
    with pytest.raises(Inward):
        await PublicResolver(near=False).resolve("evil.test", 443, socket.AF_UNSPEC)


async def test_a_name_that_changes_its_answer_gains_nothing(names: dict[str, list[str]]) -> None:
    """Each connection asks anew and goes where that answer says, so that there is no gap between check and use."""
    names["evil.test"] = ["9.9.9.9"]
    resolver = PublicResolver(near=False)
    assert [one["host"] for one in await resolver.resolve("evil.test", 443, socket.AF_UNSPEC)] == ["9.9.9.9"]
    names["evil.test"] = ["127.0.0.1"]
    async with aiohttp.ClientSession(connector=public.connector(ssl=False, near=False)) as session:
        with pytest.raises(aiohttp.ClientConnectorDNSError) as refused:
            await session.post("https://evil.test/", data=b"")
    assert isinstance(refused.value.os_error, Inward)
