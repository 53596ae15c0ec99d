"""A line: how one channel's approved updates leave the house, each claimed, sent and recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.channels.channel import Channel
from monitor.config import Site
from monitor.ledger import audit, deliveries, drafts, halts
from monitor.ledger.deliveries import Outgoing
from monitor.ledger.store import Ledger
from monitor.publish.message import message_of
from monitor.sending.sender import Barred, Permanent, Temporary

log = structlog.get_logger("ownup.publish")

ACTOR: Final = "publish"


class Outcome(StrEnum):
    """What one attempt came to; the label of ``ownup_deliveries_total``. ``lost``: another sender took it over."""

    DELIVERED = "delivered"
    RETRIED = "retried"
    FAILED = "failed"
    REFUSED = "refused"
    LOST = "lost"


@dataclass(slots=True)
class Line:
    """One channel's way out, and who has the update that is on it already."""

    ledger: Ledger
    channel: Channel
    site: Site
    clock: Callable[[], datetime]
    on_delivery: Callable[[str, Outcome], None]
    reached: frozenset[str] = frozenset()

    async def next_due(self) -> Outgoing | datetime | None:
        """What to send now, or when to look again."""
        async with self.ledger.read() as s:
            due_at = await deliveries.due_at(s, self.channel.name)
            if due_at is None or due_at > self.clock():
                return due_at
            return await deliveries.next_due(s, self.channel.name, self.clock())

    async def send(self, outgoing: Outgoing) -> None:
        """Send the very words that a human approved, and no others."""
        if genuine(outgoing):
            await self.attempt(outgoing)
        else:
            await self.refuse(outgoing)

    async def attempt(self, outgoing: Outgoing) -> None:
        """Claim, send, record. Between claim and record a crash leaves the row claimed, which the next drain undoes."""
        async with self.ledger.write() as s:
            epoch = await deliveries.claim(s, id_of(outgoing))
            if epoch is None:
                return
        try:
            receipt = await self.carry(outgoing, epoch)
        except Temporary as later:
            await self._retry(outgoing, epoch, later)
        except Permanent as never:
            await self._give_up(outgoing, epoch, never)
        else:
            await self._delivered(outgoing, epoch, receipt)

    async def carry(self, outgoing: Outgoing, epoch: int) -> str:
        """Send what was claimed, and give the receipt. Raises Temporary or Permanent."""
        del epoch
        async with self.ledger.read() as s:
            earlier = await deliveries.receipts(s, outgoing)
        message = message_of(outgoing, self.site, now=self.clock(), reached=self.reached, earlier=earlier)
        return await self.channel.attempt(self.channel.send(message))

    async def refuse(self, outgoing: Outgoing) -> None:
        """Send nothing: the words are not those that a human approved."""
        never = Permanent("the words are not those that were approved")
        await self._give_up(outgoing, outgoing.delivery.epoch, never, Outcome.REFUSED)

    async def _delivered(self, outgoing: Outgoing, epoch: int, receipt: str) -> None:
        async with self.ledger.write() as s:
            mine = await deliveries.delivered(s, id_of(outgoing), self.channel.mask(receipt), self.clock(), epoch=epoch)
            await self._release(s, outgoing)
        self._settled(outgoing, Outcome.DELIVERED if mine else Outcome.LOST, receipt)

    async def _retry(self, outgoing: Outgoing, epoch: int, later: Temporary) -> None:
        at = self.clock() + timedelta(seconds=self.channel.pause_s(outgoing.delivery.attempts + 1, later))
        async with self.ledger.write() as s:
            mine = await deliveries.retry(s, id_of(outgoing), self.channel.mask(later.detail), at, epoch=epoch)
        self._settled(outgoing, Outcome.RETRIED if mine else Outcome.LOST, later.detail)
        self.reached |= later.reached

    async def _give_up(
        self, outgoing: Outgoing, epoch: int, never: Permanent, outcome: Outcome = Outcome.FAILED
    ) -> None:
        """Record it, and where the way itself is refused, stop the channel until a human says that it may go on."""
        why, now = self.channel.mask(never.detail), self.clock()
        async with self.ledger.write() as s:
            if not await deliveries.fail(s, id_of(outgoing), why, epoch=epoch):
                outcome = Outcome.LOST
            elif isinstance(never, Barred):
                await halts.halt(s, id_of(outgoing), why, now)
            await self._release(s, outgoing)
            await self._note(s, outgoing, outcome, why)
        self._settled(outgoing, outcome, why)

    async def _release(self, s: AsyncSession, outgoing: Outgoing) -> None:
        """Those who wait for the brief wait no longer."""
        if self.channel.goes_first:
            await deliveries.release(s, id_of(outgoing), self.clock())

    async def _note(self, s: AsyncSession, outgoing: Outgoing, outcome: Outcome, why: str) -> None:
        subject, detail = f"update:{outgoing.update.id}", f"{self.channel.name}: {why}"
        await audit.note(s, actor=ACTOR, action=outcome, subject=subject, detail=detail, now=self.clock())

    def _settled(self, outgoing: Outgoing, outcome: Outcome, words: str) -> None:
        say = log.info if outcome is Outcome.DELIVERED else log.warning
        say(
            "delivery",
            update=outgoing.update.id,
            channel=self.channel.name,
            outcome=outcome,
            words=self.channel.mask(words),
        )
        if outcome is not Outcome.RETRIED:
            self.reached = frozenset()
        self.on_delivery(self.channel.name, outcome)


def id_of(outgoing: Outgoing) -> int:
    """The delivery's number."""
    assert outgoing.delivery.id is not None  # noqa: S101 - it was read from the record
    return outgoing.delivery.id


def genuine(outgoing: Outgoing) -> bool:
    """Whether the words are those that a human approved."""
    return drafts.notice_of(outgoing.update).sha256() == outgoing.text_sha256
