"""The readiness page."""

from dataclasses import replace

from aiohttp.test_utils import TestClient, TestServer

from monitor.desk.app import make
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import PASSWORD, House


async def test_it_names_what_is_missing_and_what_would_be_left(sign_in: SignIn) -> None:
    """A viewer may read it; what is missing stands first."""
    page = await (await sign_in("Vera")).get("/readiness")
    assert page.status == 200
    assert "There is no [[person]], so nobody is called" in page.text
    assert page.text.index("There is no [[person]]") < page.text.index("If Sending email died")
    assert "Not by subscribers" in page.text


async def test_the_overview_leads_there(sign_in: SignIn) -> None:
    """From the components, whose loss it is about."""
    assert 'href="/readiness"' in (await (await sign_in("Vera")).get("/")).text


async def test_it_says_when_the_copy_of_the_page_is_not_kept_up(house: House) -> None:
    """So does the overview: what outlives us should not be found old on the day that we are down."""
    seat = replace(house.seat(), copy_trouble=lambda: "it cannot be written to /srv/status (No space left on device)")
    async with TestClient(TestServer(make(seat))) as client:
        browser = Browser(client)
        await browser.submit(await browser.get("/login"), "/login", name="Vera", password=PASSWORD)
        for place in ("/", "/readiness"):
            page = await browser.get(place)
            assert "The copy of the public page is not kept up: it cannot be written to /srv/status" in page.text
