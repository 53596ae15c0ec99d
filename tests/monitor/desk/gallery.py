"""Every page of the desk, in every state that looks different, as somebody got it: for eyes that look at all of them.

Whatever comes from outside is hostile here: servers, channels, alerts, customers and people's own typing.
"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aiohttp.test_utils import TestClient, TestServer

from monitor.desk.app import ROUTES, make
from monitor.desk.number import ROW
from monitor.desk.seat import Seat
from tests.monitor.desk.browser import Browser, Page
from tests.monitor.desk.house import PASSWORD, House

HOSTILE: Final = (
    "<script>alert('desk')</script> {{7*7}} ${7*7} \u202egnp.exe\u2066 \x07\x1b[31m </p><img src=x onerror=alert(1)> "
    "\r\nSet-Cookie: own=ed\r\n\r\n<b>split</b> [link](javascript:alert(1)) ![](http://192.0.2.1/x.png)"
)
LONG: Final = "W" * 1_000_000
FOR_WORDS: Final = 290
"""What people type is at most 300 letters long."""

SIGN_INS: Final = frozenset({"/live", "/oidc", "/oidc/return"})
"""The addresses that show no page of their own: a stream, and the ways to and from an identity provider."""


@dataclass(slots=True)
class Gallery:
    """The pages, by what they show."""

    shown: dict[str, Page] = field(default_factory=dict)

    def hang(self, name: str, page: Page, status: int = 200) -> Page:
        """Keep a page, which is what it should be."""
        assert page.status == status, (name, page.status, page.text)
        assert name not in self.shown
        self.shown[name] = page
        return page

    def unseen(self) -> list[str]:
        """The addresses of the router's pages of which none is here."""
        wanted = [one.path for one in ROUTES if one.method == "GET" and one.path not in SIGN_INS]
        seen = {page.path for page in self.shown.values() if page.status == 200}
        return [path for path in wanted if not any(_pattern(path).fullmatch(one) for one in seen)]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(path.replace(f"{{id:{ROW}}}", "[0-9]+").replace("{token}", "[^/]+"))


@dataclass(slots=True)
class Desk:
    """One house, and who works at its desk."""

    house: House
    seat: Seat
    server: TestServer
    clients: list[TestClient] = field(default_factory=list)

    def stranger(self) -> Browser:
        """A browser that nobody has signed in with."""
        self.clients.append(TestClient(self.server))
        return Browser(self.clients[-1])

    async def enter(self, name: str) -> Browser:
        """Somebody signs in."""
        browser = self.stranger()
        page = await browser.submit(await browser.get("/login"), "/login", name=name, password=PASSWORD)
        assert page.status == 200, page.text
        return browser


Change = Callable[[House, Seat], Seat]


@asynccontextmanager
async def desk(directory: Path, name: str, change: Change = lambda _, seat: seat, **config: Any) -> AsyncIterator[Desk]:
    """A house of its own."""
    async with House.open(directory, storage={"directory": name}, **config) as house:
        seat = change(house, house.seat())
        async with TestServer(make(seat)) as server:
            opened = Desk(house, seat, server)
            try:
                yield opened
            finally:
                for client in opened.clients:
                    await client.session.close()
