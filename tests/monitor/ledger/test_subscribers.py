"""Who asked to be told, in both databases; and that nobody's address outlives their wish."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from monitor.config import Storage
from monitor.ledger import audit, deliveries, postings, privacy, subscribers
from monitor.ledger.store import Ledger
from monitor.ledger.subscribers import Choice
from monitor.models import PostingState, Subscriber, SubscriberState, Way
from tests.monitor.ledger.story import NOON
from tests.monitor.publish.story import Story, told

ANN, ALL = "ann.of.arbor@a.test", Choice("en")


async def confirmed(ledger: Ledger, address: str = ANN, way: Way = Way.EMAIL, choice: Choice = ALL) -> Subscriber:
    """Somebody has asked and confirmed it."""
    async with ledger.write() as s:
        one = await subscribers.ask(s, way, address, choice, NOON)
        await subscribers.answered(s, one, NOON)
        await subscribers.confirm(s, one.nonce, NOON)
    return one


async def test_a_wish_waits_for_an_answer_and_then_for_a_yes(ledger: Ledger) -> None:
    """It is answered once; what is confirmed is counted; leaving deletes it, twice too."""
    async with ledger.write() as s:
        one = await subscribers.ask(s, Way.EMAIL, ANN, ALL, NOON)
        assert [each.nonce for each in await subscribers.unanswered(s, Way.EMAIL)] == [one.nonce]
        assert await subscribers.unanswered(s, Way.WEBHOOK) == []
        await subscribers.answered(s, one, NOON)
        assert await subscribers.unanswered(s, Way.EMAIL) == []
        assert await subscribers.counts(s) == {(Way.EMAIL, SubscriberState.ASKED): 1}
        await subscribers.confirm(s, one.nonce, NOON)
        assert await subscribers.counts(s) == {(Way.EMAIL, SubscriberState.CONFIRMED): 1}
        for _ in range(2):
            await subscribers.leave(s, one.nonce)
        assert await subscribers.counts(s) == {}
        assert await subscribers.confirm(s, one.nonce, NOON) is None


async def test_who_was_stopped_comes_back_by_confirming_anew(ledger: Ledger) -> None:
    """Asking alone is not enough; the reason is gone then, and the count begins at nothing."""
    one = await confirmed(ledger)
    async with ledger.write() as s:
        await subscribers.bounced(s, one.id)
        assert await subscribers.stop(s, one.id, "550 5.1.1", NOON)
        assert not await subscribers.stop(s, one.id, "again", NOON)
    async with ledger.write() as s:
        again = await subscribers.ask(s, Way.EMAIL, ANN, Choice("de", ("send",)), NOON + timedelta(hours=1))
        assert (again.id, again.state) == (one.id, SubscriberState.ASKED)
        back = await subscribers.confirm(s, again.nonce, NOON)
        assert back is not None
        assert (back.state, back.why_stopped, back.soft_bounces) == (SubscriberState.CONFIRMED, "", 0)
        assert Choice.of(back) == Choice("de", ("send",))


async def test_an_address_is_subscribed_once(ledger: Ledger) -> None:
    """The database itself refuses a second one, whatever our code does."""
    one = await confirmed(ledger)
    row = {**one.model_dump(exclude={"id"}), "nonce": "another"}
    with pytest.raises(IntegrityError):
        async with ledger.write() as s:
            s.add(Subscriber(**row))


async def test_who_is_silent_is_forgotten(ledger: Ledger) -> None:
    """Those who were asked long ago and did not answer; nobody who confirmed."""
    await confirmed(ledger, "bob@b.test")
    async with ledger.write() as s:
        one = await subscribers.ask(s, Way.EMAIL, ANN, ALL, NOON)
        assert await subscribers.silent(s, NOON) == []
        assert await subscribers.silent(s, NOON + timedelta(seconds=1)) == [one.id]


async def test_since_when_somebody_fails_is_kept_until_they_are_reached(ledger: Ledger) -> None:
    """The first failure counts, not the last."""
    one = await confirmed(ledger)
    async with ledger.write() as s:
        assert await subscribers.fails(s, one, NOON) == NOON
    async with ledger.write() as s:
        found = await subscribers.find(s, one.nonce)
        assert found is not None
        assert await subscribers.fails(s, found, NOON + timedelta(days=1)) == NOON
        await subscribers.works(s, [one.id])
    async with ledger.write() as s:
        found = await subscribers.find(s, one.nonce)
        assert found is not None
        assert await subscribers.fails(s, found, NOON + timedelta(days=2)) == NOON + timedelta(days=2)


@pytest.fixture
async def story(storage: Storage, tmp_path: Path) -> AsyncIterator[Story]:
    """A record in either database, with three components and one approver."""
    async with told(tmp_path, storage) as story:
        yield story


async def test_each_copy_is_dealt_once_and_settled_once(story: Story) -> None:
    """Dealing again gives nobody a second; who came since gets one; what was sent stays sent."""
    ledger = story.ledger
    await confirmed(ledger)
    await confirmed(ledger, "read@b.test", choice=Choice("en", ("read",)))
    (update_id,) = await story.say(["readers"], "one")
    async with ledger.write() as s:
        outgoing = await deliveries.next_due(s, "readers", NOON)
        assert outgoing is not None
        epoch = await deliveries.claim(s, outgoing.delivery.id)
        assert epoch == 1
        await postings.deal(s, outgoing, Way.EMAIL, NOON)
        (due,) = await postings.fresh(s, outgoing.delivery.id, epoch, 10)
        assert due.subscriber.address == ANN
        assert await postings.fresh(s, outgoing.delivery.id, epoch + 1, 10) == []
        await postings.sent(s, [due.posting.id], NOON)
    await confirmed(ledger, "late@c.test")
    async with ledger.write() as s:
        await postings.deal(s, outgoing, Way.EMAIL, NOON)
        await postings.later(s, due.posting.id, "too late", NOON)
        await postings.failed(s, due.posting.id, "too late", NOON)
        tally = await postings.tally(s, outgoing.delivery.id)
    assert tally == {PostingState.SENT: 1, PostingState.PENDING: 1}
    assert update_id == outgoing.update.id


async def test_a_newer_copy_waits_behind_an_older_one_of_its_reader(story: Story) -> None:
    """Unless the older one's message was given up."""
    await confirmed(story.ledger)
    await story.say(["readers"], "one", "two")
    async with story.ledger.write() as s:
        found = []
        for _ in range(2):
            outgoing = await deliveries.next_due(s, "readers", NOON)
            assert outgoing is not None
            epoch = await deliveries.claim(s, outgoing.delivery.id)
            await postings.deal(s, outgoing, Way.EMAIL, NOON)
            found.append(await postings.fresh(s, outgoing.delivery.id, epoch or 0, 10))
            for due in found[-1]:
                await postings.later(s, due.posting.id, "greylisted", NOON)
            await deliveries.delivered(s, outgoing.delivery.id, "", NOON)
        assert [len(each) for each in found] == [1, 0]
        ((due, _),) = await postings.stragglers(s, "readers", NOON, 10)
        assert await postings.due_at(s, "readers") == NOON
        await postings.sent(s, [due.posting.id], NOON)
        ((newer, its),) = await postings.stragglers(s, "readers", NOON, 10)
    assert (newer.posting.attempts, its.update.title) == (0, "two")


async def test_a_person_gets_all_that_is_kept_of_them(story: Story) -> None:
    """By their address in any case; what they chose, how they stand, and what they were sent."""
    await confirmed(story.ledger, choice=Choice("en", ("send",)))
    await story.say(["readers"], "You cannot send mail")
    async with story.ledger.write() as s:
        outgoing = await deliveries.next_due(s, "readers", NOON)
        assert outgoing is not None
        await postings.deal(s, outgoing, Way.EMAIL, NOON)
        (kept,) = await privacy.export(s, f" {ANN.upper()} ", actor="Ada Winter", now=NOON)
        assert await privacy.export(s, "eve@e.test", actor="Ada Winter", now=NOON) == []
        line = (await audit.lines(s))[-1]
        assert (line.actor, line.action, line.detail) == ("Ada Winter", "exported", "at their request")
    assert (kept["address"], kept["components"], kept["state"]) == (ANN, ["send"], "confirmed")
    assert [one["title"] for one in kept["messages"]] == ["You cannot send mail"]
    assert json.loads(json.dumps(kept)) == kept


async def test_who_was_erased_leaves_no_trace(story: Story) -> None:
    """Neither row nor copy; the audit says that somebody was, and not who; its chain holds."""
    await confirmed(story.ledger)
    await story.say(["readers"], "You cannot send mail")
    async with story.ledger.write() as s:
        outgoing = await deliveries.next_due(s, "readers", NOON)
        assert outgoing is not None
        await postings.deal(s, outgoing, Way.EMAIL, NOON)
    async with story.ledger.write() as s:
        assert await privacy.erase(s, ANN, actor="Ada Winter", now=NOON) == 1
        assert await privacy.erase(s, ANN, actor="Ada Winter", now=NOON) == 0
    await story.ledger.scrub()
    async with story.ledger.read() as s:
        assert await subscribers.counts(s) == {}
        assert await s.scalar(text("SELECT count(*) FROM posting")) == 0
        line = (await audit.lines(s))[-1]
        assert (line.actor, line.action, line.subject, line.detail) == (
            "Ada Winter",
            "erased",
            "subscriber",
            "at their request",
        )
        assert await audit.verify(s) is None


async def test_no_file_of_ours_holds_an_erased_address(tmp_path: Path) -> None:
    """Of a hundred subscribers one is erased: grep finds the others, and not this one, in no file and no journal."""
    async with Ledger.open(Storage(), tmp_path) as ledger:
        async with ledger.write() as s:
            for number in range(100):
                one = await subscribers.ask(s, Way.EMAIL, f"reader-{number:03}@a.test", ALL, NOON)
                if number % 2:
                    await subscribers.confirm(s, one.nonce, NOON)
        async with ledger.write() as s:
            for number in range(100):
                one = await subscribers.ask(s, Way.EMAIL, f"reader-{number:03}@a.test", Choice("de"), NOON)
                await subscribers.fails(s, one, NOON)
        assert holding(tmp_path, "reader-033@a.test")
        async with ledger.write() as s:
            assert await privacy.erase(s, "reader-033@a.test", actor="ownup", now=NOON) == 1
        await ledger.scrub()
        assert holding(tmp_path, "reader-033@a.test") == []
        assert holding(tmp_path, "reader-034@a.test")
    assert holding(tmp_path, "reader-033@a.test") == []


def holding(directory: Path, words: str) -> list[str]:
    """Which files hold these bytes."""
    return [path.name for path in directory.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]
