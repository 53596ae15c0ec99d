"""Greeting: one endless task a channel that answers who wants to be told, and forgets who never confirmed it."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

import structlog

from monitor.channels.fan import Fan, Never
from monitor.ledger import subscribers
from monitor.ledger.store import Ledger
from monitor.models import Subscriber
from monitor.publish.house import House
from monitor.publish.pause import WAIT_S_MAX, wait
from monitor.sending.backoff import pause_s
from monitor.sending.sender import Temporary, Undelivered

log = structlog.get_logger("ownup.publish")


async def greet(ledger: Ledger, channel: Fan, *, house: House, clock: Callable[[], datetime]) -> NoReturn:
    """Answer every wish once, the oldest first; what cannot be sent is tried again, and delays no message.

    A process that dies between sending and recording sends the same letter again, under the same key.
    """
    greeter = _Greeter(ledger, channel, house, clock)
    while True:
        seen, now = ledger.version, clock()
        await greeter.forget(now)
        async with ledger.read() as s:
            one = await subscribers.unanswered(s, channel.way)
        if one is None or one.next_attempt_at > now:
            await wait(ledger, seen, WAIT_S_MAX if one is None else (one.next_attempt_at - now).total_seconds())
        elif now - one.asked_at > greeter.within:
            await greeter.settle(one, proven=False)
        else:
            await greeter.answer(one, now)


@dataclass(slots=True)
class _Greeter:
    """One channel's answers to those who want to be told by it."""

    ledger: Ledger
    channel: Fan
    house: House
    clock: Callable[[], datetime]

    @property
    def within(self) -> timedelta:
        """How long a wish waits to be confirmed, and an answer to be sent."""
        return timedelta(seconds=self.house.rules.confirm_within)

    async def answer(self, one: Subscriber, now: datetime) -> None:
        """Answer one wish, and record it."""
        try:
            async with asyncio.timeout(self.channel.timeout):
                proven = await self.channel.greet(self.house.greeting(one, now))
        except Never as why:
            await self._give_up(one, why)
        except TimeoutError:
            await self._later(one, Temporary("no answer in time"))
        except Undelivered as why:
            await self._later(one, why)
        else:
            await self.settle(one, proven=proven)

    async def settle(self, one: Subscriber, *, proven: bool) -> None:
        """It is answered; where the answer has proven whose address it is, it is confirmed with that."""
        async with self.ledger.write() as s:
            await subscribers.answered(s, one, self.clock())
            if proven:
                await subscribers.confirm(s, one.nonce, self.clock())

    async def forget(self, now: datetime) -> None:
        """Delete whoever did not confirm in time."""
        async with self.ledger.read() as s:
            silent = await subscribers.silent(s, now - self.within)
        if silent:
            async with self.ledger.write() as s:
                await subscribers.remove(s, silent)

    async def _give_up(self, one: Subscriber, why: Never) -> None:
        """Nobody is there: a wish that nobody can confirm is forgotten, and a subscription is told nothing more."""
        log.info("a subscriber cannot be asked", subscriber=one.id, why=why.detail)
        async with self.ledger.write() as s:
            await subscribers.answered(s, one, self.clock())
            if not await subscribers.stop(s, one.id, why.detail, self.clock()):
                await subscribers.remove(s, [one.id])

    async def _later(self, one: Subscriber, why: Undelivered) -> None:
        wait_s = pause_s(
            attempt=one.attempts + 1,
            first_s=self.channel.retry_first,
            ceiling_s=self.channel.retry_ceiling,
            wish_s=why.retry_after_s if isinstance(why, Temporary) else None,
            chance=random.random(),  # noqa: S311 - it spreads attempts in time and guards nothing
        )
        log.info("a subscriber is asked later", subscriber=one.id, why=why.detail)
        async with self.ledger.write() as s:
            await subscribers.answer_later(s, one, self.clock() + timedelta(seconds=wait_s))
