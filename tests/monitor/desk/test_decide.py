"""Yes and no: what is approved is what was seen, and every other way is refused with what to do next."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from drafts.notice import Notice
from monitor.ledger import approvals, deliveries, drafts
from monitor.models import Approval, AuditEntry, Delivery, Incident, Stage
from tests.monitor.desk.browser import Browser, Page
from tests.monitor.desk.conftest import SignIn, SignInAt
from tests.monitor.desk.house import House

APPROVE, REJECT = "/updates/1/approve", "/updates/1/reject"


async def sent(house: House) -> Sequence[Delivery]:
    """Everything that was given to a channel."""
    async with house.ledger.read() as s:
        return (await s.scalars(select(Delivery))).all()


async def last_audit(house: House) -> AuditEntry:
    """The newest line of the audit."""
    async with house.ledger.read() as s:
        return (await s.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))).first()


async def opened(house: House, sign_in: SignIn, name: str = "Maria") -> tuple[Browser, Page]:
    """A confirmed outage, and somebody with its draft open."""
    await house.fail()
    browser = await sign_in(name)
    return browser, await browser.get("/updates/1")


async def refused(house: House, page: Page, *sentences: str) -> None:
    """The page says so, nothing went anywhere, and the audit has a line."""
    assert page.status == 409
    for sentence in sentences:
        assert sentence in page.text, sentence
    assert await sent(house) == []
    assert (await last_audit(house)).action == "refused"


async def test_one_tap_publishes_what_was_seen(house: House, sign_in: SignIn) -> None:
    """The yes names the human and the words, and gives them to the channels that can carry them, and to no other."""
    browser, page = await opened(house, sign_in)
    done = await browser.submit(page, APPROVE)
    assert (done.status, done.path) == (200, "/updates/1")
    assert "Approved by Maria" in done.text
    assert "Left out when it was approved: subscribers." in done.text
    async with house.ledger.read() as s:
        approval = await approvals.of_update(s, 1)
        update = await drafts.get(s, 1)
        channels = [delivery.channel for delivery in await deliveries.of_update(s, 1)]
    assert approval.text_sha256 == drafts.notice_of(update).sha256() == page.forms[APPROVE]["text"]
    assert channels == ["chat", "page"]
    assert approval.person_id == (await house.person("Maria")).id
    told = json.loads((await last_audit(house)).detail)
    assert told["left_out"] == {"subscribers": "it needs Sending email, which fails now"}


async def test_a_draft_that_changed_is_refused_and_shows_how(house: House, sign_in: SignIn) -> None:
    """The scope grew while it was open: the change is shown in facts and words, and a fresh yes then counts."""
    browser, page = await opened(house, sign_in)
    await house.fail("smtp-relay")
    page = await browser.submit(page, APPROVE)
    await refused(house, page, "Not published: the draft changed while you had it open.", "Read what changed, below.")
    assert "<del>1 of its 2 checks fails</del> <ins>all 2 of its checks fail</ins>" in page.text
    assert "Approve and publish the new text" in page.text
    done = await browser.submit(page, APPROVE)
    assert "Approved by Maria" in done.text
    assert len(await sent(house)) == 2


async def test_facts_that_changed_under_edited_words_are_refused_too(house: House, sign_in: SignIn) -> None:
    """A human's words stay when the facts move, but nobody approves them without seeing that they moved."""
    await house.fail()
    async with house.ledger.write() as s:
        await drafts.edit(s, 1, (await house.person("Rita")).id, 1, Notice("t", "b", "s", "p"), house.now)
    browser = await sign_in("Maria")
    page = await browser.get("/updates/1")
    await house.fail("imap-login")
    page = await browser.submit(page, APPROVE)
    await refused(house, page, "<del>Reading email, Website</del> <ins>Website</ins>", '<h1 id="words">t</h1>')


async def test_somebody_elses_edit_is_seen_before_it_is_approved(house: House, sign_in: SignIn) -> None:
    """An edit between opening and approving is a change like any other."""
    browser, page = await opened(house, sign_in)
    async with house.ledger.write() as s:
        await drafts.edit(s, 1, (await house.person("Rita")).id, 1, Notice("All is well", "b", "s", "p"), house.now)
    page = await browser.submit(page, APPROVE)
    await refused(house, page, "<ins>All is well</ins>", "These words were edited by Rita.")


@pytest.mark.parametrize("field", ["text", "facts", "revision"])
@pytest.mark.parametrize("value", ["", "0", "-1", "²", "9" * 30, "0" * 64])
async def test_a_tampered_yes_is_refused(house: House, sign_in: SignIn, field: str, value: str) -> None:
    """A form that names other words, other facts or another revision than those shown publishes nothing."""
    browser, page = await opened(house, sign_in)
    page = await browser.submit(page, APPROVE, **{field: value})
    await refused(house, page, "Not published: the draft changed while you had it open.")


async def test_two_people_approve_once(house: House, sign_in: SignIn) -> None:
    """The second is told who was first, and nothing is sent twice; so is a form that is sent again."""
    browser, page = await opened(house, sign_in)
    other = await sign_in("Ada")
    others = await other.get("/updates/1")
    first, second = await asyncio.gather(browser.submit(page, APPROVE), other.submit(others, APPROVE))
    late = first if first.status == 409 else second
    assert sorted((first.status, second.status)) == [200, 409]
    assert "Not published: somebody has approved this draft already." in late.text
    assert "Approved by " in late.text
    again = await browser.submit(page, APPROVE)
    assert again.status == 409
    async with house.ledger.read() as s:
        assert len((await s.scalars(select(Approval))).all()) == 1
    assert len(await sent(house)) == 2


async def test_what_has_recovered_is_not_announced(house: House, sign_in: SignIn) -> None:
    """The draft was withdrawn while it was open: the yes comes too late, and is told so."""
    browser, page = await opened(house, sign_in)
    house.wait(minutes=1)
    await house.recover()
    page = await browser.submit(page, APPROVE)
    await refused(house, page, "Not published: the draft was withdrawn", "the page of the incident tells the story")
    assert APPROVE not in page.forms


async def test_what_is_not_confirmed_is_not_announced(house: House, sign_in: SignIn) -> None:
    """A yes that somebody sends without the button is refused until the confirming looks have failed."""
    await house.fail(confirmed=False)
    browser = await sign_in("Maria")
    page = await browser.get("/updates/1")
    page = await browser.post(APPROVE, page.forms[REJECT])
    await refused(house, page, "the failure is not confirmed yet", "Look again in a few seconds.")


async def test_a_notice_that_nothing_can_carry_is_not_approved(sign_in_at: SignInAt, tmp_path: Path) -> None:
    """Where every channel stands on what is broken, the page says so, and a yes that would reach nobody is refused."""
    mail = {"kind": "email", "name": "subscribers", "carried_by": ["sending"]}
    async with House.open(tmp_path, channel=[mail]) as house:
        await house.fail()
        browser = await sign_in_at(house, "Maria")
        page = await browser.get("/updates/1")
        assert "No channel can carry this now." in page.text
        page = await browser.submit(page, APPROVE)
        advice = "Tell customers another way, by telephone or on another page: the words stand below."
        await refused(house, page, "Not published: no channel can carry it now.", advice)


async def test_a_no_is_kept_with_its_reason(house: House, sign_in: SignIn) -> None:
    """A responder may reject; the draft waits no more, and stays in the record with the words of the no."""
    browser, page = await opened(house, sign_in, "Rita")
    done = await browser.submit(page, REJECT, reason="Planned work, nobody uses it now.")
    assert "Nothing was published." in done.text
    assert "rejected 14:02:11 UTC by Rita" in done.text
    assert "Planned work, nobody uses it now." in (await browser.get("/incidents/1")).text
    late = await browser.submit(page, REJECT, reason="Once more.")
    await refused(house, late, "Not rejected: the draft was rejected.")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
async def test_a_no_needs_a_reason(house: House, sign_in: SignIn, reason: str) -> None:
    """Without one, or with a novel, nothing is rejected."""
    browser, page = await opened(house, sign_in)
    page = await browser.submit(page, REJECT, reason=reason)
    assert page.status == 409
    assert "Not rejected: a reason is needed" in page.text
    assert APPROVE in page.forms


async def test_a_no_is_to_what_was_seen(house: House, sign_in: SignIn) -> None:
    """A draft that grew while it was open is not rejected unread."""
    browser, page = await opened(house, sign_in)
    await house.fail("smtp-relay")
    page = await browser.submit(page, REJECT, reason="Only the spare one.")
    await refused(
        house, page, "Not rejected: the draft changed while you had it open.", "<ins>all 2 of its checks fail"
    )


async def test_a_resolved_notice_ends_the_incident(house: House, sign_in: SignIn) -> None:
    """Only a human says resolved: the yes to that draft closes the incident, and mail works again to carry it."""
    browser, page = await opened(house, sign_in)
    await browser.submit(page, APPROVE)
    house.wait(minutes=5)
    await house.recover()
    house.wait(minutes=16)
    await house.scribe.tend()
    async with house.ledger.read() as s:
        (draft,) = await drafts.waiting(s)
    path = f"/updates/{draft.id}"
    page = await browser.submit(await browser.get(path), f"{path}/approve")
    assert "Approved by Maria" in page.text
    async with house.ledger.read() as s:
        incident = await s.get_one(Incident, 1)
        channels = [delivery.channel for delivery in await deliveries.of_update(s, draft.id)]
    assert (incident.stage, channels) == (Stage.RESOLVED, ["chat", "page", "subscribers"])


async def poor(house: House) -> None:
    """A human has put words into the draft that no customer should get."""
    words = Notice("Sending email", "We are fixing it and will be back soon.", "Soon.", "Soon.")
    async with house.ledger.write() as s:
        await drafts.edit(s, 1, (await house.person("Rita")).id, 1, words, house.now)


async def test_poor_words_are_shown_and_held_back(house: House, sign_in: SignIn) -> None:
    """The very words, why they matter and what to write instead; without a reason nothing is published."""
    browser, page = await opened(house, sign_in)
    assert "Before you say yes" not in page.text
    await poor(house)
    page = await browser.get("/updates/1")
    assert "<q>soon</q>" in page.text
    assert "<b>Instead:</b> Give the time, with its zone" in page.text
    page = await browser.submit(page, APPROVE, override="  ")
    advice = "Below stands which words, and what to write instead; or say beside the button why they may stay."
    await refused(house, page, "Not published: its words need a change, or a reason why they may stay.", advice)


async def test_a_reason_lets_them_through_and_is_kept(house: House, sign_in: SignIn) -> None:
    """The audit names the human, the rules and the reason."""
    browser, _ = await opened(house, sign_in)
    await poor(house)
    done = await browser.submit(await browser.get("/updates/1"), APPROVE, override="Our lawyer insists.")
    assert "Approved by Maria" in done.text
    line = await last_audit(house)
    assert (line.actor, line.action, line.subject) == ("Maria", "overrode", "update:1")
    assert json.loads(line.detail)["reason"] == "Our lawyer insists."
    assert "T01" in json.loads(line.detail)["rules"]


async def test_our_own_drafts_need_no_excuse(house: House, sign_in: SignIn) -> None:
    """From the first notice to the last: nothing that the templates write from facts is held back by the rules."""
    browser, _ = await opened(house, sign_in)
    kinds = []
    for turn in (None, house.fail("smtp-relay"), house.recover(), house.recover("smtp-relay"), None):
        house.wait(minutes=16)
        await (turn or house.scribe.tend())
        async with house.ledger.read() as s:
            waiting = await drafts.waiting(s)
        for draft in waiting:
            path = f"/updates/{draft.id}"
            page = await browser.submit(await browser.get(path), f"{path}/approve")
            assert "Approved by Maria" in page.text, page.text
            kinds.append(draft.kind.value)
    assert kinds == ["first", "scope", "scope", "recovery", "resolved"]
