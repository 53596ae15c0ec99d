"""A fan's line: one approved update to everybody who asked for it, each their own copy, each recorded.

The delivery is done when everybody was tried once. Whoever could not be reached then is a straggler, and delays no
later message to anybody else. A server that fails for all is left alone for a while, and what is recorded as sent is
not sent again when it comes back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from monitor.ledger import halts, postings
from monitor.ledger.deliveries import Outgoing
from monitor.ledger.postings import Due
from monitor.models import PostingState
from monitor.publish.hand import Hand
from monitor.publish.line import Line, genuine, id_of
from monitor.sending.queue import WAIT_S_MAX, wait
from monitor.sending.sender import Undelivered


@dataclass(slots=True)
class FanLine(Line):
    """The line of a channel of many readers."""

    hand: Hand = field(kw_only=True)

    async def carry(self, outgoing: Outgoing, epoch: int) -> str:
        """Hand everybody their copy who has none yet; the receipt counts them."""
        async with self.ledger.write() as s:
            await postings.deal(s, outgoing, self.hand.channel.way, self.clock())
        while batch := await self._fresh(outgoing, epoch):
            await self.hand.round(outgoing, batch)
        async with self.ledger.read() as s:
            told = await postings.tally(s, id_of(outgoing))
        sent, failed, later = (told[state] for state in (PostingState.SENT, PostingState.FAILED, PostingState.PENDING))
        return f"{sent} of {told.total()} subscribers; {failed} refused, {later} to be tried again"

    async def _fresh(self, outgoing: Outgoing, epoch: int) -> Sequence[Due]:
        async with self.ledger.read() as s:
            return await postings.fresh(s, id_of(outgoing), epoch, self.hand.channel.at_once)


async def stragglers(hand: Hand) -> NoReturn:
    """Try those again who could not be reached the first time, for ever."""
    ledger, name, attempt = hand.ledger, hand.channel.name, 0
    while True:
        seen, now = ledger.version, hand.clock()
        async with ledger.read() as s:
            halted = name in await halts.standing(s)
            due_at = None if halted else await postings.due_at(s, name)
            found = [] if halted else await postings.stragglers(s, name, now, hand.channel.at_once)
        if not found:
            await wait(ledger, seen, WAIT_S_MAX if due_at is None else (due_at - now).total_seconds())
            continue
        try:
            await _again(hand, found)
            attempt = 0
        except Undelivered as why:
            attempt += 1
            await asyncio.sleep(hand.channel.pause_s(attempt, why))


async def _again(hand: Hand, found: Sequence[tuple[Due, Outgoing]]) -> None:
    """Those of the oldest message among them; words that are not those approved go to nobody."""
    outgoing = found[0][1]
    batch = [due for due, its in found if its.delivery.id == outgoing.delivery.id]
    if genuine(outgoing):
        await hand.round(outgoing, batch)
        return
    async with hand.ledger.write() as s:
        for due in batch:
            await postings.failed(s, due.posting.id, "the words are not those that were approved", hand.clock())
