"""Deliveries go out in the order of the approvals, one at a time a channel, at least once, and none is forgotten."""

from drafts.facts import UpdateKind
from monitor.ledger import deliveries, incidents
from monitor.ledger.deliveries import Outgoing
from monitor.ledger.store import Ledger
from monitor.models import DeliveryState, IncidentUpdate
from tests.monitor.ledger.story import after, approve, draft, outage


async def two_approved(ledger: Ledger, first: tuple[str, ...] = ()) -> tuple[IncidentUpdate, IncidentUpdate]:
    """Two updates, approved one after the other for the page and for mail, which wait for what goes ``first``."""
    async with ledger.write() as s:
        incident = await outage(s)
        older, newer = await draft(s, incident), await draft(s, incident, UpdateKind.NO_NEWS)
        await approve(s, older, minute=1, first=first)
        await approve(s, newer, minute=2, first=first)
    return older, newer


async def due(ledger: Ledger, channel: str, minute: float) -> Outgoing | None:
    """What is due."""
    async with ledger.read() as s:
        return await deliveries.next_due(s, channel, after(minute))


async def sent(ledger: Ledger, channel: str, minute: float = 3) -> None:
    """Send what is due."""
    outgoing = await due(ledger, channel, minute)
    assert outgoing is not None
    async with ledger.write() as s:
        assert await deliveries.claim(s, outgoing.delivery.id)
        assert await deliveries.delivered(s, outgoing.delivery.id, "thanks", after(minute))


async def test_it_has_all_that_a_channel_needs(ledger: Ledger) -> None:
    """What is due comes with its words, its incident, who approved it and when, and the hash that was approved."""
    first, _ = await two_approved(ledger)
    outgoing = await due(ledger, "page", 3)
    assert outgoing is not None
    assert (outgoing.update, outgoing.approver, outgoing.approved_at) == (first, "Ada", after(1))
    assert outgoing.incident.id == first.incident_id
    assert outgoing.text_sha256 == first.text_sha256


async def test_order_is_kept(ledger: Ledger) -> None:
    """While an older update waits or is being sent, no newer one is due on that channel; another channel goes on."""
    first, second = await two_approved(ledger)
    outgoing = await due(ledger, "mail", 3)
    assert outgoing is not None
    async with ledger.write() as s:
        await deliveries.claim(s, outgoing.delivery.id)
    assert await due(ledger, "mail", 3) is None
    async with ledger.write() as s:
        await deliveries.retry(s, outgoing.delivery.id, "busy", after(5))
    assert await due(ledger, "mail", 4) is None
    await sent(ledger, "page")
    await sent(ledger, "page")
    for expected in (first, second):
        again = await due(ledger, "mail", 5)
        assert again is not None
        assert again.update == expected
        await sent(ledger, "mail", 5)
    assert await due(ledger, "mail", 9) is None


async def test_what_is_given_up_does_not_block(ledger: Ledger) -> None:
    """After a failure for good the next update is due."""
    _, second = await two_approved(ledger)
    outgoing = await due(ledger, "mail", 3)
    assert outgoing is not None
    async with ledger.write() as s:
        await deliveries.claim(s, outgoing.delivery.id)
        assert await deliveries.fail(s, outgoing.delivery.id, "no such user")
    following = await due(ledger, "mail", 3)
    assert following is not None
    assert following.update == second


async def test_when_to_try_next(ledger: Ledger) -> None:
    """A channel can ask when it has to try next, instead of asking all the time."""
    await two_approved(ledger)
    outgoing = await due(ledger, "mail", 3)
    assert outgoing is not None
    async with ledger.write() as s:
        assert await deliveries.due_at(s, "mail") == after(1)
        await deliveries.claim(s, outgoing.delivery.id)
        assert await deliveries.due_at(s, "mail") is None
        await deliveries.retry(s, outgoing.delivery.id, "busy", after(7))
        assert await deliveries.due_at(s, "mail") == after(7)
        assert await deliveries.due_at(s, "fax") is None


async def test_only_one_claims(ledger: Ledger) -> None:
    """Of two that would send the same, one does; each claim counts as an attempt, and an error is kept."""
    await two_approved(ledger)
    outgoing = await due(ledger, "mail", 3)
    assert outgoing is not None
    async with ledger.write() as s:
        assert await deliveries.claim(s, outgoing.delivery.id)
        assert not await deliveries.claim(s, outgoing.delivery.id)
        assert await deliveries.retry(s, outgoing.delivery.id, "busy", after(4))
        assert not await deliveries.retry(s, outgoing.delivery.id, "busy", after(9))
        assert await deliveries.claim(s, outgoing.delivery.id)
    async with ledger.read() as s:
        row, _ = await deliveries.of_update(s, outgoing.update.id)
    assert (row.channel, row.state, row.attempts, row.error) == ("mail", DeliveryState.SENDING, 2, "busy")


async def test_delivered_is_final(ledger: Ledger) -> None:
    """What was delivered is not delivered, failed, retried or claimed again; its receipt stays."""
    await two_approved(ledger)
    outgoing = await due(ledger, "mail", 3)
    assert outgoing is not None
    async with ledger.write() as s:
        assert not await deliveries.delivered(s, outgoing.delivery.id, "unclaimed", after(3))
    await sent(ledger, "mail")
    async with ledger.write() as s:
        assert not await deliveries.delivered(s, outgoing.delivery.id, "twice", after(4))
        assert not await deliveries.fail(s, outgoing.delivery.id, "late")
        assert not await deliveries.retry(s, outgoing.delivery.id, "late", after(4))
        assert not await deliveries.claim(s, outgoing.delivery.id)
    async with ledger.read() as s:
        row, _ = await deliveries.of_update(s, outgoing.update.id)
    assert (row.state, row.receipt, row.delivered_at) == (DeliveryState.DELIVERED, "thanks", after(3))


async def test_what_a_dead_process_was_sending_is_sent_again(ledger: Ledger) -> None:
    """A claim without an end is pending again after the start, under the same key, on its own channel only."""
    await two_approved(ledger)
    keys = {}
    for channel in ("page", "mail"):
        outgoing = await due(ledger, channel, 3)
        assert outgoing is not None
        keys[channel] = outgoing.delivery.key
        async with ledger.write() as s:
            await deliveries.claim(s, outgoing.delivery.id)
    async with ledger.write() as s:
        assert await deliveries.unclaim_all(s, "mail") == 1
    again = await due(ledger, "mail", 3)
    assert again is not None
    assert again.delivery.key == keys["mail"]
    assert await due(ledger, "page", 3) is None


async def test_what_waits_is_counted(ledger: Ledger) -> None:
    """Pending and claimed deliveries are counted by channel; delivered and failed ones are not."""
    await two_approved(ledger)
    await sent(ledger, "page")
    async with ledger.read() as s:
        assert await deliveries.pending_counts(s) == {"page": 1, "mail": 2}


async def test_only_what_arrived_is_published(ledger: Ledger) -> None:
    """The page shows what was delivered to it, newest first, and nothing that is only approved or only drafted."""
    first, second = await two_approved(ledger)
    async with ledger.read() as s:
        assert await deliveries.published(s, "page") == []
    await sent(ledger, "page", 3)
    await sent(ledger, "page", 4)
    async with ledger.read() as s:
        shown = await deliveries.published(s, "page")
        incident = await incidents.get(s, first.incident_id)
        assert [(item.update, item.incident, item.delivered_at, item.approver) for item in shown] == [
            (second, incident, after(4), "Ada"),
            (first, incident, after(3), "Ada"),
        ]
        assert [item.update for item in await deliveries.published(s, "page", limit=1)] == [second]
