"""Sending later: what was given up or left out goes out on an approver's word, and never after something newer."""

import pytest

from monitor.ledger import audit, deliveries, halts, people, resending
from monitor.ledger.errors import Gone, Missing, Refused, Unsigned
from monitor.ledger.store import Ledger
from monitor.models import DeliveryState, Role
from tests.monitor.ledger.story import after, person
from tests.monitor.ledger.test_deliveries import due, sent, two_approved


async def given_up(ledger: Ledger, channel: str = "mail") -> int:
    """What is due is refused; gives its number."""
    outgoing = await due(ledger, channel, 3)
    async with ledger.write() as s:
        epoch = await deliveries.claim(s, outgoing.delivery.id)
        assert await deliveries.fail(s, outgoing.delivery.id, "410", epoch=epoch)
    return outgoing.delivery.id


async def test_what_was_given_up_is_sent_again_first(ledger: Ledger) -> None:
    """It is due again before what is newer, under its key, as if it had never been tried; the audit says who."""
    first, _ = await two_approved(ledger)
    number = await given_up(ledger)
    async with ledger.write() as s:
        ada = await person(s)
        await resending.again(s, number, ada.id, after(4))
    outgoing = await due(ledger, "mail", 4)
    assert (outgoing.update, outgoing.delivery.attempts, outgoing.delivery.epoch) == (first, 0, 1)
    async with ledger.read() as s:
        last = (await audit.lines(s))[-1]
    assert (last.actor, last.action, last.subject, last.detail) == ("Ada", "sent again", f"update:{first.id}", "mail")


async def test_an_older_message_never_follows_a_newer_one(ledger: Ledger) -> None:
    """Once the next update of the incident has arrived that way, the one before is refused, and nothing changes."""
    first, _ = await two_approved(ledger)
    number = await given_up(ledger)
    await sent(ledger, "mail")
    async with ledger.write() as s:
        ada = await person(s)
        with pytest.raises(Refused, match="newer message"):
            await resending.again(s, number, ada.id, after(4))
    async with ledger.read() as s:
        (state,) = [one.state for one in await deliveries.of_update(s, first.id) if one.channel == "mail"]
    assert state is DeliveryState.FAILED


async def test_what_was_left_out_goes_out_on_an_approvers_word(ledger: Ledger) -> None:
    """The approved words get one more sending, once; nobody but an approver may say so, and of a draft nobody."""
    first, second = await two_approved(ledger)
    async with ledger.write() as s:
        ada = await person(s)
        eve = await people.add(s, "Eve", Role.RESPONDER, after(0))
        with pytest.raises(Unsigned):
            await resending.also(s, first.id, "social", language=None, person_id=eve.id, now=after(4))
        await resending.also(s, first.id, "social", language="xx", person_id=ada.id, now=after(4))
        with pytest.raises(Gone):
            await resending.also(s, first.id, "social", language=None, person_id=ada.id, now=after(4))
        with pytest.raises(Missing):
            await resending.also(s, 999, "social", language=None, person_id=ada.id, now=after(4))
        await resending.also(s, second.id, "chat", language=None, person_id=ada.id, now=after(4))
    outgoing = await due(ledger, "social", 4)
    assert (outgoing.update, outgoing.delivery.language) == (first, first.language)
    await sent(ledger, "chat", 5)
    async with ledger.write() as s:
        with pytest.raises(Refused, match="newer message"):
            await resending.also(s, first.id, "chat", language=None, person_id=ada.id, now=after(6))


async def test_only_what_was_given_up_is_sent_again(ledger: Ledger) -> None:
    """What waits, has arrived or does not exist is left as it is."""
    await two_approved(ledger)
    waiting = (await due(ledger, "mail", 3)).delivery.id
    async with ledger.write() as s:
        ada = await person(s)
        with pytest.raises(Gone):
            await resending.again(s, waiting, ada.id, after(4))
        with pytest.raises(Missing):
            await resending.again(s, 999, ada.id, after(4))


async def test_a_halt_holds_all_until_it_is_lifted(ledger: Ledger) -> None:
    """Nothing is due on a channel that stands still; lifted, what was refused comes first, then what waited."""
    first, second = await two_approved(ledger)
    number = await given_up(ledger)
    async with ledger.write() as s:
        await halts.halt(s, number, "410", after(3))
        await halts.halt(s, number, "again", after(3))
        ada = await person(s)
        assert {name: one.why for name, one in (await halts.standing(s)).items()} == {"mail": "410"}
    assert await due(ledger, "mail", 9) is None
    assert (await due(ledger, "page", 9)).update == first
    async with ledger.write() as s:
        await halts.lift(s, "mail", ada.id, after(9))
        assert await halts.standing(s) == {}
        with pytest.raises(Gone):
            await halts.lift(s, "mail", ada.id, after(9))
    for expected in (first, second):
        assert (await due(ledger, "mail", 9)).update == expected
        await sent(ledger, "mail", 9)


async def test_a_zombie_finishes_nothing_that_another_has_taken_over(ledger: Ledger) -> None:
    """Whoever was believed dead comes back with an old epoch, and can neither deliver, retry nor fail the row."""
    await two_approved(ledger)
    number = (await due(ledger, "mail", 3)).delivery.id
    async with ledger.write() as s:
        zombie = await deliveries.claim(s, number)
        await deliveries.unclaim_all(s, "mail")
        heir = await deliveries.claim(s, number)
        assert (zombie, heir) == (1, 2)
        assert not await deliveries.delivered(s, number, "late", after(4), epoch=zombie)
        assert not await deliveries.retry(s, number, "late", after(4), epoch=zombie)
        assert not await deliveries.fail(s, number, "late", epoch=zombie)
        assert await deliveries.delivered(s, number, "mine", after(5), epoch=heir)


async def test_the_others_wait_for_what_goes_first(ledger: Ledger) -> None:
    """Three minutes at most: with the brief's arrival they are due at once, and without it then."""
    first, _ = await two_approved(ledger, first=("mail",))
    assert (await due(ledger, "mail", 1)).update == first
    assert await due(ledger, "page", 3.9) is None
    assert (await due(ledger, "page", 4)).update == first
    brief = (await due(ledger, "mail", 2)).delivery.id
    async with ledger.write() as s:
        await deliveries.release(s, brief, after(2))
    assert (await due(ledger, "page", 2)).update == first
