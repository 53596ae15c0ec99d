"""The follower tells what the record says of promises, reviews and follow-ups, as soon as it says so."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.utils import floatToGoString

from drafts.facts import UpdateKind
from drafts.promises import Fate
from monitor.config import ChannelOptions, Storage
from monitor.ledger import canaries, deliveries, drafts, follow_ups, halts, subscribers
from monitor.ledger.store import Ledger
from monitor.ledger.subscribers import Choice
from monitor.metrics.follow import Follower
from monitor.metrics.gauges import Gauges
from monitor.models import CanaryOutcome, Incident, Way
from tests.monitor.ledger.story import NOON, after, approve, draft, facts, notice, outage, person


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """An open record."""
    async with Ledger.open(Storage(), tmp_path) as opened:
        yield opened


async def publish(ledger: Ledger, incident: Incident, kind: UpdateKind, *, minute: float, next_by: float) -> None:
    """A message that reaches the page in the minute in which it is approved."""
    async with ledger.write() as s:
        update = await draft(s, incident, kind)
        promised = facts(next_update=after(next_by))
        await drafts.rewrite(s, update.id, notice(f"{kind} {minute}"), promised, after(minute))
        await approve(s, update, "page", minute=minute)
        (delivery,) = await deliveries.of_update(s, update.id)
        await deliveries.claim(s, delivery.id)
        await deliveries.delivered(s, delivery.id, "", after(minute))


async def test_promises_are_counted_as_they_are_answered(ledger: Ledger) -> None:
    """The first word answers nothing, the next one kept its promise, and the third came too late."""
    gauges = Gauges(version="0")
    follower = Follower(ledger, gauges, since=NOON, channels=())
    async with ledger.write() as s:
        incident = await outage(s)
    counted = []
    for kind, minute in ((UpdateKind.FIRST, 1), (UpdateKind.NO_NEWS, 20), (UpdateKind.SCOPE, 90)):
        await publish(ledger, incident, kind, minute=minute, next_by=minute + 30)
        await follower.read()
        counted.append(dict(gauges.snapshot.promises))
    assert counted == [{}, {Fate.KEPT: 1}, {Fate.KEPT: 1, Fate.BROKEN: 1}]


async def test_a_review_is_no_draft_that_calls_for_anybody(ledger: Ledger) -> None:
    """Reviews are counted apart, and follow-ups by their days until they are done."""
    gauges = Gauges(version="0")
    follower = Follower(ledger, gauges, since=NOON, channels=())
    async with ledger.write() as s:
        incident, ada = await outage(s), await person(s)
        await draft(s, incident, UpdateKind.REVIEW)
        action = await follow_ups.add(s, incident.id, ada.id, "watch the disk", "Ada", date(2026, 3, 2), NOON)
    await follower.read()
    assert (gauges.snapshot.drafts_waiting, gauges.snapshot.reviews_waiting) == (0, 1)
    assert list(gauges.snapshot.follow_ups_due) == [date(2026, 3, 2)]
    async with ledger.write() as s:
        await follow_ups.done(s, action.id, ada.id, after(9))
    await follower.read()
    assert list(gauges.snapshot.follow_ups_due) == []


async def test_only_the_first_draft_tells_how_soon_we_drafted(ledger: Ledger) -> None:
    """An incident that fails again gets a first notice again; that one waited for the failure and not for us."""
    gauges = Gauges(version="0")
    follower = Follower(ledger, gauges, since=NOON - timedelta(hours=1), channels=())
    async with ledger.write() as s:
        incident = await outage(s)
        first = await draft(s, incident, UpdateKind.FIRST, minute=1)
        await drafts.withdraw(s, first.id, after(2))
        await draft(s, incident, UpdateKind.FIRST, minute=30)
        await draft(s, await outage(s, "component:reading", "imap"), UpdateKind.FIRST, minute=2)
    await follower.read()
    sample = {one.name: one.value for one in gauges.to_draft.collect()[0].samples}
    assert sample["ownup_time_to_draft_seconds_count"] == 2
    assert sample["ownup_time_to_draft_seconds_sum"] == 180


async def test_subscribers_are_counted_and_never_named(ledger: Ledger) -> None:
    """By way and by how they stand; no label is an address."""
    gauges = Gauges(version="0")
    async with ledger.write() as s:
        for number in range(3):
            one = await subscribers.ask(s, Way.EMAIL, f"{number}@a.test", Choice("en"), NOON)
        await subscribers.confirm(s, one.nonce, NOON)
    await Follower(ledger, gauges, since=NOON, channels=()).read()
    said = generate_latest(gauges.registry).decode()
    assert 'ownup_subscribers{state="asked",way="email"} 2.0' in said
    assert 'ownup_subscribers{state="confirmed",way="email"} 1.0' in said
    assert "a.test" not in said


async def test_a_channel_that_is_no_more_is_not_told_of(ledger: Ledger) -> None:
    """After a reload without it, neither its standstill nor its canary stays in the metrics."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s), UpdateKind.FIRST)
        await approve(s, update, "hook", minute=1)
        (delivery,) = await deliveries.of_update(s, update.id)
        await deliveries.claim(s, delivery.id)
        await deliveries.fail(s, delivery.id, "it answered 410")
        await halts.halt(s, delivery.id, "it answered 410", NOON)
        await canaries.keep(s, "hook", CanaryOutcome.FAILED, "it answered 410", NOON)
    told = []
    for channels in ([ChannelOptions(kind="webhook", name="hook")], []):
        gauges = Gauges(version="0")
        await Follower(ledger, gauges, since=NOON, channels=channels).read()
        told.append(generate_latest(gauges.registry).decode())
    for series in (
        'ownup_channel_halted{channel="hook"} 1.0',
        'ownup_channel_canary{channel="hook",outcome="failed"} 1.0',
    ):
        assert [series in text for text in told] == [True, False]


async def test_a_canary_is_one_of_three_words_and_a_time(ledger: Ledger) -> None:
    """The word in force is 1, the others 0; the time is that of the last success; what is off has no series."""
    async with ledger.write() as s:
        await canaries.keep(s, "mail", CanaryOutcome.OK, "", NOON)
        await canaries.keep(s, "mail", CanaryOutcome.UNKNOWN, "", after(1))
        await canaries.keep(s, "chat", CanaryOutcome.OK, "", NOON)
    gauges = Gauges(version="0")
    mail, chat = (
        ChannelOptions(kind="email", name=name, canary=every) for name, every in (("mail", 60.0), ("chat", None))
    )
    await Follower(ledger, gauges, since=NOON, channels=[mail, chat]).read()
    told = [
        line for line in generate_latest(gauges.registry).decode().splitlines() if "canary" in line and line[0] != "#"
    ]
    assert told == [
        'ownup_channel_canary{channel="mail",outcome="ok"} 0.0',
        'ownup_channel_canary{channel="mail",outcome="failed"} 0.0',
        'ownup_channel_canary{channel="mail",outcome="unknown"} 1.0',
        f'ownup_channel_canary_ok_timestamp_seconds{{channel="mail"}} {floatToGoString(NOON.timestamp())}',
    ]
