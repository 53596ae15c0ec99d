"""A record to show, a clock to turn, and the page served from it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from drafts.facts import UpdateKind
from monitor.config import Site
from monitor.ledger.history import History
from monitor.models import Stage
from monitor.page.app import make
from monitor.page.pages import Pages
from monitor.page.setting import Setting
from tests.monitor.publish.story import COMPONENTS, NOON, Story, notice, told

SITE = Site(name="Example Mail", public_url="https://status.test", timezone="Europe/Zurich")


SETTING = Setting(SITE, COMPONENTS, uptime=False)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    """A record on disk, and a hand that writes into it."""
    async with told(tmp_path) as story:
        yield story


@dataclass
class Public:
    """What the public sees: a page that is kept true while the test runs, by a clock that the test turns."""

    story: Story
    now: datetime = NOON
    setting: Setting = SETTING
    history: History | None = None

    async def post(
        self,
        incident_id: int,
        title: str,
        *,
        minute: int,
        stage: Stage = Stage.INVESTIGATING,
        promise: int | None = None,
        body: str = "",
    ) -> int:
        """A human approves an update so many minutes after noon, and it is delivered to the page."""
        at = NOON + timedelta(minutes=minute)
        update_id = await self.story.draft(
            incident_id,
            notice(title, body),
            kind=UpdateKind.RESOLVED if stage is Stage.RESOLVED else UpdateKind.SCOPE,
            stage=stage,
            next_update=None if promise is None else NOON + timedelta(minutes=promise),
            at=at,
        )
        await self.story.approve(update_id, ["page"], at=at)
        await self.story.show(update_id, at)
        return update_id

    async def pages(self, minute: float = 0) -> Pages:
        """The page as it is first drawn, so many minutes after noon."""
        self.now = NOON + timedelta(minutes=minute)
        return await Pages.open(self.story.ledger, self.setting, clock=lambda: self.now, history=self.history)

    async def read(self, path: str, minute: int = 0) -> str:
        """What stands at a path, so many minutes after noon."""
        return (await self.pages(minute)).answer(path).body.decode()


@pytest.fixture
def public(story: Story) -> Public:
    """Nothing is published yet."""
    return Public(story)


@dataclass
class Served:
    """The page on a free port of loopback, kept true by its own task."""

    pages: Pages
    client: ClientSession


@asynccontextmanager
async def serving(public: Public) -> AsyncIterator[Served]:
    """Serve it as the daemon does."""
    pages = await public.pages()
    keeper = asyncio.create_task(pages.keep())
    runner = web.AppRunner(make(pages))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
        yield Served(pages, client)
    await runner.cleanup()
    keeper.cancel()
    with suppress(asyncio.CancelledError):
        await keeper


@pytest.fixture
async def served(public: Public) -> AsyncIterator[Served]:
    """The page as a browser meets it."""
    async with serving(public) as served:
        yield served
