"""What the desk says of a drill: on every page of one, and on no page else."""

import pytest
from aiohttp.test_utils import TestClient, TestServer

from monitor.desk.app import make
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import PASSWORD, House

BAR = '<p class="drill" role="status"><strong>This is a drill.</strong> Nothing here reaches the public.</p>'
PAGES = (
    *("/", "/targets", "/brief", "/readiness", "/reply", "/incidents/new", "/incidents/1", "/incidents/1/reparation"),
    *("/updates/1", "/updates/1/edit", "/nowhere"),
)


async def test_every_page_of_a_drill_says_so_once(house: House) -> None:
    """The sign-in, every page behind it, and the page of a refusal."""
    await house.fail()
    async with TestClient(TestServer(make(house.seat(drill=True)))) as client:
        browser = Browser(client)
        login = await browser.get("/login")
        assert login.text.count(BAR) == 1
        await browser.submit(login, "/login", name="Ada", password=PASSWORD)
        for path in PAGES:
            assert (await browser.get(path)).text.count(BAR) == 1, path


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_says_so_when_it_is_none(house: House, sign_in: SignIn, path: str) -> None:
    """A bar that is always there would be read by nobody."""
    await house.fail()
    assert "This is a drill" not in (await (await sign_in("Ada")).get(path)).text
