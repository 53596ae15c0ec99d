"""The page of subscribers: how many there are, and, for who may, what is kept of one address and its end."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from monitor.desk.visit import Refusal, Visit
from monitor.ledger import people, privacy, subscribers
from monitor.models import SubscriberState, Way

UNKNOWN: Final = "Nothing is kept of that address."
ADVICE: Final = "Look for a slip in it. Whoever unsubscribed, or never confirmed, is not kept."
ORDER: Final = (SubscriberState.CONFIRMED, SubscriberState.ASKED, SubscriberState.STOPPED)
WORDS: Final = {Way.EMAIL: "by mail", Way.WEBHOOK: "by webhook"}


async def get(visit: Visit) -> web.Response:
    """Show how many there are."""
    return await _show(visit)


async def export(visit: Visit) -> web.Response:
    """Show all that is kept of an address, to be handed to its owner."""
    async with visit.seat.ledger.write() as s:
        actor = await people.name_of(s, visit.person_id)
        kept = await privacy.export(s, visit.field("address"), actor=actor, now=visit.now)
    if not kept:
        raise Refusal(404, UNKNOWN, ADVICE)
    return await _show(visit, kept=privacy.as_text(kept))


async def erase(visit: Visit) -> web.Response:
    """Keep nothing more of an address."""
    async with visit.seat.ledger.write() as s:
        actor = await people.name_of(s, visit.person_id)
        count = await privacy.erase(s, visit.field("address"), actor=actor, now=visit.now)
    if not count:
        raise Refusal(404, UNKNOWN, ADVICE)
    await visit.seat.ledger.scrub()
    return visit.goto("/subscribers", "erased")


async def _show(visit: Visit, kept: str = "") -> web.Response:
    async with visit.seat.ledger.read() as s:
        counted = await subscribers.counts(s)
    return visit.page("subscribers.html", rows=rows(counted), kept=kept)


def rows(counted: Mapping[tuple[Way, SubscriberState], int]) -> list[tuple[str, list[int]]]:
    """For each way, how many confirmed it, have not yet, and were stopped."""
    return [(words, [counted.get((way, state), 0) for state in ORDER]) for way, words in WORDS.items()]
