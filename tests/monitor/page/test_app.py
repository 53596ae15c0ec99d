"""The page over HTTP."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from tests.monitor.page.conftest import Public, Served

PATHS = ["/", "/history", "/feed.atom", "/api/v2/status.json"]


async def until_it_says(served: Served, path: str, words: str, within_s: float = 5.0) -> None:
    """Ask until the page says so."""
    async with asyncio.timeout(within_s):
        while words not in await (await served.client.get(path)).text():
            await asyncio.sleep(0.02)


async def test_a_publication_shows_within_a_moment(public: Public, served: Served) -> None:
    """Delivered means visible: on the front, on its own page, in the feed and for programs."""
    await public.post(await public.story.incident(), "You cannot send mail", minute=0, promise=30)
    for path in ("/", "/incidents/1", "/feed.atom", "/api/v2/summary.json"):
        await until_it_says(served, path, "You cannot send mail")


async def test_the_minute_turns_by_itself(public: Public) -> None:
    """Nothing is written, yet the page soon tells the new minute, and how late we are by then."""
    await public.post(await public.story.incident(), "You cannot send mail", minute=0, promise=30)
    pages = await public.pages(minute=32 + 59.9 / 60)
    assert "2 minutes late" in pages.answer("/").body.decode()
    keeper = asyncio.create_task(pages.keep())
    async with asyncio.timeout(5):
        await asyncio.sleep(0)
        public.now += timedelta(seconds=1)
        while "3 minutes late" not in pages.answer("/").body.decode():
            await asyncio.sleep(0.02)
    keeper.cancel()
    with suppress(asyncio.CancelledError):
        await keeper


@pytest.mark.parametrize("path", PATHS)
async def test_an_unchanged_page_is_not_sent_twice(served: Served, path: str) -> None:
    """A reader who shows the tag of what they have gets 304 and no body; another tag gets the page."""
    first = await served.client.get(path)
    again = await served.client.get(path, headers={"If-None-Match": f'"old", W/{first.headers["ETag"]}'})
    other = await served.client.get(path, headers={"If-None-Match": '"old"'})
    assert (first.status, again.status, other.status) == (200, 304, 200)
    assert await again.read() == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "max-age=10" in first.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    ["/incidents/1", "/incidents/", "/incidents/0", "/incidents/x", "/incidents/1/", "/static/x.css", "/x", "/%00"],
)
async def test_what_is_not_there_is_a_true_404(served: Served, path: str) -> None:
    """An address of nothing says so in its status too, even to who claims to know it."""
    for headers in ({}, {"If-None-Match": "*"}):
        answer = await served.client.get(path, headers=headers)
        assert answer.status == 404
        assert "There is nothing at this address." in await answer.text()


async def test_nothing_can_be_written_and_nobody_is_marked(served: Served) -> None:
    """Reading is all there is: other methods are refused, and no answer sets a cookie or lets anything in."""
    for path in (*PATHS, "/x"):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert (await served.client.request(method, path)).status == 405
        answer = await served.client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "aiohttp" not in answer.headers["Server"]


async def test_head_answers_as_get_without_the_body(served: Served) -> None:
    """A probe of the page costs no page."""
    head, got = await served.client.head("/"), await served.client.get("/")
    assert await head.read() == b""
    assert head.headers["ETag"] == got.headers["ETag"]


async def test_what_the_page_needs_is_here_and_may_be_kept(served: Served) -> None:
    """Style and mark come from this server under a path that changes with their bytes."""
    page = await (await served.client.get("/")).text()
    for start in ("/static/page.", "/static/mark."):
        path = start + page.partition(start)[2].partition('"')[0]
        answer = await served.client.get(path)
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")


async def test_programs_of_other_origins_may_read(served: Served) -> None:
    """The feed and the API are open to any origin; the pages are not framed or fetched by others."""
    for path, allowed in (("/feed.atom", "*"), ("/api/v2/summary.json", "*"), ("/", None)):
        assert (await served.client.get(path)).headers.get("Access-Control-Allow-Origin") == allowed


async def test_long_answers_are_compressed_for_who_can_unpack_them(served: Served) -> None:
    """With a tag of its own and the same words after unpacking; 304 for either tag; short ones are sent as they are."""
    plain = await served.client.get("/", headers={"Accept-Encoding": "identity"})
    packed = await served.client.get("/", headers={"Accept-Encoding": "br, gzip"})
    assert ("Content-Encoding" in plain.headers, packed.headers["Content-Encoding"]) == (False, "gzip")
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2
    assert await packed.text() == await plain.text()
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    for tag in (plain.headers["ETag"], packed.headers["ETag"]):
        assert (await served.client.get("/", headers={"If-None-Match": tag})).status == 304
    refused = await served.client.get("/", headers={"Accept-Encoding": "gzip; q=0.0, identity"})
    assert "Content-Encoding" not in refused.headers
    short = await served.client.get("/api/v2/status.json", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in short.headers


async def test_readers_never_reach_the_record(public: Public, served: Served) -> None:
    """However many ask for whatever, found or not, compressed or not: no statement goes to the database."""
    await public.post(await public.story.incident(), "You cannot send mail", minute=0)
    await until_it_says(served, "/", "You cannot send mail")
    statements: list[str] = []

    def note(*told: object) -> None:
        statements.append(str(told[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for path in (*PATHS, "/incidents/1", "/nowhere", "/feed.rss", "/badge/send.svg", "/api/v2/summary.json"):
            answers = await asyncio.gather(*(served.client.get(path) for _ in range(5)), served.client.head(path))
            assert {answer.status for answer in answers} == {404 if path == "/nowhere" else 200}
        before = len(statements)
        async with public.story.ledger.read() as record:
            await record.execute(text("SELECT 1"))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert (before, statements[-1]) == (0, "SELECT 1")
