"""What a human claims, by the desk's forms: written down with their name, or refused with what to do and a line."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from monitor.ledger import audit, drafts
from monitor.models import Act, ActKind, Incident
from tests.monitor.desk.browser import Browser, Page
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House

NEW = "/incidents/new"


async def acts(house: House) -> list[ActKind]:
    """What people did, oldest first."""
    async with house.ledger.read() as s:
        return [act.kind for act in await s.scalars(select(Act).order_by(Act.id))]


async def begun(browser: Browser, **typed: str) -> Page:
    """Fill in the page that opens an incident by hand."""
    page = await browser.get(NEW)
    fields = {name: value for name, value in page.forms[NEW].items() if not name.startswith("component:")}
    return await browser.post(NEW, {**fields, "noticed": "the shop is blank", "component:website": "yes", **typed})


async def test_somebody_opens_an_incident(house: House, sign_in: SignIn) -> None:
    """The components they chose and their words: the page then shows the incident, and a draft quotes them."""
    browser = await sign_in("Rita")
    page = await begun(browser)
    await house.scribe.tend()
    assert page.path == "/incidents/1"
    assert "The incident is open." in page.text
    draft = await browser.get("/updates/1")
    assert "Rita noticed at 14:02 UTC" in draft.text
    assert "the shop is blank" in draft.text
    assert "People here notice what no check of ours sees" in (await browser.get("/")).text


@pytest.mark.parametrize(
    ("typed", "status", "why"),
    [
        ({"component:website": "yes", "component:nothing": "yes"}, 409, "choose which components fail"),
        ({"noticed": "  "}, 422, "a sentence of 1 to 300 letters is needed"),
        ({"at": "yesterday"}, 422, "a day and a time are needed"),
        ({"at": "2031-01-01T00:00"}, 409, "nothing can be noticed before it happens"),
    ],
)
async def test_half_a_word_opens_nothing(
    house: House, sign_in: SignIn, typed: dict[str, str], status: int, why: str
) -> None:
    """What is missing or cannot be is told, what was typed is given back, and nothing is open."""
    browser = await sign_in("Rita")
    page = await begun(browser, **typed)
    assert (page.status, why in page.text) == (status, True)
    async with house.ledger.read() as s:
        assert (await s.scalars(select(Incident))).all() == []
        assert (await audit.lines(s))[-1].action == "refused"


async def test_what_somebody_noticed_somebody_ends(sign_in: SignIn) -> None:
    """The form stands there while it lasts, and goes when it is over."""
    browser = await sign_in("Rita")
    await begun(browser)
    page = await browser.get("/incidents/1")
    done = await browser.submit(page, "/incidents/1/cleared", how="I bought a hat")
    assert "Rita said that it works again" in done.text
    assert "/incidents/1/cleared" not in done.forms
    late = await browser.submit(page, "/incidents/1/cleared", how="I bought a hat")
    assert late.status == 409
    assert "nothing that a human noticed here is still failing" in late.text


async def test_whoever_takes_over_is_seen(house: House, sign_in: SignIn) -> None:
    """The other learns it; of two who take over at once the second is told."""
    await house.fail()
    rita, maria = await sign_in("Rita"), await sign_in("Maria")
    one, two = await rita.get("/updates/1"), await maria.get("/updates/1")
    done = await rita.submit(one, "/incidents/1/takeover")
    assert "You have taken it over." in done.text
    assert "Rita has it in hand." in done.text
    late = await maria.submit(two, "/incidents/1/takeover")
    assert late.status == 409
    assert "Not taken over: somebody else has taken it over meanwhile." in late.text
    assert (await acts(house)).count(ActKind.TAKEN_OVER) == 1


async def test_a_customer_told_us_first(house: House, sign_in: SignIn) -> None:
    """One tap, counted once; the form that is sent again is refused."""
    await house.fail()
    browser = await sign_in("Rita")
    page = await browser.get("/updates/1")
    done = await browser.submit(page, "/incidents/1/customer")
    assert "A customer told us first, as Rita wrote down." in done.text
    again = await browser.submit(page, "/incidents/1/customer")
    assert again.status == 409
    assert (await acts(house)).count(ActKind.CUSTOMER_FIRST) == 1


async def test_the_next_word_can_be_promised_for_another_time(house: House, sign_in: SignIn) -> None:
    """Within the limit, of the draft that was on the screen; anything else is refused."""
    await house.fail()
    browser = await sign_in("Rita")
    page = await browser.get("/updates/1")
    form = {**page.forms["/updates/1/promise"], "at": "2026-11-22T14:40:00+00:00"}
    done = await browser.post("/updates/1/promise", form)
    await house.scribe.tend()
    assert "The notice now promises that time." in done.text
    assert "14:40 UTC" in (await browser.get("/updates/1")).text
    assert (await browser.post("/updates/1/promise", form)).status == 409
    for at in ("2026-11-22T19:00:00+00:00", "2026-11-22T14:40:00", "soon", ""):
        fresh = (await browser.get("/updates/1")).forms["/updates/1/promise"]
        assert (await browser.post("/updates/1/promise", {**fresh, "at": at})).status == 409


async def test_it_began_earlier(house: House, sign_in: SignIn) -> None:
    """The draft has the earlier time and the reason; a second hand that did not see the first is refused."""
    await house.fail()
    rita, maria = await sign_in("Rita"), await sign_in("Maria")
    one, two = await rita.get("/incidents/1"), await maria.get("/incidents/1")
    claim = {"at": "2026-11-22T13:30", "reason": "the first call came then"}
    assert "Written down" in (await rita.submit(one, "/incidents/1/began", **claim)).text
    await house.scribe.tend()
    assert "it began at 13:30 UTC, as Rita found" in (await rita.get("/updates/1")).text
    late = await maria.submit(two, "/incidents/1/began", **{**claim, "at": "2026-11-22T13:00"})
    assert (late.status, "somebody else has said something of this meanwhile" in late.text) == (409, True)
    assert "the first call came then" in late.text


async def test_two_incidents_become_one_and_one_two(house: House, sign_in: SignIn) -> None:
    """By the forms of the incident's page; each leads to where the story goes on."""
    await house.fail()
    await house.fail("imap-login")
    browser = await sign_in("Rita")
    page = await browser.get("/incidents/2")
    merged = await browser.post("/incidents/2/merge", {**page.forms["/incidents/2/merge"], "other": "1"})
    assert (merged.path, "They are one incident now." in merged.text) == ("/incidents/1", True)
    assert "it turned out to be part of incident 1" in (await browser.get("/incidents/2")).text
    form = {name: value for name, value in merged.forms["/incidents/1/split"].items() if name == "token"}
    split = await browser.post("/incidents/1/split", {**form, "target:imap-login": "yes"})
    assert (split.path, "It is an incident of its own now" in split.text) == ("/incidents/3", True)
    assert (await browser.post("/incidents/1/split", form)).status == 409
    for other in ("", "99", "²", "x", "9" * 40):
        fields = {**page.forms["/incidents/2/merge"], "other": other}
        assert (await browser.post("/incidents/1/merge", fields)).status in {404, 409}


async def test_a_false_alarm_teaches_the_counts(house: House, sign_in: SignIn) -> None:
    """The no says so, and the next draft of the same check tells how often that was."""
    await house.fail()
    browser = await sign_in("Rita")
    page = await browser.get("/updates/1")
    form = {**page.forms["/updates/1/reject"], "reason": "our password had expired", "false_alarm": "yes"}
    assert "counted as a false alarm" in (await browser.post("/updates/1/reject", form)).text
    await house.recover()
    house.wait(hours=1)
    await house.fail()
    async with house.ledger.read() as s:
        (draft,) = await drafts.waiting(s)
    page = await browser.get(f"/updates/{draft.id}")
    assert "1 of the 2 confirmed outages of these checks were false alarms." in page.text


async def test_two_people_see_each_other(house: House, sign_in: SignIn) -> None:
    """Who has the draft open and who edits it, for a while after they loaded it; nobody sees themselves."""
    await house.fail()
    rita, maria = await sign_in("Rita"), await sign_in("Maria")
    assert "this draft" not in (await rita.get("/updates/1")).text.partition('id="others"')[2][:200]
    assert "Rita has this draft open, too." in (await maria.get("/updates/1")).text
    await rita.get("/updates/1/edit")
    assert "Rita is editing this draft now." in (await maria.get("/updates/1")).text
    assert "Maria has this draft open, too." in (await rita.get("/updates/1/edit")).text
    house.wait(minutes=3)
    assert "Rita is editing" not in (await maria.get("/updates/1")).text


async def test_a_later_word_does_not_silently_replace_another(house: House, sign_in: SignIn) -> None:
    """Two people name two causes at once: the second is shown the first, and their own words are not lost."""
    await house.fail()
    rita, maria = await sign_in("Rita"), await sign_in("Maria")

    def cause(page: Page, words: str) -> dict[str, str]:
        return {**page.forms["/incidents/1/acts"], "kind": "cause", "seen": "0", "cause": words}

    one, two = await rita.get("/updates/1"), await maria.get("/updates/1")
    assert (await rita.post("/incidents/1/acts", cause(one, "a full disk"))).status == 200
    late = await maria.post("/incidents/1/acts", cause(two, "a cut cable"))
    assert late.status == 409
    assert "a cut cable" in late.text
    assert "So far: a full disk (Rita" in (await maria.get("/updates/1")).text


async def test_an_open_page_is_told_and_its_words_stay(house: House, sign_in: SignIn) -> None:
    """What a page fetches of itself says that the draft has changed, and leads to how; the words wait for a human."""
    await house.fail()
    browser = await sign_in("Maria")
    await browser.get("/updates/1")
    await house.fail("smtp-relay")
    async with browser.client.get("/updates/1?since=1", headers={"Live": "1"}) as response:
        fetched = await response.text()
    assert "This draft has changed." in fetched
    page = await browser.get("/updates/1?since=1")
    assert "This draft has changed." not in page.text
    assert "<ins>all 2 of its checks fail</ins>" in page.text


async def test_a_page_opened_after_the_decision_is_told_nothing_of_it(house: House, sign_in: SignIn) -> None:
    """Whoever opened it to decide is told that it was decided; whoever approved it a moment ago knows, and is not."""
    await house.fail()
    browser = await sign_in("Maria")

    async def live(page: Page) -> str:
        address = unescape(re.findall(r'data-live="([^"]+)"', page.text)[0])
        async with browser.client.get(address, headers={"Live": "1"}) as response:
            return await response.text()

    opened = await browser.get("/updates/1")
    assert "This draft is" not in await live(opened)
    decided = await browser.submit(opened, "/updates/1/approve")
    assert decided.status == 200
    assert "This draft is approved" in await live(opened)
    assert "This draft is" not in await live(decided)


@pytest.mark.parametrize("deed", ["/updates/1/approve", "/incidents/1/customer"])
async def test_an_expired_session_leaves_a_line(house: House, sign_in: SignIn, deed: str) -> None:
    """Whose session it was is known, so the audit tells who was refused."""
    await house.fail()
    browser = await sign_in("Maria")
    page = await browser.get("/updates/1")
    house.wait(hours=13)
    assert (await browser.submit(page, deed)).status == 401
    async with house.ledger.read() as s:
        line = (await audit.lines(s))[-1]
    assert (line.actor, line.action, line.detail) == (
        "Maria",
        "refused",
        "Your session has ended, so nothing was done.",
    )


async def test_what_fails_again_is_taken_up_again(house: House, sign_in: SignIn) -> None:
    """The button is back for everybody; whoever presses it has it in hand, and a second press changes nothing."""
    await house.fail()
    house.wait(minutes=5)
    await house.recover()
    browser = await sign_in("Rita")
    assert "/incidents/1/acknowledge" not in (await browser.get("/incidents/1")).forms
    house.wait(minutes=5)
    await house.fail(taken=False)
    page = await browser.get("/incidents/1")
    assert "had it in hand before it failed again" in page.text
    house.wait(minutes=1)
    done = await browser.submit(page, "/incidents/1/acknowledge")
    assert "Rita has it in hand." in done.text
    assert "/incidents/1/acknowledge" not in done.forms
    await browser.submit(page, "/incidents/1/acknowledge")
    assert (await acts(house))[-2:] == [ActKind.TAKEN_OVER, ActKind.ACKNOWLEDGED]
    assert len(await acts(house)) == 3
