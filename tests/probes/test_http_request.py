"""What goes out: method, headers, body, sign-in, and the name we ask for (CASES, section 2)."""

import asyncio
import ssl
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus

import pytest
import trustme
from pydantic import ValidationError

from probes.http import Http
from probes.look import Reason
from tests.probes.web import OK, Asked, failed, look_web, reply, verdict, web

PASSWORD = 'p "ss\\wörd: €'


def requires(header: str, value: str) -> object:
    """A page that refuses whoever lacks a header."""

    async def page(asked: Asked, writer: asyncio.StreamWriter) -> None:
        good = asked.headers.get(header) == value
        writer.write(reply() if good else reply("who are you", "401 Unauthorized"))

    return page


async def test_the_body_is_sent_byte_by_byte() -> None:
    """POST carries what the config says, with its length."""
    async with web(reply()) as site:
        result = await look_web(site.url(), method="POST", body="grüße\r\n", headers={"Content-Type": "text/plain"})
    assert verdict(result) == OK
    (asked,) = site.asked
    assert (asked.method, asked.body) == ("POST", "grüße\r\n".encode())
    assert asked.headers["content-type"] == "text/plain"


async def test_a_post_without_body_says_that_its_length_is_zero() -> None:
    """Servers answer 411 to a POST that has no length (RFC 9110, section 8.6)."""
    async with web(reply()) as site:
        await look_web(site.url(), method="POST")
    assert site.asked[0].headers["content-length"] == "0"


@pytest.mark.parametrize("password", [PASSWORD, "", "x" * 80])
async def test_basic_auth_sends_exactly_the_password(password: str) -> None:
    """The right one is let in."""
    right = Http(name="w", component="w", url="x", username="probe", password=password).authorization
    async with web(requires("authorization", right)) as site:
        assert verdict(await look_web(site.url(), username="probe", password=password)) == OK
        wrong = await look_web(site.url(), username="probe", password=password + "x")
    assert verdict(wrong) == failed(Reason.REFUSED)


async def test_a_token_is_sent_and_never_shown() -> None:
    """A server that echoes it cannot bring it into our evidence."""

    async def echo(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(str(asked.headers), f"500 {asked.headers['authorization']}", server="mysecret"))

    async with web(echo) as site:
        result = await look_web(site.url(), bearer_token="mysecret", body_must_match=["x"])
    assert site.asked[0].headers["authorization"] == "Bearer mysecret"
    assert verdict(result) == failed(Reason.STATUS)
    assert "mysecret" not in str(result)
    assert "<secret>" in str(result)


async def test_secret_headers_and_basic_auth_are_masked_too() -> None:
    """The base64 of a password is as good as the password."""

    async def echo(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(str(asked.headers), "500 Oops"))

    async with web(echo) as site:
        result = await look_web(site.url(), username="u", password="hunter2", headers={"X-Api-Key": "k3y-k3y"})
    assert site.asked[0].headers["x-api-key"] == "k3y-k3y"
    for secret in ("hunter2", "k3y-k3y", site.asked[0].headers["authorization"].split()[1]):
        assert secret not in str(result)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_key", "0123abcd"),
        ("TOKEN", "a?b+c%26d/%C5%BE"),
        ("x-amz-Signature", "c0ffee"),
        ("password", "correct+horse"),
    ],
)
async def test_secrets_in_the_query_of_a_url_are_masked(name: str, value: str) -> None:
    """Known by their names, and in whatever form they come back; the server gets them as they are."""

    async def echo(asked: Asked, writer: asyncio.StreamWriter) -> None:
        plain = unquote_plus(asked.path)
        writer.write(reply(f"no {plain}", f"500 no {asked.path}", server=asked.path))

    async with web(echo) as site:
        result = await look_web(site.url(f"/status?page=overview&{name}={value}"))
    assert parse_qsl(site.asked[0].path.partition("?")[2])[1] == parse_qsl(f"{name}={value}")[0]
    assert verdict(result) == failed(Reason.STATUS)
    sent = site.asked[0].path.rpartition("=")[2]
    assert not [form for form in (value, sent, unquote_plus(value)) if form in result.as_json()]
    assert f"/status?page=overview&{name}=<secret>" in str(result)


async def test_headers_go_out_as_given_over_our_own() -> None:
    """User-Agent and the like can be replaced."""
    headers = {"user-agent": "Mozilla/5.0", "Accept-Language": "lv", "accept-encoding": "identity"}
    async with web(reply()) as site:
        await look_web(site.url(), headers=headers)
    asked = site.asked[0].headers
    assert (asked["user-agent"], asked["accept-language"], asked["accept-encoding"]) == (
        "Mozilla/5.0",
        "lv",
        "identity",
    )
    assert asked["host"] == f"127.0.0.1:{site.port}"
    assert asked["connection"] == "close"


async def test_a_host_header_decides_the_virtual_host_and_the_tls_name(
    authority: trustme.CA, authority_file: Path
) -> None:
    """We ask the address of the url for another name, in HTTP, in SNI and in the certificate."""
    asked_names = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("my-vhost.example").configure_cert(context)
    context.sni_callback = lambda _socket, name, _context: asked_names.append(name)
    async with web(reply(), context) as site:
        result = await look_web(site.url(), headers={"Host": "my-vhost.example"}, tls={"ca_file": authority_file})
    assert verdict(result) == OK, result.detail
    assert site.asked[0].headers["host"] == "my-vhost.example"
    assert asked_names == ["my-vhost.example"]


async def test_a_pinned_address_goes_before_the_name() -> None:
    """``connect_to`` replaces DNS and nothing else."""
    async with web(reply()) as site:
        result = await look_web(site.url(host="no-such-name.invalid"), connect_to="127.0.0.1")
    assert verdict(result) == OK
    assert site.asked[0].headers["host"] == f"no-such-name.invalid:{site.port}"


async def test_an_early_refusal_of_a_large_body_is_heard() -> None:
    """A server that answers 413 and reads no further has answered; we do not wait until it reads."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply("", "413 Content Too Large"))
        await asyncio.wait_for(done.wait(), 5)
        writer.close()

    done = asyncio.Event()
    server = await asyncio.start_server(refuse, "127.0.0.1", 0, limit=1024)
    try:
        port = server.sockets[0].getsockname()[1]
        result = await look_web(f"127.0.0.1:{port}", method="POST", body="x" * 1024 * 1024)
    finally:
        done.set()
        server.close()
    assert verdict(result) == failed(Reason.STATUS)
    assert result.numbers["status_code"] == 413


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"bearer_token": "t", "username": "u"}, "both are not allowed"),
        ({"password": "p"}, "password needs a username"),
        ({"username": "u", "headers": {"authorization": "x"}}, "would be another"),
        ({"headers": {"Content-Length": "3"}}, "ours to set"),
        ({"headers": {"A B": "x"}}, "pattern"),
        ({"headers": {"A": "x\r\nB: y"}}, "pattern"),
        ({"method": "GET /"}, "pattern"),
        ({"username": "a:b"}, "pattern"),
        ({"unknown": 1}, "Extra inputs"),
    ],
)
def test_a_request_that_cannot_be_is_a_configuration_error(options: dict[str, object], says: str) -> None:
    """No look ever sends a malformed request."""
    with pytest.raises(ValidationError, match=says):
        Http(name="web", component="web", url="example.com", **options)
