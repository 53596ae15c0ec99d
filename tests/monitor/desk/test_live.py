"""Live pages: a stream says that something changed, ends with the session, keeps none alive, and is bounded."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientResponse

from monitor.desk import streams
from monitor.desk.streams import STREAMS_EACH_MAX
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns are short, so that the tests are."""
    monkeypatch.setattr(streams, "TURN_S", 0.02)


@asynccontextmanager
async def stream(browser: Browser, at: str = "/") -> AsyncIterator[ClientResponse]:
    """A page's live connection."""
    async with browser.client.get("/live", params={"at": at}) as response:
        yield response


async def told(response: ClientResponse) -> str:
    """The next event that is one."""
    async with asyncio.timeout(5):
        async for line in response.content:
            if line.startswith((b"data:", b"event:")):
                return line.decode().strip()
    return ""


async def test_a_page_hears_of_what_happens(house: House, sign_in: SignIn) -> None:
    """An outage, a draft: the stream says so, and nothing of what it is."""
    browser = await sign_in("Vera")
    async with stream(browser) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"
        await response.content.readline()
        await house.fail()
        assert await told(response) == "data: changed"


async def test_a_stream_ends_with_the_session(house: House, sign_in: SignIn) -> None:
    """Signed out or expired, the page is told, and hears no more; a stream alone keeps no session alive."""
    browser = await sign_in("Vera")
    async with stream(browser) as response:
        await response.content.readline()
        house.wait(hours=11)
        await asyncio.sleep(0.1)
        house.wait(hours=2)
        assert await told(response) == "event: ended"
        assert await told(response) == "data:"
        assert await told(response) == ""


async def test_a_page_that_fetches_itself_keeps_no_session_alive(house: House, sign_in: SignIn) -> None:
    """What nobody does by hand counts as no use of the desk."""
    browser = await sign_in("Vera")
    for _ in range(3):
        house.wait(hours=5)
        async with browser.client.get("/", headers={"Live": "1"}, allow_redirects=False) as response:
            status = response.status
    assert status == 303


async def test_streams_are_bounded(sign_in: SignIn) -> None:
    """One person's fifth stream is turned away for good, as browsers understand it; one that closes makes room."""
    browser = await sign_in("Vera")
    opened = [await browser.client.get("/live") for _ in range(STREAMS_EACH_MAX)]
    async with stream(browser) as late:
        assert late.status == 204
    opened.pop().close()
    async with asyncio.timeout(5):
        while True:
            async with stream(browser) as again:
                if again.status == 200:
                    break
            await asyncio.sleep(0.05)
    for response in opened:
        response.close()


async def test_a_stranger_has_no_stream(browse: Callable[[], Browser]) -> None:
    """Without a session there is a redirect, which no browser takes for a stream."""
    async with browse().client.get("/live", allow_redirects=False) as response:
        assert response.status == 303


async def test_the_desk_ends_with_its_streams_open(sign_in: SignIn, server: object) -> None:
    """A stop waits for no page."""
    browser = await sign_in("Vera")
    async with stream(browser) as response:
        await response.content.readline()
        async with asyncio.timeout(5):
            await server.close()
            assert await response.content.read()
