"""The button that starts a drill: the real drill, as a process of its own beside the record of the house."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientError, ClientSession
from aiohttp.test_utils import TestClient, TestServer, unused_port

from monitor.desk.app import make
from monitor.desk.rehearsals import Rehearsals
from monitor.ledger import audit
from monitor.models import AuditEntry
from tests.monitor.desk.browser import Browser, Page
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import PASSWORD, House

SOON_S = 30


@dataclass
class Stage:
    """A house where drills may be started."""

    house: House
    rehearsals: Rehearsals
    holder: asyncio.Task[None]
    browser: Browser

    async def sees(self, words: str) -> Page:
        """The readiness page, once it says this."""
        async with asyncio.timeout(SOON_S):
            while words not in (page := await self.browser.get("/readiness")).text:
                await asyncio.sleep(0.1)
        return page

    async def audited(self) -> list[AuditEntry]:
        """What the audit says of drills."""
        async with self.house.ledger.read() as s:
            return [line for line in await audit.lines(s) if line.subject == "drill"]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Maria, an approver, is at the desk."""
    (tmp_path / "ownup.toml").write_text("[site]\nname = 'Harbour Mail'\n")
    async with House.open(tmp_path, desk={"drill_port": unused_port()}) as house:
        rehearsals = Rehearsals(house.ledger, house.config, lambda: house.now)
        holder: asyncio.Task[None] = asyncio.create_task(rehearsals.run())
        async with TestClient(TestServer(make(house.seat(rehearsals=rehearsals)))) as client:
            browser = Browser(client)
            await browser.submit(await browser.get("/login"), "/login", name="Maria", password=PASSWORD)
            yield Stage(house, rehearsals, holder, browser)
        holder.cancel()
        await asyncio.wait([holder])


def drills() -> list[psutil.Process]:
    """The rehearsals that run below this process, which may have servers of other tests, too."""
    return [child for child in psutil.Process().children() if "drill" in child.cmdline()]


async def test_a_drill_goes_on_beside_the_desk_and_leaves_its_score(stage: Stage) -> None:
    """The page leads to its desk, a second is refused, and the end is shown and audited."""
    ready = await stage.browser.get("/readiness")
    await stage.browser.submit(ready, "/drill", call="")
    page = await stage.sees("is broken now")
    assert f'href="{stage.rehearsals.url}"' in page.text
    assert "/drill" not in page.forms
    page.forms["/drill"] = ready.forms["/drill"]
    assert "already" in (await stage.browser.submit(page, "/drill")).text
    async with ClientSession() as session, session.get(stage.rehearsals.url) as desk:
        assert "<strong>This is a drill.</strong>" in await desk.text()
    (child,) = drills()
    child.terminate()
    page = await stage.sees("ended: <strong>not passed</strong>")
    assert "not passed: no notice was approved" in page.text
    started, ended = await stage.audited()
    assert (started.actor, started.action) == ("Maria", "drill started")
    assert json.loads(started.detail) == {"calls people": False}
    assert (ended.action, ended.detail) == ("drill ended", "not passed")


async def test_a_drill_ends_with_the_daemon(stage: Stage) -> None:
    """When the station is cancelled nothing of the drill is left, and real people were asked for by the tick alone."""
    await stage.browser.submit(await stage.browser.get("/readiness"), "/drill", call="yes")
    await stage.sees("is broken now")
    stage.holder.cancel()
    await asyncio.wait([stage.holder])
    assert drills() == []
    async with ClientSession() as session:
        with pytest.raises(ClientError):
            await session.get(stage.rehearsals.url)
    (started,) = await stage.audited()
    assert json.loads(started.detail) == {"calls people": True}


async def test_a_drill_that_cannot_begin_says_why(stage: Stage) -> None:
    """Somebody else has the port: the page says so, and the next may be started."""
    port = stage.house.config.desk.drill_port
    other = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    await stage.browser.submit(await stage.browser.get("/readiness"), "/drill", call="")
    page = await stage.sees("ended: <strong>broken off</strong>")
    assert f"[desk] cannot listen on 127.0.0.1:{port}" in page.text
    assert "/drill" in page.forms
    other.close()


async def test_without_a_port_there_is_no_button(sign_in: SignIn) -> None:
    """The page says instead how to get one."""
    page = await (await sign_in("Ada")).get("/readiness")
    assert "drill_port" in page.text
    assert "/drill" not in page.forms


async def test_no_token_no_drill(stage: Stage) -> None:
    """A form that is not of this browser's page starts nothing."""
    async with stage.browser.client.post("/drill", data={"token": "0" * 64}) as answer:
        assert answer.status == 403
    assert stage.rehearsals.latest is None
