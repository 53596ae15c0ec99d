"""What we say we will do has an owner and a day, and nobody has to remember to ask for it."""

from datetime import timedelta

import pytest

from monitor.ledger import audit, follow_ups
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import START, House

ADD, TODAY = "/incidents/1/followups", START.date()
TYPED = {"what": "warn when the disk is nearly full", "owner": "Ada", "due": (TODAY + timedelta(days=9)).isoformat()}


async def test_it_is_asked_for_when_its_day_has_come(house: House, sign_in: SignIn) -> None:
    """A follow-up stands at its incident, on the overview from its day on, and is late the day after."""
    await house.fail()
    browser = await sign_in("Rita")
    page = await browser.submit(await browser.get("/incidents/1"), ADD, **TYPED)
    assert "Ada, by 1 Dec 2026" in page.text
    assert TYPED["what"] not in (await browser.get("/")).text
    house.wait(days=9)
    browser = await sign_in("Rita")
    overview = await browser.get("/")
    assert TYPED["what"] in overview.text
    assert "by 1 Dec 2026: <b>today</b>" in overview.text
    house.wait(hours=11)
    assert "by 1 Dec 2026: <b>late</b>" in (await browser.get("/")).text


async def test_who_did_it_is_written_down(house: House, sign_in: SignIn) -> None:
    """Done is said once, by somebody with a name, and then nobody is asked again."""
    await house.fail()
    browser = await sign_in("Rita")
    await browser.submit(await browser.get("/incidents/1"), ADD, **{**TYPED, "due": TODAY.isoformat()})
    overview = await browser.get("/")
    done = await browser.submit(overview, "/followups/1/done")
    assert "(said Rita)" in done.text
    assert (await browser.submit(overview, "/followups/1/done")).status == 200
    assert "/followups/1/done" not in (await browser.get("/")).forms
    async with house.ledger.read() as s:
        assert await follow_ups.undone(s) == []
        assert [line.action for line in await audit.lines(s)][-2:] == ["follow-up", "followed-up"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"what": " "}, "“What is to be done” needs from 1 to 300 letters"),
        ({"owner": "x" * 81}, "“Who does it” needs from 1 to 80 letters"),
        ({"due": "soon"}, "it needs a day"),
        ({"due": "2026-11-21"}, "that day is over"),
    ],
)
async def test_it_needs_an_owner_and_a_day(house: House, sign_in: SignIn, wrong: dict[str, str], said: str) -> None:
    """“Somebody, soon” is nobody, never; what was typed is not lost."""
    await house.fail()
    browser = await sign_in("Rita")
    page = await browser.submit(await browser.get("/incidents/1"), ADD, **{**TYPED, **wrong})
    assert (page.status, said in page.text) == (422, True)
    assert all(words in page.text for name, words in TYPED.items() if name in {"what", "owner"} - wrong.keys())


async def test_who_only_reads_plans_nothing(house: House, sign_in: SignIn) -> None:
    """A viewer sees what is planned, and has no form for it."""
    await house.fail()
    page = await (await sign_in("Vera")).get("/incidents/1")
    assert "Nothing is planned yet." in page.text
    assert ADD not in page.forms


async def test_what_is_nowhere(sign_in: SignIn) -> None:
    """An incident or a follow-up that does not exist is told so."""
    browser = await sign_in("Rita")
    token = (await browser.get("/")).forms["/logout"]["token"]
    assert (await browser.post("/incidents/9/followups", {**TYPED, "token": token})).status == 404
    assert (await browser.post("/followups/9/done", {"token": token})).status == 404
