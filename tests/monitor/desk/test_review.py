"""When an incident is over its review lies ready, from the record, and leaves by the same door as every other word."""

from datetime import UTC, date, datetime, timedelta

import pytest

from drafts.cadence import review_due
from drafts.facts import Facts, UpdateKind
from drafts.past import Turn
from drafts.promises import Fate
from monitor.ledger import calls, deliveries, drafts, incidents
from monitor.models import ActKind, Call, IncidentUpdate, Signal, Stage, Why
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import START, House

ACTS = "/incidents/1/acts"


async def deliver(house: House) -> None:
    """Let the page have what was approved for it."""
    async with house.ledger.write() as s:
        while outgoing := await deliveries.next_due(s, "page", house.now):
            await deliveries.claim(s, outgoing.delivery.id)
            await deliveries.delivered(s, outgoing.delivery.id, "", house.now)


async def reviewed(house: House) -> IncidentUpdate:
    """An outage that was told of after eight minutes, and resolved later than promised; gives the review's draft."""
    await house.fail()
    house.wait(minutes=8)
    await house.approve(await house.waiting())
    await deliver(house)
    house.wait(minutes=9)
    await house.recover()
    house.wait(hours=2)
    await house.scribe.tend()
    await house.approve(await house.waiting())
    await deliver(house)
    await house.scribe.tend()
    return await house.waiting()


async def test_it_tells_the_story_from_the_record(house: House) -> None:
    """From the first failed look to the recovery; each entry names the row that proves it."""
    draft = await reviewed(house)
    assert (draft.kind, draft.stage, draft.next_update_at) == (UpdateKind.REVIEW, Stage.RESOLVED, None)
    past = Facts.from_json(draft.facts).past
    assert {entry.turn for entry in past.entries} == {
        *(Turn.FAILED, Turn.DRAFTED, Turn.CONFIRMED, Turn.TAKEN_UP, Turn.PUBLISHED, Turn.RECOVERED)
    }
    assert all(entry.evidence for entry in past.entries)
    assert past.told_at == START + timedelta(minutes=8)
    (promise,) = past.promises
    assert promise.fate(house.now) is Fate.BROKEN
    assert "We first wrote to you 8 minutes after it began." in draft.body
    assert "We promised once to write again by a certain time, and broke it. By" in draft.body


async def test_what_humans_add_stands_in_it(house: House, sign_in: SignIn) -> None:
    """Factors, follow-ups and the decision on reparation reach the draft as they are written down."""
    await reviewed(house)
    browser = await sign_in("Maria")
    for typed in (
        {"kind": "factor", "factor": "nobody is called when the disk is nearly full"},
        {"kind": "no_amends", "because": "nobody lost anything"},
        {"kind": "cause", "cause": "the disk was full"},
    ):
        page = await browser.submit(await browser.get("/incidents/1"), ACTS, **typed)
        assert page.status == 200
    plan = {"what": "call somebody at four fifths", "owner": "Ada", "due": "2026-12-04"}
    await browser.submit(await browser.get("/incidents/1"), "/incidents/1/followups", **plan)
    await house.scribe.tend()
    body = (await house.waiting()).body
    for words in (
        "- Nobody is called when the disk is nearly full.",
        "- Call somebody at four fifths. Ada, by 4 December 2026.",
        "**How we make it good.** Nothing, because: “nobody lost anything” (Maria",
        "The cause: “the disk was full” (Maria",
    ):
        assert words in body


async def test_it_is_published_like_every_other_word(house: House, sign_in: SignIn) -> None:
    """A human edits it, approves the very words, and no second review follows."""
    draft = await reviewed(house)
    browser = await sign_in("Maria")
    overview = await browser.get("/")
    assert "Reviews to be written and published" in overview.text
    assert "Nothing waits for you" in overview.text
    form = await browser.get(f"/updates/{draft.id}/edit")
    words = form.forms[f"/updates/{draft.id}/edit"]["body"].replace("Nothing is decided yet.", "We bought a disk.")
    await browser.submit(form, f"/updates/{draft.id}/edit", body=words)
    done = await browser.submit(await browser.get(f"/updates/{draft.id}"), f"/updates/{draft.id}/approve")
    assert "Approved. It goes out now" in done.text
    await house.scribe.tend()
    async with house.ledger.read() as s:
        assert await drafts.waiting(s) == []
        assert (await incidents.get(s, 1)).stage is Stage.RESOLVED
    await deliver(house)


async def test_a_correction_does_not_drive_it_out(house: House, sign_in: SignIn) -> None:
    """Somebody may be writing it: both drafts wait side by side."""
    draft = await reviewed(house)
    browser = await sign_in("Maria")
    wrong = {"kind": "correction", "wrong": "Reading email and Website work in our checks.", "truth": "they did not"}
    await browser.submit(await browser.get("/incidents/1"), ACTS, **wrong)
    await house.scribe.tend()
    async with house.ledger.read() as s:
        waiting = {update.kind: update.id for update in await drafts.waiting(s)}
    assert waiting.keys() == {UpdateKind.REVIEW, UpdateKind.CORRECTION}
    assert waiting[UpdateKind.REVIEW] == draft.id


async def test_a_false_alarm_is_taken_back_and_not_reviewed(house: House, sign_in: SignIn) -> None:
    """There is nothing to look back at but the alarm, and its retraction says why."""
    await reviewed(house)
    browser = await sign_in("Maria")
    await browser.submit(await browser.get("/incidents/1"), ACTS, kind="false_alarm", alarm="our own line")
    await house.scribe.tend()
    assert (await house.waiting()).kind is UpdateKind.CORRECTION


async def test_what_nobody_was_told_of_needs_no_review(house: House) -> None:
    """A failure that a human kept from the public is not told to it afterwards."""
    await house.fail()
    async with house.ledger.write() as s:
        maria = await house.person("Maria")
        await drafts.reject(s, 1, maria.id, "nobody is concerned", house.now)
    await house.recover()
    house.wait(hours=1)
    await house.scribe.tend()
    await house.scribe.tend()
    async with house.ledger.read() as s:
        assert (await incidents.get(s, 1)).resolved_at
        assert await drafts.waiting(s) == []
        assert not [act for act in await incidents.acts(s, 1) if act.kind is ActKind.FALSE_ALARM]


@pytest.mark.parametrize(
    ("over", "due"),
    [((2026, 11, 16), (2026, 11, 23)), ((2026, 11, 20), (2026, 11, 27)), ((2026, 11, 22), (2026, 11, 27))],
)
def test_it_is_due_within_five_working_days(over: tuple[int, int, int], due: tuple[int, int, int]) -> None:
    """A weekend is no working time, whenever the incident was over."""
    assert review_due(datetime(*over, 23, 30, tzinfo=UTC), UTC) == date(*due)


async def test_a_call_and_an_override_stand_in_it(house: House, sign_in: SignIn) -> None:
    """Who looks back learns when somebody was called, and why words were let through against a rule."""
    await house.fail()
    async with house.ledger.write() as s:
        await calls.place(s, [ring(house)])
        await calls.claim(s, 1)
        assert await calls.delivered(s, 1, "ok", house.now + timedelta(minutes=1))
    browser = await sign_in("Maria")
    form = await browser.get("/updates/1/edit")
    edited = await browser.submit(form, "/updates/1/edit", body="Sending email will be back soon.")
    assert "The whole text" in edited.text
    page = await browser.submit(edited, "/updates/1/approve", override="the queue drains while we watch")
    assert page.status == 200
    house.wait(minutes=9)
    await house.recover()
    house.wait(hours=2)
    await house.scribe.tend()
    await house.approve(await house.waiting())
    body = (await house.waiting(UpdateKind.REVIEW)).body
    assert "- 14:03 UTC: somebody on call was called." in body
    assert "- 14:02 UTC: “the queue drains while we watch” (Maria)." in body


def ring(house: House) -> Call:
    """A call of Maria about the first incident."""
    return Call(
        key="1",
        matter="incident:1",
        incident_id=1,
        why=Why.CONFIRMED,
        signal=Signal.RING,
        person="Maria",
        route="phone",
        title="Sending email fails",
        text="Come and look.",
        link="/incidents/1",
        at=house.now,
        next_attempt_at=house.now,
    )
