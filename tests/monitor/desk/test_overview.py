"""The overview and the incident: what waits, what is open, what happened."""

from dataclasses import replace

from aiohttp.test_utils import TestClient, TestServer

from monitor.desk.app import make
from monitor.sample import Ports, running
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import PASSWORD, House


async def test_a_quiet_desk_says_so(sign_in: SignIn) -> None:
    """Nothing waits, and every component works."""
    page = await (await sign_in("Vera")).get("/")
    assert "Nothing waits for you" in page.text
    assert page.text.count("works</span>") == 3 + 4  # three components, and the four checks of them
    assert "Sample mode" not in page.text


async def test_what_waits_comes_first(house: House, sign_in: SignIn) -> None:
    """One clear link to the draft, above what fails and since when; a draft being confirmed stands behind it."""
    browser = await sign_in("Maria")
    await house.fail("shop", confirmed=False, taken=False)
    assert "A failure is being confirmed" in (await browser.get("/")).text
    await house.fail(taken=False)
    house.wait(seconds=34)
    page = await browser.get("/")
    assert "A draft waits for a human" in page.text
    assert "waits since <time" in page.text
    assert "(34 s ago)" in page.text
    assert "Nobody has taken it up yet" in page.text
    assert (
        page.text.index('href="/updates/2"') < page.text.index('href="/updates/1"') < page.text.index("Components now")
    )
    assert page.text.count("Read and decide") == 1
    assert "1 check fails since 14:02:11 UTC (34 s ago); being confirmed" in page.text
    assert "1 of its 2 checks" in page.text


async def test_taking_it_up_is_a_fact(house: House, sign_in: SignIn) -> None:
    """I am looking at it: everybody sees who, the draft may say so, and the second one changes nothing."""
    await house.fail(taken=False)
    browser = await sign_in("Rita")
    first, second = await browser.get("/updates/1"), await (await sign_in("Maria")).get("/updates/1")
    done = await browser.submit(first, "/incidents/1/acknowledge")
    assert done.path == "/updates/1"
    assert "You have taken it up." in done.text
    await browser.submit(first, "/incidents/1/acknowledge")
    await house.scribe.tend()
    page = await (await sign_in("Maria")).get("/updates/1")
    assert "taken up by Rita" in page.text
    assert "/incidents/1/acknowledge" in second.forms
    assert "/incidents/1/acknowledge" not in page.forms
    assert (await browser.get("/incidents/1")).text.count("Rita took it up") == 1


async def test_what_is_over_cannot_be_taken_up(house: House, sign_in: SignIn) -> None:
    """A failure that went away before it was confirmed needs nobody."""
    await house.fail(confirmed=False, taken=False)
    browser = await sign_in("Rita")
    page = await browser.get("/incidents/1")
    await house.blow_over()
    late = await browser.submit(page, "/incidents/1/acknowledge")
    assert late.status == 409
    assert "Not taken up: this incident is over." in late.text


async def test_an_incident_is_one_line_of_time(house: House, sign_in: SignIn) -> None:
    """Failures, drafts, edits, acts, approvals and recoveries, each with its time, the newest first."""
    await house.fail(confirmed=False, taken=False)
    house.wait(seconds=9)
    await house.confirm()
    house.wait(seconds=31)
    browser = await sign_in("Maria")
    await browser.submit(await browser.get("/updates/1"), "/incidents/1/acknowledge")
    await house.scribe.tend()
    house.wait(seconds=20)
    page = await browser.get("/updates/1/edit")
    await browser.submit(page, "/updates/1/edit", title="Sending email does not work")
    house.wait(seconds=20)
    await browser.submit(await browser.get("/updates/1"), "/updates/1/approve")
    house.wait(minutes=9)
    await house.recover()
    page = await browser.get("/incidents/1")
    told = [
        "smtp-submission works",
        "A draft was written",
        "Everything works again in our checks",
        "Maria approved it",
        "Maria edited the draft",
        "Maria took it up",
        "The incident was confirmed",
        "smtp-submission is down",
        "smtp-submission failed a look",
    ]
    places = [page.text.index(sentence) for sentence in told]
    assert sorted(places[3:]) == places[3:]
    assert max(places[:3]) < places[3]
    assert "Read the draft that waits" in page.text


async def test_a_blip_bothers_nobody(house: House, sign_in: SignIn) -> None:
    """It is kept among the recent ones, and says that nobody was told."""
    await house.fail(confirmed=False)
    house.wait(seconds=5)
    await house.blow_over()
    page = await (await sign_in("Vera")).get("/")
    assert "Nothing waits for you" in page.text
    assert "over after 5 s; it was never confirmed, and nobody was told" in page.text


async def test_sample_servers_break_and_work_again(house: House) -> None:
    """In sample mode a button breaks a part of our own servers, and the same place then offers to repair it."""
    async with (
        running(Ports(0, 0, 0, 0, 0, 0)) as sample,
        TestClient(TestServer(make(replace(house.seat(), sample=sample)))) as client,
    ):
        browser = Browser(client)
        page = await browser.submit(await browser.get("/login"), "/login", name="Rita", password=PASSWORD)
        assert page.text.count("/sample/break") == 3
        token = page.forms["/sample/break"]["token"]
        page = await browser.post("/sample/break", {"token": token, "part": "smtp"})
        assert "The sample part is broken now." in page.text
        assert (page.text.count("/sample/break"), page.text.count("/sample/repair")) == (2, 1)
        page = await browser.submit(page, "/sample/repair")
        assert page.text.count("/sample/break") == 3
        assert (await browser.post("/sample/break", {"token": token, "part": "nothing"})).status == 404


async def test_nothing_can_be_broken_outside_sample_mode(sign_in: SignIn) -> None:
    """Real servers have no such button, and a form that pretends is refused."""
    browser = await sign_in("Ada")
    token = (await browser.get("/")).forms["/logout"]["token"]
    page = await browser.post("/sample/break", {"token": token, "part": "smtp"})
    assert page.status == 404
    assert "Only sample mode has servers to break." in page.text
