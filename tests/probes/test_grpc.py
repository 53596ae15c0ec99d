"""What a look at a gRPC server says, by its health service over HTTP/2."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from probes.grpc import Grpc
from probes.health import request
from probes.look import Outcome, Reason, Result, look
from probes.tls import Tls
from tests.probes.health import NOT_SERVING, SERVING, answer, answering, heard
from tests.probes.lines import Server, Visitor, serving


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


async def look_grpc(server: Server, **options: object) -> Result:
    """One look."""
    where = {"name": "orders", "component": "shop", "host": "localhost", "connect_to": "127.0.0.1"}
    return await look(Grpc(**{**where, "port": server.port, "timeout": 2.0, **options}))


async def test_a_service_that_serves_is_well() -> None:
    """The call names the service, and the state is a number and evidence."""
    async with serving(answering(SERVING)) as server:
        result = await look_grpc(server, service="shop.Orders")
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert server.heard == [b"/grpc.health.v1.Health/Check", b"\0\0\0\0\x0d\x0a\x0bshop.Orders"]
    assert result.numbers == {"ip_protocol": 4, "ssl": 0, "grpc_status": 0, "serving_status": 1}
    assert list(result.phases) == ["resolve", "connect", "check"]


@pytest.mark.parametrize(
    ("body", "how", "reason", "words"),
    [
        (NOT_SERVING, {}, Reason.UNAVAILABLE, "says that it is NOT_SERVING"),
        (b"\0\0\0\0\0", {}, Reason.UNAVAILABLE, "says that it is UNKNOWN"),
        (
            b"",
            {"code": "5", "message": "unknown%20service"},
            Reason.STATUS,
            "our health check: 'unknown service'",
        ),
        (b"", {"code": "12"}, Reason.STATUS, "UNIMPLEMENTED"),
        (b"", {"code": "14"}, Reason.UNAVAILABLE, "UNAVAILABLE"),
        (b"", {"http_status": 503}, Reason.STATUS, "HTTP status 503"),
        (SERVING, {"code": "99"}, Reason.PROTOCOL, "no grpc-status that we know"),
        (b"\0\0\0\0\2\x08\x09", {}, Reason.PROTOCOL, "cannot be read"),
        (b"\1\0\0\0\2\x08\x01", {}, Reason.PROTOCOL, "not one uncompressed message"),
        (b"x" * 16_000, {}, Reason.PROTOCOL, "not one uncompressed message"),
    ],
)
async def test_any_other_answer_has_its_reason(body: bytes, how: dict[str, object], reason: Reason, words: str) -> None:
    """A state that is not serving, a code, a status, a message that is none."""
    async with serving(answering(body, **how)) as server:
        result = await look_grpc(server)
    assert verdict(result) == (Outcome.FAILED, reason)
    assert words in result.detail


async def test_over_tls(authority: trustme.CA, authority_file: Path) -> None:
    """With TLS we offer h2, as gRPC servers want it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2"])
    authority.issue_cert("localhost").configure_cert(context)
    async with serving(answering(SERVING), context) as server:
        result = await look_grpc(server, tls_mode="implicit", tls=Tls(ca_file=authority_file))
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert result.certificate is not None


async def test_a_call_that_is_reset_is_told() -> None:
    """A server that ends the call instead of answering is unavailable."""

    async def script(visitor: Visitor) -> None:
        http, _, _ = await heard(visitor)
        http.initiate_connection()
        http.reset_stream(1, error_code=7)
        visitor.writer.write(http.data_to_send())
        await visitor.stay_silent()

    async with serving(script) as server:
        result = await look_grpc(server)
    assert verdict(result) == (Outcome.FAILED, Reason.UNAVAILABLE)


async def test_a_server_of_another_protocol_is_told() -> None:
    """HTTP/1 is no gRPC."""

    async def script(visitor: Visitor) -> None:
        await visitor.say("HTTP/1.1 400 Bad Request", "")

    async with serving(script) as server:
        result = await look_grpc(server)
    assert verdict(result) == (Outcome.FAILED, Reason.PROTOCOL)


async def test_a_flood_of_pings_ends() -> None:
    """Nobody can keep us answering."""

    async def script(visitor: Visitor) -> None:
        http, _, _ = await heard(visitor)
        http.initiate_connection()
        for _ in range(5000):
            http.ping(b"12345678")
        visitor.writer.write(http.data_to_send())
        await visitor.stay_silent()

    async with serving(script) as server:
        result = await look_grpc(server)
    assert verdict(result) == (Outcome.FAILED, Reason.PROTOCOL)


def streaming(cut: int, noise: bytes, *, silent: bool) -> Callable[[Visitor], Awaitable[None]]:
    """The good answer as far as ``cut``, then noise, then silence or the end."""

    async def script(visitor: Visitor) -> None:
        http, _, _ = await heard(visitor)
        visitor.writer.write(answer(http, SERVING)[:cut] + noise)
        await visitor.writer.drain()
        if not silent:
            visitor.writer.write_eof()
        await visitor.stay_silent()

    return script


@pytest.mark.parametrize("silent", [True, False])
async def test_a_stream_that_ends_anywhere_gives_a_reason(*, silent: bool) -> None:
    """At each byte the server may leave or fall silent, and only the whole answer is ok."""

    async def once(cut: int) -> Result:
        async with serving(streaming(cut, b"", silent=silent)) as server:
            return await look_grpc(server, timeout=0.3)

    results = await asyncio.gather(*map(once, range(0, 150, 3)))
    assert {result.outcome for result in results} == {Outcome.FAILED, Outcome.OK}
    assert results[0].outcome is Outcome.FAILED
    assert all(result.reason is not Reason.BROKEN and result.duration_s < 0.8 for result in results)


@settings(max_examples=100, deadline=None)
@given(noise=st.binary(min_size=1, max_size=200), cut=st.integers(0, 120))
def test_noise_anywhere_gives_a_reason(noise: bytes, cut: int) -> None:
    """Random bytes in the answer never find a bug of ours."""

    async def once() -> Result:
        async with serving(streaming(cut, noise, silent=False)) as server:
            return await look_grpc(server, timeout=0.3)

    assert asyncio.run(once()).outcome is not Outcome.UNKNOWN


def test_a_service_has_a_plain_name() -> None:
    """Its length is one byte of the message."""
    with pytest.raises(ValidationError, match="at most 127"):
        Grpc(name="x", component="x", host="h", port=1, service="x" * 128)
    assert len(request("x" * 127)) == 5 + 2 + 127
