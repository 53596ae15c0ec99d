"""The page in a real browser: accessible, within the width of a telephone, and whole without scripts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from aiohttp import web
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright
from pydantic import SecretStr

from monitor.config import Subscribers
from monitor.ledger.history import Day
from monitor.models import Stage, Way
from monitor.page.app import make
from monitor.page.moment import Attention, Case, Moment, Reading, Work
from monitor.page.pages import Pages
from monitor.passes import Passes, Purpose, nonce
from monitor.uptime import Tally
from tests.monitor.page.conftest import SETTING
from tests.monitor.page.test_tellings import post, work
from tests.monitor.publish.story import COMPONENTS, NOON

HOUR_US = 3600 * 1_000_000
RULES = Subscribers(secret=SecretStr("s" * 32))
LEAVE = f"/unsubscribe/{Passes.of(RULES).issue(Purpose.STAY, nonce())}"
PATHS = [
    "/",
    "/history",
    "/history/2025-03",
    "/incidents/7",
    "/promises",
    "/de",
    "/fr",
    "/es/incidents/8",
    "/nowhere",
    "/subscribe",
    LEAVE,
]


def everything() -> Pages:
    """A page with all that there can be."""
    setting = replace(
        SETTING,
        languages=("en", "de", "fr", "es"),
        promises=True,
        measures=True,
        uptime=True,
        ways=frozenset(Way),
        rules=RULES,
    )
    wrong = post(1, 1)
    review = post(4, 55, stage=Stage.RESOLVED, review=True)
    correction = post(3, 50, corrects=wrong.approved_at, stage=Stage.RESOLVED)
    over = Case(7, NOON, (review, correction, post(2, 40, stage=Stage.RESOLVED), wrong), COMPONENTS[:1], total=True)
    late = replace(post(5, 10), next_update_at=NOON + timedelta(minutes=30))
    cases = (
        Case(8, NOON, (late,), COMPONENTS[1:2], total=True),
        work(2, Work.IN_PROGRESS, 30),
        work(1, Work.SCHEDULED, 1440),
        over,
    )
    tallies = (
        Tally(ok=24 * HOUR_US),
        Tally(ok=23 * HOUR_US, down=HOUR_US),
        Tally(ok=22 * HOUR_US, partial=HOUR_US),
        Tally(),
    )
    days = [Day(date(2025, 3, 3) - timedelta(days=90 - n), tallies[n % 4], 24 * HOUR_US) for n in range(90)]
    readings = (Reading(COMPONENTS[2], NOON, total=True, attention=Attention.NOBODY),)
    now = NOON + timedelta(minutes=60)
    moment = Moment(setting, cases, now, NOON, "en", {"send": days, "read": days}, readings)
    return Pages(None, setting, lambda: now, None, 0, None, moment)  # type: ignore[arg-type] # it is never refreshed


@asynccontextmanager
async def opened(**how: object) -> AsyncIterator[tuple[Page, str]]:
    """A browser on the page, without scripts of ours or others."""
    runner = web.AppRunner(make(everything()))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with async_playwright() as play:
            browser = await play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            yield await browser.new_page(**how), f"http://127.0.0.1:{runner.addresses[0][1]}"  # type: ignore[arg-type]
            await browser.close()
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everybody_can_use_it(scheme: str) -> None:
    """Axe finds nothing to complain of on any page, by day and by night (WCAG 2.2 A and AA, and best practice)."""
    async with opened(color_scheme=scheme, bypass_csp=True) as (page, address):
        for path in PATHS:
            await page.goto(address + path)
            for details in await page.query_selector_all("summary"):
                await details.click()
            found = await Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"


async def test_it_fits_a_telephone_and_needs_no_scripts() -> None:
    """At 320 pixels nothing sticks out, with scripts switched off, and nothing is asked of anybody else."""
    asked: list[str] = []
    async with opened(viewport={"width": 320, "height": 640}, java_script_enabled=False) as (page, address):
        page.on("request", lambda request: asked.append(request.url))
        for path in PATHS:
            await page.goto(address + path)
            shot = await page.screenshot(full_page=True)
            assert int.from_bytes(shot[16:20], "big") == 320, path  # the width of a PNG
    assert all(url.startswith(address) for url in asked)


async def test_paper_can_be_read() -> None:
    """Printed, the key to the bars is open, nobody is sent about, and no colour says anything."""
    async with opened() as (page, address):
        await page.goto(address)
        meaning = page.locator(".legend dd").first
        assert not await meaning.is_visible()
        await page.emulate_media(media="print")
        assert await meaning.is_visible()
        assert not await page.locator(".top nav, .tongues").first.is_visible()
        inks = await page.evaluate("[...document.querySelectorAll('main *')].map(each => getComputedStyle(each).color)")
        assert set(inks) <= {"rgb(0, 0, 0)", "rgb(51, 51, 51)"}
