"""The desk as a human meets it: Chromium on a phone, without JavaScript."""

import shutil
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, async_playwright, expect

from tests.monitor.desk.house import PASSWORD, House


@pytest.fixture
async def phone() -> AsyncIterator[Page]:
    """A tab of 390 by 844 pixels in which no script runs."""
    chromium = shutil.which("chromium")
    assert chromium, "these tests need Chromium: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
        yield await context.new_page()
        await browser.close()


async def test_from_the_calls_link_to_published(house: House, server: TestServer, phone: Page) -> None:
    """Sign in, and one tap: the button is in reach without scrolling, and nothing sticks out sideways."""
    await house.fail()
    requests: list[str] = []
    phone.on("request", lambda request: requests.append(request.url))
    home = str(server.make_url("/"))
    await phone.goto(f"{home}updates/1")
    await phone.get_by_label("Your name").fill("Maria")
    await phone.get_by_label("Password").fill(PASSWORD)
    await phone.get_by_role("button", name="Sign in").click()
    await expect(phone).to_have_url(f"{home}updates/1")
    button = phone.get_by_role("button", name="Approve and publish")
    await expect(button).to_be_in_viewport(ratio=1)
    box = await button.bounding_box()
    assert box
    assert box["height"] >= 44
    await button.click()
    await expect(phone.locator("#sent")).to_contain_text("Approved by Maria")
    assert all(url.startswith(home) for url in requests)


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_no_page_is_wider_than_the_screen(house: House, server: TestServer, phone: Page, width: int) -> None:
    """On a small phone, a usual one and a wide screen, whatever long words a server sends."""
    await house.fail(detail="x" * 400)
    await phone.set_viewport_size({"width": width, "height": 844})
    home = str(server.make_url("/"))
    await phone.goto(f"{home}login")
    await phone.get_by_label("Your name").fill("Ada")
    await phone.get_by_label("Password").fill(PASSWORD)
    await phone.get_by_role("button", name="Sign in").click()
    for path in ("", "updates/1", "updates/1/edit", "incidents/1", "nowhere"):
        await phone.goto(home + path)
        main = await phone.locator("html").bounding_box()
        assert main
        assert main["width"] <= width, path
        for part in await phone.locator("main *").all():
            box = await part.bounding_box()
            assert box is None or box["x"] + box["width"] <= width + 1, (path, await part.inner_text())
