"""What a look at a name server says: its code, its records, and whether it answers at all."""

import asyncio
import socket
import tomllib
from pathlib import Path

import dns.message
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from probes.dns import Dns
from probes.look import Outcome, Reason, Result, look
from tests.probes.names import Answer, cut_short, look_dns, name_server, records

A = "www.example.test. 3600 IN A 192.0.2.1"
A2 = "www.example.test. 3600 IN A 192.0.2.2"
BLOCKED = (Outcome.FAILED, Reason.DNS_ANSWER)
LISTED = "2.2.0.192.dnsbl.example.net. 60 IN A"
RECIPE = Path(__file__).parents[2] / "docs" / "config.md"
SOA = "example.test. 300 IN SOA ns.example.test. admin.example.test. 2026112201 7200 3600 1209600 300"


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


async def test_an_answer_is_counted_and_written_down() -> None:
    """Records are numbers and evidence, and three phases are timed."""
    async with name_server(records(A, A2)) as server:
        result = await look_dns(server)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert result.numbers["answer_rrs"] == 2
    assert result.numbers["query_succeeded"] == 1
    assert list(result.phases) == ["resolve", "connect", "request"]
    assert f"answer: {A}" in [line.text for line in result.evidence]


@pytest.mark.parametrize(
    ("answer", "options", "expected"),
    [
        (records(A, A2), {"expect_rcodes": ["SERVFAIL", "NXDOMAIN"]}, Reason.DNS_RCODE),
        (records(rcode="NXDOMAIN"), {"expect_rcodes": ["NXDOMAIN"]}, None),
        (records(rcode="SERVFAIL"), {}, Reason.DNS_RCODE),
        (records(A), {"answer_must_match": [".*3600.*"], "answer_must_not_match": [".*7200.*"]}, None),
        (records(A), {"answer_must_match": ["192.0.2.9$"]}, Reason.DNS_ANSWER),
        (records(A, A2), {"answer_must_not_match": ["192.0.2.2$"]}, Reason.DNS_ANSWER),
        (records(A), {"additional_must_match": ["x"]}, Reason.DNS_ANSWER),
        (records(A, additional=[A2]), {"additional_must_match": ["192.0.2.2"]}, None),
    ],
)
async def test_rules_for_the_code_and_the_records(
    answer: Answer, options: dict[str, object], expected: Reason | None
) -> None:
    """Each rule is kept or broken for its reason; a server that refuses has answered nevertheless."""
    async with name_server(answer) as server:
        result = await look_dns(server, **options)
    assert verdict(result) == (Outcome.FAILED if expected else Outcome.OK, expected), result.detail
    assert result.numbers["query_succeeded"] == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (records(f"{LISTED} 127.0.0.2"), BLOCKED),
        (records(f"{LISTED} 127.0.0.10", f"{LISTED} 127.0.0.4"), BLOCKED),
        (records(rcode="NXDOMAIN"), (Outcome.OK, None)),
        (records(f"{LISTED} 127.255.255.254"), (Outcome.OK, None)),
        (records(f"{LISTED} 127.0.0.1"), (Outcome.OK, None)),
        (records(f"{LISTED} 127.0.1.2"), (Outcome.OK, None)),
    ],
)
async def test_a_block_list_is_asked_as_the_documents_tell(
    answer: Answer, expected: tuple[Outcome, Reason | None]
) -> None:
    """Only 127.0.0.2 and above mean listed: a list that refuses our question, or is gone, accuses nobody."""
    recipe = tomllib.loads(RECIPE.read_text().partition("# Is our mail server on a block list?")[2].partition("```")[0])
    async with name_server(answer) as server:
        options = recipe["target"][0] | {"server": server.address}
        result = await look(Dns(**options))
    assert verdict(result) == expected, result.detail


async def test_the_serial_of_a_zone_is_a_number() -> None:
    """It tells a secondary that lags behind."""
    async with name_server(records(SOA)) as server:
        result = await look_dns(server, query="example.test", record="SOA")
    assert result.numbers["serial"] == 2026112201


async def test_what_does_not_fit_is_asked_for_by_tcp() -> None:
    """A truncated datagram is no answer."""
    async with name_server(cut_short, by_tcp=records(A)) as server:
        result = await look_dns(server)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert server.asked == ["udp", "tcp"]


async def test_a_server_without_edns_is_asked_without_it() -> None:
    """An old server that calls it a format error is not a broken one."""

    def old(query: dns.message.Message) -> bytes:
        if query.edns < 0:
            return records(A)(query) or b""
        return query.id.to_bytes(2) + bytes([0x80, 0x01]) + bytes(8)

    async with name_server(old) as server:
        result = await look_dns(server)
    assert verdict(result) == (Outcome.OK, None), result.detail


async def test_silence_is_a_timeout() -> None:
    """Nothing came: in time, and with the server's address."""
    async with name_server() as server:
        result = await look_dns(server, timeout=0.3)
    assert verdict(result) == (Outcome.FAILED, Reason.TIMEOUT)
    assert server.address in result.detail


async def test_a_lost_datagram_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One packet that the network lost is nobody's outage."""
    monkeypatch.setattr("probes.nameserver.AGAIN_S", 0.05)
    seen: list[int] = []

    def second_time(query: dns.message.Message) -> bytes | None:
        seen.append(query.id)
        return records(A)(query) if len(seen) > 1 else None

    async with name_server(second_time) as server:
        result = await look_dns(server)
    assert verdict(result) == (Outcome.OK, None), result.detail


async def test_a_closed_port_is_refused() -> None:
    """The kernel tells that nobody listens."""
    async with name_server() as server:
        pass
    result = await look_dns(server)
    assert verdict(result) == (Outcome.FAILED, Reason.CONNECT_REFUSED)


def strange_id(query: dns.message.Message) -> bytes:
    """An answer with an id that is not ours."""
    raw = bytearray(records(A)(query) or b"")
    raw[0] ^= 1
    return bytes(raw)


def strange_question(query: dns.message.Message) -> bytes:
    """An answer to another question under our id."""
    other = dns.message.make_query("bank.example.test", "A", id=query.id)
    return dns.message.make_response(other).to_wire()


async def test_strangers_answers_are_passed_over() -> None:
    """Guesses of somebody who cannot see our query do not count."""
    async with name_server(strange_id, strange_question, records(A)) as server:
        result = await look_dns(server, answer_must_match=["192.0.2.1"])
    assert verdict(result) == (Outcome.OK, None), result.detail


async def test_a_flood_of_strangers_ends() -> None:
    """Nobody can keep us reading for ever."""
    async with name_server(*[strange_id] * 300) as server:
        result = await look_dns(server)
    assert result.outcome is Outcome.FAILED
    assert result.reason in {Reason.PROTOCOL, Reason.TIMEOUT}


@pytest.mark.parametrize("cut", range(60))
async def test_an_answer_cut_anywhere_gives_a_reason(cut: int) -> None:
    """By UDP as by TCP, half a message is none."""
    async with name_server(lambda query: (records(A)(query) or b"")[:cut]) as server:
        by_udp = await look_dns(server, timeout=0.1)
    async with name_server(cut_short, by_tcp=lambda query: (records(A)(query) or b"")[:cut]) as server:
        by_tcp = await look_dns(server, timeout=0.1)
    for result in (by_udp, by_tcp):
        assert result.outcome is not Outcome.UNKNOWN, result
        assert result.duration_s < 0.6


@settings(max_examples=100, deadline=None)
@given(noise=st.binary(max_size=200), at=st.integers(2, 60))
def test_noise_gives_a_reason(noise: bytes, at: int) -> None:
    """Random bytes in a message never find a bug of ours."""

    def noisy(query: dns.message.Message) -> bytes:
        raw = records(A, SOA)(query) or b""
        return raw[:at] + noise + raw[at + len(noise) :]

    async def once() -> Result:
        async with name_server(noisy, by_tcp=noisy) as server:
            return await look_dns(server, timeout=0.1)

    assert asyncio.run(once()).outcome is not Outcome.UNKNOWN


async def test_each_address_of_the_server_has_its_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two addresses the one that listens answers."""

    def both(_host: str, port: int, *_: object) -> list[object]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("127.0.0.9", port)), (*kind, ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    async with name_server(records(A)) as server:
        result = await look_dns(server, server=f"ns.example.test:{server.port}")
    assert verdict(result) == (Outcome.OK, None), result.detail


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"server": "ns:port"}, "should be such as"),
        ({"record": "AAAAA"}, "not a type"),
        ({"record": "AXFR"}, "not a type"),
        ({"expect_rcodes": ["FINE"]}, "not a response code"),
        ({"expect_rcodes": []}, "at least 1"),
        ({"query": "a..b"}, "not a domain name"),
        ({"answer_must_match": ["("]}, "bad regular expression"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_at_load(options: dict[str, object], words: str) -> None:
    """Each mistake is an error of the config."""
    with pytest.raises(ValidationError, match=words):
        Dns(**{"name": "x", "component": "x", "server": "127.0.0.1", "query": "x.test", **options})


async def test_a_named_resolver_is_asked_instead_of_the_systems() -> None:
    """Whoever looks, the name is found where the config says, by aliases and in both families."""
    alias = "web.example.test. 60 IN CNAME www.example.test."
    async with name_server(records(alias, "www.example.test. 60 IN A 127.0.0.1")) as server:
        result = await look_dns(server, server=f"web.example.test:{server.port}", resolver=server.address)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert server.asked == ["udp", "udp", "udp"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (records(rcode="NXDOMAIN"), Reason.DNS_NXDOMAIN),
        (records(rcode="SERVFAIL"), Reason.DNS_FAILED),
        (records(), Reason.DNS_NO_ADDRESS),
        (lambda query: query.to_wire()[:2] + b"\x80" + b"junk junk junk", Reason.DNS_FAILED),
        (lambda _: None, Reason.DNS_TIMEOUT),
    ],
)
async def test_a_named_resolver_that_does_not_help_is_told_as_the_systems(answer: Answer, reason: Reason) -> None:
    """No name, no answer, no address, no sense, no word: each has its reason."""
    async with name_server(answer) as server:
        result = await look_dns(server, server="ns.example.test", resolver=server.address, timeout=0.3)
    assert verdict(result) == (Outcome.FAILED, reason), result.detail


def test_a_resolver_is_an_address() -> None:
    """A name would need a resolver itself."""
    with pytest.raises(ValidationError, match="a resolver is an address"):
        Dns(name="x", component="x", server="127.0.0.1", query="x.test", resolver="dns.example.test")
