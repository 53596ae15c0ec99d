"""Looks through a proxy: what fails there is never blamed on the server behind it (CASES, section 2)."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import trustme
from pydantic import ValidationError

from probes.http import Http
from probes.look import Reason
from tests.probes.web import OK, Asked, failed, look_web, redirect, reply, silence, verdict, web


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def tunnelling() -> AsyncIterator[tuple[str, list[str]]]:
    """A proxy that digs tunnels, and what it was asked for."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head)
        _, port = head.split()[1].split(":")
        back, forth = await asyncio.open_connection("127.0.0.1", int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        async with asyncio.TaskGroup() as group:
            group.create_task(_copy(reader, forth))
            group.create_task(_copy(back, writer))
        gone.set()

    gone = asyncio.Event()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
        await gone.wait()


async def test_plain_http_is_asked_of_the_proxy_with_the_whole_url() -> None:
    """The proxy resolves the name; we only know the proxy."""
    async with web(reply("from afar")) as proxy:
        url = "http://no-such-name.invalid/page?x=1"
        result = await look_web(url, proxy=proxy.url(), body_must_match="afar")
    assert verdict(result) == OK, result.detail
    (asked,) = proxy.asked
    assert asked.path == url
    assert asked.headers["host"] == "no-such-name.invalid"


async def test_https_goes_through_a_tunnel(authority: trustme.CA, authority_file: Path) -> None:
    """The certificate is the server's, and its sign-in does not go to the proxy."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("www.example.test").configure_cert(context)
    async with tunnelling() as (proxy, heads), web(reply(), context) as site:
        url = f"https://www.example.test:{site.port}/"
        result = await look_web(url, proxy=proxy, tls={"ca_file": authority_file}, username="u", password="p")
    assert verdict(result) == OK, result.detail
    assert result.certificate is not None
    assert list(result.phases) == ["resolve", "connect", "proxy", "tls", "processing", "transfer"]
    assert heads[0].startswith(f"CONNECT www.example.test:{site.port} HTTP/1.1\r\n")
    assert "authorization" not in heads[0].lower()
    assert "authorization" in site.asked[0].headers


async def test_the_proxys_sign_in_is_sent_and_masked() -> None:
    """It stands in the address, and nowhere else."""

    async def echo(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(str(asked.headers), "500 Oops"))

    async with web(echo) as proxy:
        address = proxy.url().replace("//", "//joe:hunter2@")
        result = await look_web("http://www.example.test/", proxy=address)
    credentials = proxy.asked[0].headers["proxy-authorization"].split()[1]
    assert verdict(result) == failed(Reason.STATUS)
    assert "hunter2" not in str(result)
    assert credentials not in str(result)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "page", [reply("", "407 Proxy Authentication Required"), b"", b"SSH-2.0-x\r\n"], ids=["407", "closed", "ssh"]
)
async def test_a_proxy_that_fails_is_to_blame(scheme: str, page: bytes) -> None:
    """A tunnel that is not dug, or a sign-in that the proxy wants."""
    async with web(page) as proxy:
        result = await look_web(f"{scheme}://www.example.test/", proxy=proxy.url())
    blamed = scheme == "https" or page.startswith(b"HTTP")
    assert (result.reason is Reason.PROXY) is blamed, result.detail


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_dead_or_silent_proxy_is_to_blame(scheme: str) -> None:
    """Refused, and for a tunnel also silent."""
    async with web(silence) as quiet:
        dead = await look_web(f"{scheme}://www.example.test/", proxy="http://127.0.0.1:1")
        silent = await look_web(f"{scheme}://www.example.test/", proxy=quiet.url(), timeout="300ms")
    assert verdict(dead) == failed(Reason.PROXY)
    assert verdict(silent) == failed(Reason.PROXY if scheme == "https" else Reason.TIMEOUT)


async def test_a_redirect_goes_through_the_proxy_too() -> None:
    """Every step does."""
    to = "http://other.example.test/"
    async with web({"http://www.example.test/": redirect(to), to: reply()}) as proxy:
        assert verdict(await look_web("http://www.example.test/", proxy=proxy.url())) == OK
    assert proxy.paths == ["http://www.example.test/", to]


@pytest.mark.parametrize("proxy", ["https://proxy.example.com", "socks5://p:1080", "http://", "http://p:3128/path"])
def test_a_proxy_that_cannot_be_is_a_configuration_error(proxy: str) -> None:
    """Only plain HTTP proxies are spoken to."""
    with pytest.raises(ValidationError, match="a proxy is such as"):
        Http(name="web", component="web", url="example.com", proxy=proxy)
