"""The hand that gives each reader their own copy, no faster than may be, and writes down what came of it."""

from asyncio import TaskGroup
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from asyncio_throttle.throttler import Throttler
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.channels.channel import Message
from monitor.channels.fan import Fan, Never
from monitor.ledger import postings, subscribers
from monitor.ledger.deliveries import Outgoing
from monitor.ledger.postings import Due
from monitor.ledger.store import Ledger
from monitor.models import PostingState, Subscriber
from monitor.publish.house import House
from monitor.publish.line import id_of
from monitor.publish.message import message_of
from monitor.sending.sender import Barred, Permanent, Temporary, Undelivered

log = structlog.get_logger("ownup.publish")


@dataclass(slots=True)
class Hand:
    """Hands copies to their readers, some at once, no more in a second than may be, and records what came of each."""

    ledger: Ledger
    channel: Fan
    house: House
    clock: Callable[[], datetime]
    throttle: Throttler

    @classmethod
    def of(cls, ledger: Ledger, channel: Fan, house: House, clock: Callable[[], datetime]) -> "Hand":
        """The one hand of a channel."""
        return cls(ledger, channel, house, clock, Throttler(rate_limit=channel.per_second))

    async def round(self, outgoing: Outgoing, batch: Sequence[Due]) -> None:
        """Try each of a batch once. Raises what keeps us from all of them, once everything else is recorded."""
        told_in = {
            language: self._message(outgoing, language) for language in {due.subscriber.language for due in batch}
        }
        async with TaskGroup() as tasks:
            tried = [tasks.create_task(self._try(told_in[due.subscriber.language], due.subscriber)) for due in batch]
        told = [(due, one.result()) for due, one in zip(batch, tried, strict=True)]
        reached = [due for due, why in told if why is None]
        now = self.clock()
        async with self.ledger.write() as s:
            await postings.sent(s, [due.posting.id for due in reached], now)
            await subscribers.works(s, [due.subscriber.id for due in reached])
            alone = not reached and not (await postings.tally(s, id_of(outgoing)))[PostingState.SENT]
            grave = [why for _, why in told if why and self._is_grave(why, alone=alone)]
            for due, why in told:
                if why and why not in grave:
                    await self._miss(s, due, why, now)
        if grave:
            raise grave[0]

    def _message(self, outgoing: Outgoing, language: str) -> Message:
        """What all readers of one language are told."""
        return message_of(outgoing, self.house.site, now=self.clock(), language=language)

    async def _try(self, told: Message, one: Subscriber) -> Undelivered | None:
        """Send one copy; gives what kept it from its reader."""
        message = replace(told, key=self.house.key(told.key, one), reader=self.house.reader(one))
        async with self.throttle:
            try:
                await self.channel.attempt(self.channel.send(message))
            except Undelivered as why:
                return why
        return None

    def _is_grave(self, why: Undelivered, *, alone: bool) -> bool:
        """Whether it keeps us from all; where nobody has the message yet, a refusal of it is one of the message."""
        if self.channel.apart:
            return False
        return isinstance(why, Temporary | Barred) or (isinstance(why, Permanent) and alone)

    async def _miss(self, s: AsyncSession, due: Due, why: Undelivered, now: datetime) -> None:
        """One reader was not reached: another time, or never."""
        one, rules = due.subscriber, self.house.rules
        log.info("a subscriber was not reached", subscriber=one.id, channel=self.channel.name, why=type(why).__name__)
        if isinstance(why, Never):
            await postings.failed(s, due.posting.id, why.detail, now)
            await subscribers.stop(s, one.id, why.detail, now)
            return
        since = await subscribers.fails(s, one, now)
        if now - since >= timedelta(seconds=rules.stop_after):
            await subscribers.stop(s, one.id, why.detail, now)
        elif isinstance(why, Permanent) or now - due.posting.dealt_at >= timedelta(seconds=rules.try_for):
            await postings.failed(s, due.posting.id, why.detail, now)
            await subscribers.bounced(s, one.id)
        else:
            at = now + timedelta(seconds=self.channel.pause_s(due.posting.attempts + 1, why))
            await postings.later(s, due.posting.id, why.detail, at)
