"""What a human says happened becomes a fact of the draft, in their words and with their name."""

from datetime import timedelta

import pytest

from drafts.facts import Checked, Facts, UpdateKind
from monitor.ledger import drafts, incidents
from monitor.models import ActKind, IncidentUpdate, Stage
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House

ACTS, DRAFT = "/incidents/1/acts", "/updates/1"


async def drafted(house: House) -> IncidentUpdate:
    """The draft, once the scribe has followed the facts."""
    await house.scribe.tend()
    async with house.ledger.read() as s:
        return await drafts.get(s, 1)


async def test_a_check_is_quoted(house: House, sign_in: SignIn) -> None:
    """What was checked and what it showed stands in the draft, and the human comes back to it."""
    await house.fail()
    browser = await sign_in("Rita")
    page = await browser.get(DRAFT)
    done = await browser.submit(page, ACTS, kind="checked", what="the disks", showed="they have room")
    assert (done.status, done.path) == (200, DRAFT)
    assert "Written down, with your name." in done.text
    update = await drafted(house)
    assert "We have checked the disks (they have room)." in update.body
    assert Facts.from_json(update.facts).checked == (Checked("the disks", "they have room", ("act:2",)),)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "cause", "cause": "a full disk"}, "The cause: “a full disk” (Rita, 14:02 UTC)."),
        (
            {"kind": "estimate", "until": "by 15:00 UTC", "basis": "half is moved"},
            "When it will be fixed: “by 15:00 UTC; half is moved” (Rita, 14:02 UTC).",
        ),
        ({"kind": "repair", "repair": "a new disk"}, "What helped: “a new disk” (Rita, 14:02 UTC)."),
    ],
)
async def test_words_are_quoted(house: House, sign_in: SignIn, typed: dict[str, str], said: str) -> None:
    """Whatever a responder says of the outage, from the incident's own page, is quoted with their name and the time."""
    await house.fail()
    browser = await sign_in("Rita")
    done = await browser.submit(await browser.get("/incidents/1"), ACTS, **typed)
    assert (done.status, done.path) == (200, "/incidents/1")
    assert said in (await drafted(house)).body


async def test_lost_data_and_amends_stand_in_the_last_word(house: House, sign_in: SignIn) -> None:
    """The resolved draft says what a human found of lost data, and how it is made good."""
    await house.fail()
    await house.recover()
    house.wait(hours=1)
    browser = await sign_in("Rita")
    for typed in ({"kind": "loss", "loss": "none"}, {"kind": "amends", "amends": "a free day"}):
        await browser.submit(await browser.get("/incidents/1"), ACTS, **typed)
    await house.scribe.tend()
    async with house.ledger.read() as s:
        (waiting,) = await drafts.waiting(s)
    assert "Lost data: “none” (Rita" in waiting.body
    assert "How we make it good: “a free day” (Rita" in waiting.body


async def test_a_confirmed_cause_identifies(house: House, sign_in: SignIn) -> None:
    """With a cause the draft says identified, and once it is approved so does the incident."""
    await house.fail()
    browser = await sign_in("Maria")
    assert (await drafted(house)).stage is Stage.INVESTIGATING
    await browser.submit(await browser.get(DRAFT), ACTS, kind="cause", cause="a full disk")
    assert (await drafted(house)).stage is Stage.IDENTIFIED
    await browser.submit(await browser.get(DRAFT), "/updates/1/approve")
    async with house.ledger.read() as s:
        assert (await incidents.get(s, 1)).stage is Stage.IDENTIFIED


async def test_what_was_checked_is_told_once(house: House, sign_in: SignIn) -> None:
    """A check that the last word told of is not told again as if it were new."""
    await house.fail()
    browser = await sign_in("Maria")
    await browser.submit(await browser.get(DRAFT), ACTS, kind="checked", what="the disks", showed="they have room")
    await house.scribe.tend()
    await browser.submit(await browser.get(DRAFT), "/updates/1/approve")
    house.wait(minutes=55)
    await house.scribe.tend()
    async with house.ledger.read() as s:
        (waiting,) = await drafts.waiting(s)
    assert Facts.from_json(waiting.facts).checked == ()


async def test_an_edited_draft_keeps_its_words(house: House, sign_in: SignIn) -> None:
    """Words that a human wrote are not overwritten by a fact that another adds; the fact is offered."""
    await house.fail()
    browser = await sign_in("Rita")
    await browser.submit(await browser.get("/updates/1/edit"), "/updates/1/edit", body="My own words.")
    await browser.submit(await browser.get(DRAFT), ACTS, kind="cause", cause="a full disk")
    update = await drafted(house)
    assert update.body == "My own words."
    assert Facts.from_json(update.facts).cause.words == "a full disk"


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "cause", "cause": " \u200b "},
        {"kind": "cause", "cause": "x" * 301},
        {"kind": "checked", "what": "the disks", "showed": ""},
        {"kind": "acknowledged"},
        {"kind": "sorcery"},
    ],
)
async def test_half_a_word_is_refused(house: House, sign_in: SignIn, typed: dict[str, str]) -> None:
    """Nothing is written down that is empty, too long, or of no kind that has a form."""
    await house.fail()
    browser = await sign_in("Rita")
    page = await browser.submit(await browser.get(DRAFT), ACTS, **typed)
    assert page.status == 422
    assert "Not written down" in page.text
    async with house.ledger.read() as s:
        assert [act.kind for act in await incidents.acts(s, 1)] == [ActKind.ACKNOWLEDGED]


async def test_a_refused_form_gives_the_words_back(house: House, sign_in: SignIn) -> None:
    """What a human had typed is not lost with the refusal."""
    await house.fail()
    browser = await sign_in("Rita")
    page = await browser.submit(await browser.get(DRAFT), ACTS, kind="checked", what="the blue disks", showed="")
    assert "the blue disks" in page.text


async def test_a_viewer_says_nothing(house: House, sign_in: SignIn) -> None:
    """Who only reads has no such form, and cannot send one either."""
    await house.fail()
    browser = await sign_in("Vera")
    page = await browser.get("/incidents/1")
    assert ACTS not in page.forms
    forged = await browser.post(ACTS, {"kind": "cause", "cause": "me", "token": page.forms["/logout"]["token"]})
    assert forged.status == 403


async def test_the_form_needs_its_token(house: House, sign_in: SignIn) -> None:
    """A form that does not come from our page is refused."""
    await house.fail()
    browser = await sign_in("Rita")
    assert (await browser.post(ACTS, {"kind": "cause", "cause": "me"})).status == 403


async def test_what_is_over_stays_as_told(house: House, sign_in: SignIn) -> None:
    """After the end of an incident, and of one that never was, nothing can be added."""
    await house.fail(confirmed=False)
    await house.blow_over()
    browser = await sign_in("Rita")
    token = (await browser.get("/")).forms["/logout"]["token"]
    fields = {"kind": "cause", "cause": "me", "token": token}
    assert (await browser.post(ACTS, fields)).status == 409
    assert (await browser.post("/incidents/9/acts", fields)).status == 404


async def test_a_correction_quotes_what_was_published(house: House, sign_in: SignIn) -> None:
    """Wrong words of ours are quoted in a draft of its own, which comes before any other, and stay where they were."""
    await house.fail()
    browser = await sign_in("Maria")
    await browser.submit(await browser.get(DRAFT), "/updates/1/approve")
    published = await drafted(house)
    house.wait(minutes=5)
    page = await browser.get("/incidents/1")
    wrong = "Reading email and Website work in our checks."
    await browser.submit(page, ACTS, kind="correction", wrong=wrong, truth="Website fails too")
    assert (await drafted(house)).body == published.body
    async with house.ledger.read() as s:
        (waiting,) = await drafts.waiting(s)
    assert waiting.kind is UpdateKind.CORRECTION
    assert waiting.body.startswith("**Correction, 14:07 UTC on 22 November 2026.** At 14:02 UTC we said: “Reading")
    assert "That was wrong: “Website fails too” (Maria)." in waiting.body


async def test_a_correction_is_drafted_once(house: House, sign_in: SignIn) -> None:
    """Once it is approved nothing more is corrected, and the promise that it made is the one that counts."""
    await house.fail()
    browser = await sign_in("Maria")
    await browser.submit(await browser.get(DRAFT), "/updates/1/approve")
    house.wait(minutes=5)
    title = (await drafted(house)).title
    await browser.submit(await browser.get("/incidents/1"), ACTS, kind="correction", wrong=title, truth="a false alarm")
    await house.scribe.tend()
    done = await browser.submit(await browser.get("/updates/2"), "/updates/2/approve", override="it is as it is")
    assert "Retraction of our message" in done.text.replace("retraction", "Retraction")
    await house.scribe.tend()
    async with house.ledger.read() as s:
        assert await drafts.waiting(s) == []
        assert (await incidents.get(s, 1)).stage is Stage.INVESTIGATING


async def over(house: House, browser: Browser) -> None:
    """An outage that was published about and is over."""
    await house.fail()
    await browser.submit(await browser.get(DRAFT), "/updates/1/approve")
    await house.recover()
    house.wait(hours=1)
    await house.scribe.tend()
    await house.approve(await house.waiting())


async def test_what_we_said_can_be_corrected_after_the_end(house: House, sign_in: SignIn) -> None:
    """An incident that is over stays over; a correction of it is drafted, promises nothing, and can be approved."""
    browser = await sign_in("Maria")
    await over(house, browser)
    house.wait(hours=10)
    page = await browser.get("/incidents/1")
    wrong = "Reading email and Website work in our checks."
    await browser.submit(page, ACTS, kind="correction", wrong=wrong, truth="Website failed too, from 14:10 UTC")
    await house.scribe.tend()
    draft = await house.waiting(UpdateKind.CORRECTION)
    assert (draft.kind, draft.stage, draft.next_update_at) == (UpdateKind.CORRECTION, Stage.RESOLVED, None)
    assert "That was wrong: “Website failed too, from 14:10 UTC” (Maria)." in draft.body
    page = await browser.get(f"/updates/{draft.id}")
    done = await browser.submit(page, f"/updates/{draft.id}/approve", override="nothing of ours checked this page")
    assert "Approved. It goes out now" in done.text
    async with house.ledger.read() as s:
        incident = await incidents.get(s, 1)
    assert (incident.stage, incident.resolved_at) == (Stage.RESOLVED, house.now - timedelta(hours=10))


async def test_a_correction_cut_off_by_the_end_comes_back(house: House, sign_in: SignIn) -> None:
    """What was found wrong just before the end is still drafted after it."""
    await house.fail()
    browser = await sign_in("Maria")
    await browser.submit(await browser.get(DRAFT), "/updates/1/approve")
    await house.recover()
    house.wait(hours=1)
    await house.scribe.tend()
    last = await house.waiting()
    title = (await drafted(house)).title
    await browser.submit(await browser.get("/incidents/1"), ACTS, kind="correction", wrong=title, truth="it was not")
    await house.approve(last)
    await house.scribe.tend()
    assert "it was not" in (await house.waiting(UpdateKind.CORRECTION)).body


async def test_a_false_alarm_takes_back_all_that_was_said(house: House, sign_in: SignIn) -> None:
    """The retraction names the first message and the reason; what was never published cannot be taken back."""
    await house.fail()
    browser = await sign_in("Maria")
    early = await browser.submit(await browser.get("/incidents/1"), ACTS, kind="false_alarm", alarm="our own line")
    assert (early.status, "nothing to take back" in early.text) == (409, True)
    await browser.submit(await browser.get(DRAFT), "/updates/1/approve")
    await browser.submit(await browser.get("/incidents/1"), ACTS, kind="false_alarm", alarm="our own line")
    await house.scribe.tend()
    draft = await house.waiting()
    assert "That was a false alarm: “our own line” (Maria). We take back that message" in draft.body
    done = await browser.submit(await browser.get(f"/updates/{draft.id}"), f"/updates/{draft.id}/approve")
    assert "Approved. It goes out now" in done.text


async def test_only_published_words_can_be_corrected(house: House, sign_in: SignIn) -> None:
    """What stands in a draft, or nowhere, needs no correction."""
    await house.fail()
    browser = await sign_in("Rita")
    page = await browser.submit(
        await browser.get("/incidents/1"), ACTS, kind="correction", wrong="Sending email", truth="x"
    )
    assert page.status == 422
    assert "nothing that we published here holds these words" in page.text
