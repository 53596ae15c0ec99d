"""All checks: the worst first, each with its last hour, a page at a time; and the clocks and ways of the overview."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.desk.spark import STEPS, draw
from monitor.ledger import deliveries
from monitor.ledger.samples import Sample
from probes.finding import Outcome
from tests.monitor.desk.conftest import SignIn, SignInAt
from tests.monitor.desk.house import CONFIG, House

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def sample(minutes_ago: float, took_s: float, outcome: Outcome = Outcome.OK) -> Sample:
    """One look."""
    return Sample(NOW - timedelta(minutes=minutes_ago), outcome, None, took_s)


def test_a_sparkline_has_the_slowest_of_every_two_minutes() -> None:
    """Its top is the slowest look, steps without one are left out, and those with a bad one are marked."""
    drawn = draw([sample(59.5, 0.1), sample(59, 0.2), sample(30, 0.4, Outcome.FAILED)], NOW)
    assert drawn
    assert (drawn.points, drawn.bad) == ("0,5 15,0", ((15, 1),))
    assert drawn.words == "1 of 3 looks of the last hour were not good; the slowest took 0.40 s"


def test_nothing_in_the_hour_draws_nothing() -> None:
    """Neither what is older, nor what a wrong clock puts ahead; a look that took no time is no division by zero."""
    assert draw([sample(61, 0.1), sample(-1, 0.1)], NOW) is None
    flat = draw([sample(0.5, 0.0)], NOW)
    assert flat
    assert flat.points.startswith(f"{STEPS - 1},")


async def test_the_worst_check_comes_first(house: House, sign_in: SignIn) -> None:
    """With why its last look was not good; one component can be asked for alone."""
    await house.fail("shop")
    browser = await sign_in("Vera")
    page = await browser.get("/targets")
    assert page.text.index("<strong>shop</strong>") < page.text.index("<strong>smtp-submission</strong>")
    one = await browser.get("/targets?component=sending")
    assert "<strong>smtp-relay</strong>" in one.text
    assert "<strong>shop</strong>" not in one.text


async def test_many_checks_are_shown_a_page_at_a_time(tmp_path: Path, sign_in_at: SignInAt) -> None:
    """Whatever page is asked for, one that there is comes, and it is small."""
    targets = [{"name": f"t{n}", "kind": "smtp", "component": "sending", "host": "127.0.0.1"} for n in range(50)]
    async with House.open(tmp_path, target=targets, component=CONFIG["component"]) as house:
        browser = await sign_in_at(house, "Vera")
        pages = {asked: await browser.get(f"/targets?page={asked}") for asked in ("1", "2", "99", "x", "-1", "")}
    assert [page.text.count('<span class="side">') for page in pages.values()] == [40, 10, 10, 40, 40, 40]
    assert "Page 2 of 2" in pages["2"].text
    assert all(len(page.text.encode()) <= 60_000 for page in pages.values())


async def test_the_overview_has_the_clocks_and_the_ways(house: House, sign_in: SignIn) -> None:
    """When we have promised to write again, and late if we have not; how each channel fared; who can say yes."""
    await house.fail()
    browser = await sign_in("Maria")
    await browser.submit(await browser.get("/updates/1"), "/updates/1/approve")
    async with house.ledger.write() as s:
        due = await deliveries.next_due(s, "chat", house.now)
        assert due
        assert await deliveries.claim(s, due.delivery.id)
        assert await deliveries.fail(s, due.delivery.id, "the other end said 410")
    page = await browser.get("/")
    assert "by 15:00 UTC" in page.text
    assert "the other end said 410" in page.text
    assert "1 waiting" in page.text
    assert "Ada, Maria can say yes." in page.text
    house.wait(hours=2)
    assert "late: due" in (await browser.get("/")).text
