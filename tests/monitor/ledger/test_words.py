"""Promises are counted from what reached the public, and so are the outages that customers told us of first."""

from drafts.facts import UpdateKind
from drafts.promises import Fate, Promise
from monitor.ledger import deliveries, drafts, incidents, words
from monitor.ledger.store import Ledger
from monitor.models import ActKind, Incident
from tests.monitor.ledger.story import after, approve, draft, facts, notice, outage, person


async def said(ledger: Ledger, incident: Incident, kind: UpdateKind, *, at: float, next_by: float | None) -> None:
    """Publish a message over one channel at a minute, and over another one a good while later."""
    promised = None if next_by is None else after(next_by)
    async with ledger.write() as s:
        update = await draft(s, incident, kind)
        await drafts.rewrite(s, update.id, notice(f"{kind} at {at}"), facts(next_update=promised), after(at))
        approval = await approve(s, update, minute=at)
        for delivery, minute in zip(await deliveries.of_update(s, update.id), (at + 40, at), strict=True):
            assert delivery.approval_id == approval.id
            await deliveries.claim(s, delivery.id)
            assert await deliveries.delivered(s, delivery.id, "", after(minute))


async def test_the_first_channel_that_has_a_message_keeps_the_promise(ledger: Ledger) -> None:
    """One slow channel does not break a promise that another one has kept, and a late word does."""
    async with ledger.write() as s:
        incident = await outage(s)
    await said(ledger, incident, UpdateKind.FIRST, at=1, next_by=30)
    await said(ledger, incident, UpdateKind.NO_NEWS, at=30, next_by=60)
    await said(ledger, incident, UpdateKind.SCOPE, at=75, next_by=90)
    async with ledger.read() as s:
        assert await words.promises_of(s, incident.id) == (
            Promise(after(1), after(30), after(30)),
            Promise(after(30), after(60), after(75)),
            Promise(after(75), after(90), None),
        )
        assert await words.promises_answered(s) == {Fate.KEPT: 1, Fate.BROKEN: 1}


async def test_what_nobody_has_received_promises_nothing(ledger: Ledger) -> None:
    """An approval alone is no word to anybody."""
    async with ledger.write() as s:
        await approve(s, await draft(s, await outage(s)))
    async with ledger.read() as s:
        assert await words.promises_of(s, 1) == ()


async def test_incidents_that_customers_told_us_of_are_counted_once(ledger: Ledger) -> None:
    """Two customers who call about one outage are one outage that they told us of."""
    async with ledger.write() as s:
        incident, ada = await outage(s), await person(s)
        for minute in (1, 2):
            await incidents.act(s, incident.id, ada.id, ActKind.CUSTOMER_FIRST, "", after(minute))
        await outage(s, "component:web", "web")
    async with ledger.read() as s:
        assert await words.customer_first(s) == 1
