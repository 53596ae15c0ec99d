"""The desk in Chromium: the whole story on every screen, for eyes and hands of every sort, and live."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from monitor.desk.app import make
from tests.monitor.desk.house import PASSWORD, House

SCREENS = [(390, 844), (1280, 900)]
SCHEMES = ("light", "dark")
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all that a test looks at."""
    found = shutil.which("chromium")
    assert found, "these tests need Chromium: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def signed_in(context: BrowserContext, home: str, path: str = "", name: str = "Maria") -> Page:
    """A tab of somebody, at a page to which a link has led them."""
    page = await context.new_page()
    await page.goto(home + path)
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(home + path)
    return page


TAPS = ("Sign in", "I am looking at it", "Approve and publish")
"""All that a thumb has to press, from the link in a call to published, by somebody who is not even signed in."""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
async def test_from_the_calls_link_to_published_in_three_taps(
    chromium: Browser, tmp_path: Path, *, scripts: bool
) -> None:
    """On a phone and a wide screen, by day and by night: sign in, take it up, approve; no request leaves the desk."""
    for width, height in SCREENS:
        for scheme in SCHEMES:
            context = await chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
                java_script_enabled=scripts,
            )
            storage = {"directory": f"{width}{scheme}"}
            async with House.open(tmp_path, storage=storage) as house, TestServer(make(house.seat())) as server:
                scribe: asyncio.Task[None] = asyncio.create_task(house.scribe.run())
                await publish(house, context, str(server.make_url("/")))
                scribe.cancel()
                await asyncio.wait([scribe])
            await context.close()


async def publish(house: House, context: BrowserContext, home: str) -> None:
    """The story, with the page's own complaints and every address that it asked for."""
    await house.fail(taken=False)
    asked: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page = await context.new_page()
    await page.goto(f"{home}updates/1")
    await page.get_by_label("Your name").fill("Maria")
    await page.get_by_label("Password").fill(PASSWORD)
    for tap in TAPS:
        button = page.get_by_role("button", name=tap)
        await expect(button).to_be_in_viewport(ratio=1)
        await button.click()
    await expect(page.locator("#sent")).to_contain_text("Approved by Maria")
    assert await page.evaluate(WIDER) <= 0
    assert all(url.startswith(home) for url in asked)
    assert complaints == []


@pytest.mark.timeout(120)
async def test_the_keyboard_is_enough(house: House, server: TestServer, chromium: Browser) -> None:
    """From signing in to published by Tab and Enter alone, always seeing where one is."""
    await house.fail()
    home = str(server.make_url("/"))
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await page.goto(f"{home}updates/1")
    await expect(page.get_by_label("Your name")).to_be_focused()
    await page.keyboard.type("Maria")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{home}updates/1")
    for _ in range(40):
        await page.keyboard.press("Tab")
        ring = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none"
        if "Approve and publish" in await page.evaluate("document.activeElement.textContent"):
            break
    await page.keyboard.press("Enter")
    await expect(page.locator("#sent")).to_contain_text("Approved by Maria")
    await context.close()


@pytest.mark.timeout(120)
async def test_pages_follow_what_happens(house: House, server: TestServer, chromium: Browser) -> None:
    """An outage, a change, a second reader: the open page shows each; what somebody types or may approve stays put."""
    home = str(server.make_url("/"))
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    page = await signed_in(context, home)
    await expect(page.get_by_text("It follows what happens.")).to_be_visible()
    await expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    await house.fail()
    await expect(page.get_by_role("link", name="Read and decide")).to_be_visible(timeout=15_000)
    await page.get_by_role("link", name="Read and decide").click()
    await expect(page.get_by_text("It follows what happens.")).to_be_visible()
    await page.get_by_text("The cause is confirmed").click()
    await page.get_by_label("The cause").fill("a disk that is")
    before = await page.locator("input[name=revision]").first.input_value()
    await house.fail("smtp-relay")
    await expect(page.locator("#news")).to_contain_text("This draft has changed.", timeout=15_000)
    assert await page.locator("input[name=revision]").first.input_value() == before
    assert await page.get_by_label("The cause").input_value() == "a disk that is"
    other = await chromium.new_context()
    await signed_in(other, home, "updates/1", name="Rita")
    await expect(page.locator("#others")).to_contain_text("Rita has this draft open", timeout=15_000)
    await other.close()
    await expect(page.locator("#others")).to_be_empty(timeout=30_000)
    await page.get_by_role("link", name="See it as it is now").click()
    await expect(page.locator("#changed")).to_be_visible()
    await context.close()
