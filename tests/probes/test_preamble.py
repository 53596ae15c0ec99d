"""The PROXY protocol: a server that insists on it is looked at, and nobody else hears of it."""

import asyncio
import ipaddress
import re
import socket
import ssl
from pathlib import Path

import pytest
import trustme
from pydantic import ValidationError

from probes.http import Http
from probes.look import Outcome
from probes.preamble import preamble
from tests.probes.lines import Visitor, answering, look_smtp, said, serving
from tests.probes.web import look_web, redirect, reply, verdict, web

VERSIONS = pytest.mark.parametrize("version", ["v1", "v2"])
SIGNATURE = bytes.fromhex("0d0a0d0a000d0a515549540a")  # section 2.2 of its specification
V1 = re.compile(rb"PROXY TCP([46]) (\S+) (\S+) (\d+) (\d+)\r\n")
GREET = answering("220 mx.example.test", {"EHLO": "250 mx.example.test", "QUIT": "221 bye"})


def ends(raw: bytes) -> tuple[str, int, str, int]:
    """Whom a preamble says that it comes from and goes to."""
    if match := V1.fullmatch(raw):
        return match[2].decode(), int(match[4]), match[3].decode(), int(match[5])
    assert raw[:13] == SIGNATURE + b"\x21"
    size = {0x11: 4, 0x21: 16}[raw[13]]
    assert int.from_bytes(raw[14:16]) == len(raw[16:]) == 2 * size + 4
    ours, theirs = (str(ipaddress.ip_address(raw[start : start + size])) for start in (16, 16 + size))
    return ours, int.from_bytes(raw[-4:-2]), theirs, int.from_bytes(raw[-2:])


async def insist(visitor: Visitor, version: str) -> None:
    """Leave unless the visitor begins with a true preamble."""
    raw = await visitor.reader.readexactly(28 if version == "v2" else 6)
    raw += b"" if version == "v2" else await visitor.reader.readline()
    peer, own = (visitor.writer.get_extra_info(end) for end in ("peername", "sockname"))
    if ends(raw) != (*peer, *own):
        raise EOFError


@VERSIONS
async def test_a_mail_server_behind_a_balancer(version: str) -> None:
    """It greets us only after the preamble; without it the look fails as a customer's visit would."""

    async def script(visitor: Visitor) -> None:
        await insist(visitor, version)
        await GREET(visitor)

    async with serving(script) as server:
        with_it = await look_smtp(server, proxy_protocol=version)
        without = await look_smtp(server, timeout=0.3)
    assert verdict(with_it) == (Outcome.OK, None), with_it.detail
    assert f"> PROXY (protocol {version})" in said(with_it)
    assert without.outcome is Outcome.FAILED


@VERSIONS
async def test_it_goes_before_tls(version: str, authority: trustme.CA, authority_file: Path) -> None:
    """The balancer's words are in the clear, the customer's are not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def serve() -> bytes:
        visitor, _ = server.accept()
        with visitor:
            raw = visitor.recv(28 if version == "v2" else 5, socket.MSG_WAITALL)
            while version == "v1" and not raw.endswith(b"\n"):
                raw += visitor.recv(1)
            with context.wrap_socket(visitor, server_side=True) as talk:
                talk.recv(65536)
                talk.sendall(reply("hello"))
        return raw

    # Blocking, since a stream of asyncio may swallow the handshake together with the preamble.
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        port = server.getsockname()[1]
        serving_it = asyncio.create_task(asyncio.to_thread(serve))
        tls = {"ca_file": authority_file}
        result = await look_web(f"https://127.0.0.1:{port}/", proxy_protocol=version, tls=tls)
        assert ends(await serving_it)[2:] == ("127.0.0.1", port)
    assert verdict(result) == (Outcome.OK, None), result.detail


async def test_who_is_redirected_elsewhere_says_it_no_more() -> None:
    """Another host stands behind another balancer, or none."""
    async with web(reply("hello")) as other:

        async def script(visitor: Visitor) -> None:
            await insist(visitor, "v1")
            await visitor.reader.readuntil(b"\r\n\r\n")
            visitor.writer.write(redirect(other.url(host="localhost")))
            await visitor.writer.drain()

        async with serving(script) as server:
            url = f"http://127.0.0.1:{server.port}/"
            result = await look_web(url, proxy_protocol="v1", ip_family="4")
    assert verdict(result) == (Outcome.OK, None), result.detail


@VERSIONS
def test_it_speaks_ipv6_too(version: str) -> None:
    """Addresses are written in the family of the connection."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        where = server.getsockname()[:2]
        with socket.create_connection(where) as sock:
            raw = preamble(version, sock)  # type: ignore[arg-type] # one of the two
            assert ends(raw) == (*sock.getsockname()[:2], *where)


def test_a_proxy_that_we_go_through_is_no_place_for_it() -> None:
    """It is the proxy that connects to the server then; saying nothing would be a check that lies."""
    with pytest.raises(ValidationError, match="both are not allowed"):
        Http(name="a", component="b", url="http://x.test/", proxy="http://y.test", proxy_protocol="v1")
