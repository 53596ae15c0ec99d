"""A house with an outage in it, and browsers for the people who work there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from monitor.desk.app import make
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.house import PASSWORD, House

SignIn = Callable[[str], Awaitable[Browser]]
SignInAt = Callable[[House, str], Awaitable[Browser]]


BOTH = pytest.mark.parametrize("storage", ["sqlite", "postgresql"], indirect=True)
"""For tests that want to see that it is the same in both databases."""


@pytest.fixture
def storage(request: pytest.FixtureRequest) -> dict[str, str]:
    """Where the record lives: in SQLite, or in PostgreSQL where a test asks for it."""
    wanted = getattr(request, "param", "sqlite")
    return {} if wanted == "sqlite" else {"url": request.getfixturevalue("migrated_url")}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A provider on whose desk nothing waits."""
    async with House.open(tmp_path) as opened:
        yield opened


@pytest.fixture
async def server(house: House) -> AsyncIterator[TestServer]:
    """Its desk, served on loopback."""
    async with TestServer(make(house.seat())) as started:
        yield started


@pytest.fixture
async def browse(server: TestServer) -> AsyncIterator[Callable[[], Browser]]:
    """Opens browsers that nobody has signed in with."""
    opened: list[TestClient] = []

    def another() -> Browser:
        opened.append(TestClient(server))
        return Browser(opened[-1])

    yield another
    for client in opened:
        await client.session.close()


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[House]:
    """A provider that has just been started for the first time: nobody is in."""
    async with House.open(tmp_path, people=(), storage={"directory": "empty"}) as opened:
        yield opened


@pytest.fixture
async def browse_empty(empty: House) -> AsyncIterator[Callable[[], Browser]]:
    """Opens browsers at that one's desk."""
    async with TestClient(TestServer(make(empty.seat()))) as client:
        yield lambda: Browser(client)


@pytest.fixture
def sign_in(browse: Callable[[], Browser]) -> SignIn:
    """Opens a browser with somebody signed in."""
    return lambda name: _signed_in(browse(), name)


@pytest.fixture
async def sign_in_at() -> AsyncIterator[SignInAt]:
    """The same at the desk of another house."""
    async with AsyncExitStack() as stack:

        async def at(house: House, name: str) -> Browser:
            client = await stack.enter_async_context(TestClient(TestServer(make(house.seat()))))
            return await _signed_in(Browser(client), name)

        yield at


async def _signed_in(browser: Browser, name: str) -> Browser:
    page = await browser.submit(await browser.get("/login"), "/login", name=name, password=PASSWORD)
    assert page.status == 200, page.text
    return browser
