"""What comes back: rules for headers and body, sizes, codings, and answers that end too early (CASES, section 2)."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest
from pydantic import ValidationError

from probes.http import Http
from probes.inflate import zstd
from probes.look import Outcome, Reason
from tests.probes.web import OK, failed, look_web, reply, verdict, web

BAD_NEWS = "Bad news: could not connect to database server"


@pytest.mark.parametrize(
    ("body", "rules", "good"),
    [
        (BAD_NEWS, {"body_must_not_match": "could not connect"}, False),
        ("Download the latest version here", {"body_must_not_match": ["could not connect"]}, True),
        ("Download the latest version here", {"body_must_match": ["[Dd]ownload", "latest"]}, True),
        ("Download the latest version here", {"body_must_match": ["[Dd]ownload", "oldest"]}, False),
        ("", {"body_must_match": "."}, False),
        ("Ünïcödé 🎉", {"body_must_match": "^Ün.cödé 🎉$"}, True),
        ("a\nb", {"body_must_match": "(?m)^b$"}, True),
    ],
)
async def test_several_rules_for_the_body(body: str, rules: dict[str, object], *, good: bool) -> None:
    """Every must has to be there, and no must-not may."""
    async with web(reply(body)) as site:
        result = await look_web(site.url(), **rules)
    assert verdict(result) == (OK if good else failed(Reason.BODY_MISMATCH))


async def test_a_broken_body_rule_quotes_what_it_found() -> None:
    """The detail can go into a ticket, and what a stranger wrote in it is harmless."""
    async with web(reply("x\x1b[2J" + BAD_NEWS + "y" * 5000)) as site:
        result = await look_web(site.url(), body_must_not_match=["could not.*"])
    assert "could not connect to database server" in result.detail
    assert len(result.detail) < 600
    assert "\x1b" not in str([line.text for line in result.evidence])


async def test_the_body_is_read_in_the_charset_of_its_header() -> None:
    """Latin-1 text matches a pattern written in UTF-8; an unknown charset is read as bytes."""
    body = "Überlastet".encode("latin-1")
    async with web(reply(body, content_type="text/html; charset=ISO-8859-1")) as site:
        assert verdict(await look_web(site.url(), body_must_match=["^Über"])) == OK
    async with web(reply(body, content_type="text/html; charset=klingon")) as site:
        assert verdict(await look_web(site.url(), body_must_match=["berlastet$"])) == OK


async def test_a_hostile_body_cannot_hold_the_monitor() -> None:
    """A pattern that would take a backtracking engine for ever takes a moment."""
    async with web(reply("a" * 1_000_000)) as site:
        result = await look_web(site.url(), body_must_match=["(a+)+$", "(.*a){12}"], body_must_not_match=["(a|a)*b"])
    assert verdict(result) == OK
    assert result.duration_s < 2


@pytest.mark.parametrize(
    ("rules", "good"),
    [
        ({"header_must_match": {"Content-Type": "javascript"}}, True),
        ({"header_must_match": {"CONTENT-TYPE": ["^text/", "javascript$"]}}, True),
        ({"header_must_match": {"Content-Type": "html"}}, False),
        ({"header_must_not_match": {"content-type": "javascript"}}, False),
        ({"header_must_not_match": {"content-type": "html", "X-Absent": "."}}, True),
        ({"header_must_match": {"X-Absent": "."}}, False),
        ({"header_must_match": {"X-Absent": "."}, "headers_may_be_missing": ["x-absent"]}, True),
    ],
)
async def test_rules_for_headers(rules: dict[str, object], *, good: bool) -> None:
    """Names are read in any case; a header that must match must be there, unless it may be missing."""
    async with web(reply("", content_type="text/javascript")) as site:
        result = await look_web(site.url(), **rules)
    assert verdict(result) == (OK if good else failed(Reason.HEADER_MISMATCH))


@pytest.mark.parametrize(("size", "good"), [(127, True), (128, True), (129, False)])
async def test_a_body_has_a_limit(size: int, *, good: bool) -> None:
    """One byte too many is a failure, and the announced length is still told."""
    async with web(reply("x" * size)) as site:
        result = await look_web(site.url(), max_body="128B")
    assert verdict(result) == (OK if good else failed(Reason.BODY_TOO_LARGE))
    assert result.numbers["content_length"] == size
    assert result.numbers["body_bytes"] == min(size, 128)


def bare_deflate(body: bytes) -> bytes:
    """Deflate without the wrapping that its standard wants."""
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(body) + deflater.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:]),
    "deflate": zlib.compress,
    "Deflate": bare_deflate,
    "br": lambda body: brotli.compress(body, quality=3),
    "zstd": lambda body: zstd.compress(body[:9]) + zstd.compress(body[9:]),
    "deflate, gzip": lambda body: gzip.compress(zlib.compress(body)),
    "zstd, br, identity": lambda body: brotli.compress(zstd.compress(body), quality=3),
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(("size", "good"), [(127, True), (129, False)])
async def test_the_limit_counts_what_was_inflated(coding: str, size: int, *, good: bool) -> None:
    """A compressed body may be as large as another, measured in what a customer sees."""
    async with web(reply(CODINGS[coding](bytes(range(size))), content_encoding=coding)) as site:
        result = await look_web(site.url(), max_body="128B")
    assert verdict(result) == (OK if good else failed(Reason.BODY_TOO_LARGE))
    assert result.numbers["body_bytes"] == min(size, 128)


@pytest.mark.parametrize("coding", CODINGS)
async def test_a_bomb_does_not_go_off(coding: str) -> None:
    """A hundred megabytes of zeros in little space end as soon as they are too large, and fill no memory."""
    bomb = reply(CODINGS[coding](bytes(100_000_000)), content_encoding=coding)
    async with web(bomb) as site:
        tracemalloc.start()
        try:
            result = await look_web(site.url(), max_body="2MiB")
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert verdict(result) == failed(Reason.BODY_TOO_LARGE)
    assert result.numbers["body_bytes"] == 2 * 1024 * 1024
    assert result.duration_s < 2
    assert peak_bytes < 16 * 1024 * 1024


async def test_a_bomb_of_many_empty_members_does_not_go_off() -> None:
    """A body of gzip headers only keeps nobody busy."""
    async with web(reply(gzip.compress(b"") * 50_000, content_encoding="gzip")) as site:
        result = await look_web(site.url(), max_body="2MiB")
    assert verdict(result) == failed(Reason.DECODE)


async def test_an_endless_body_ends_at_the_limit() -> None:
    """Neither a length nor an end is needed to know that it is too much."""

    async def pour(_asked: object, writer: object) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with web(pour) as site:
        assert verdict(await look_web(site.url())) == failed(Reason.BODY_TOO_LARGE)


async def test_an_unknown_coding_is_left_as_it_is() -> None:
    """Without a rule for the body, nobody asked us to understand it."""
    async with web(reply("whatever", content_encoding="xxx")) as site:
        result = await look_web(site.url())
    assert verdict(result) == OK
    assert result.numbers["body_bytes"] == len("whatever")


@pytest.mark.parametrize("coding", CODINGS)
async def test_a_coding_that_is_none_is_a_failure(coding: str) -> None:
    """Neither is one that ends too early: a browser would show an error."""
    for body in (b"this is no such thing at all", CODINGS[coding](b"x" * 999)[:-3]):
        async with web(reply(body, content_encoding=coding)) as site:
            assert verdict(await look_web(site.url())) == failed(Reason.DECODE)


async def test_an_empty_body_needs_no_coding() -> None:
    """Many servers announce gzip for nothing at all."""
    async with web(reply(b"", "204 No Content", content_encoding="gzip")) as site:
        assert verdict(await look_web(site.url())) == OK


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", Reason.BODY_INCOMPLETE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Reason.BODY_INCOMPLETE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello", Reason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", Reason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Le", Reason.CONNECTION_CLOSED),
        (b"", Reason.CONNECTION_CLOSED),
        (b"220 mx.example.com ESMTP\r\n", Reason.PROTOCOL),
        (b"\x15\x03\x01\x00\x02\x02\x16", Reason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Padding: " + b"x" * 200_000 + b"\r\n\r\n", Reason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n", Reason.PROTOCOL),
    ],
)
async def test_an_answer_that_is_cut_short_or_is_none(answer: bytes, reason: Reason) -> None:
    """Each way of breaking off has its own reason."""
    async with web(answer) as site:
        assert verdict(await look_web(site.url())) == failed(reason)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\n\nhello",
        b"HTTP/1.1 200\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello, and more than was announced",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n",
    ],
)
async def test_what_browsers_forgive_we_forgive(answer: bytes) -> None:
    """A sloppy server that serves its customers is up."""
    async with web(answer) as site:
        assert verdict(await look_web(site.url(), body_must_match=["^hello$"])) == OK


async def test_endless_trailers_are_a_failure() -> None:
    """What follows the body is bounded like what goes before it."""

    async def trail(_asked: object, writer: object) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        while True:
            writer.write(b"X-Trailer: " + b"x" * 60000 + b"\r\n")
            await writer.drain()

    async with web(trail) as site:
        assert verdict(await look_web(site.url())) == failed(Reason.PROTOCOL)


async def test_a_slow_answer_is_degraded() -> None:
    """It works, but not as promised."""
    async with web(reply()) as site:
        result = await look_web(site.url(), slow_after="0.01ms")
    assert verdict(result) == (Outcome.DEGRADED, Reason.LATENCY)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"body_must_match": ["("]}, r"bad regular expression '\(': missing \)"),
        ({"header_must_match": {"A": "(?=b)"}}, "bad regular expression"),
        ({"max_body": "1 parsec"}, "number with its unit"),
        ({"max_body": "1000GB"}, "number with its unit"),
        ({"expect_status": ["6xx"]}, "a status is such as"),
        ({"expect_status": []}, "at least 1 item"),
        ({"expect_http_versions": ["1.2"]}, "Input should be"),
    ],
)
def test_a_rule_that_cannot_be_is_a_configuration_error(options: dict[str, object], says: str) -> None:
    """A bad pattern is named at load."""
    with pytest.raises(ValidationError, match=says):
        Http(name="web", component="web", url="example.com", **options)
