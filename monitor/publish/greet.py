"""Greeting: one endless task a channel that answers who wants to be told, and forgets who never confirmed it."""

import asyncio
from asyncio import TaskGroup
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

import structlog

from monitor.channels.fan import Never
from monitor.ledger import subscribers
from monitor.models import Subscriber
from monitor.publish.hand import Hand
from monitor.sending.queue import WAIT_S_MAX, wait
from monitor.sending.sender import Temporary, Undelivered

log = structlog.get_logger("ownup.publish")


async def greet(hand: Hand) -> NoReturn:
    """Answer every wish once, the oldest first; what cannot be sent is tried again, and delays no message.

    A process that dies between sending and recording sends the same letter again, under the same key.
    """
    greeter, ledger = _Greeter(hand), hand.ledger
    while True:
        seen, now = ledger.version, hand.clock()
        await greeter.forget(now)
        async with ledger.read() as s:
            waiting = await subscribers.unanswered(s, hand.channel.way, hand.channel.at_once)
        if due := [one for one in waiting if one.next_attempt_at <= now]:
            async with TaskGroup() as tasks:
                for one in due:
                    tasks.create_task(greeter.answer(one, now))
        else:
            await wait(ledger, seen, (waiting[0].next_attempt_at - now).total_seconds() if waiting else WAIT_S_MAX)


@dataclass(slots=True)
class _Greeter:
    """One channel's answers to those who want to be told by it."""

    hand: Hand

    @property
    def within(self) -> timedelta:
        """How long a wish waits to be confirmed, and an answer to be sent."""
        return timedelta(seconds=self.hand.house.rules.confirm_within)

    async def answer(self, one: Subscriber, now: datetime) -> None:
        """Answer one wish, and record it; one that waited for too long is not answered any more."""
        if now - one.asked_at > self.within:
            await self._settle(one, proven=False)
            return
        channel, greeting = self.hand.channel, self.hand.house.greeting(one, now)
        async with self.hand.throttle:
            try:
                async with asyncio.timeout(channel.timeout):
                    proven = await channel.greet(greeting)
            except Never as why:
                await self._give_up(one, why)
            except TimeoutError:
                await self._later(one, Temporary("no answer in time"))
            except Undelivered as why:
                await self._later(one, why)
            else:
                await self._settle(one, proven=proven)

    async def forget(self, now: datetime) -> None:
        """Delete whoever did not confirm in time."""
        async with self.hand.ledger.read() as s:
            silent = await subscribers.silent(s, now - self.within)
        if silent:
            async with self.hand.ledger.write() as s:
                await subscribers.remove(s, silent)

    async def _settle(self, one: Subscriber, *, proven: bool) -> None:
        """It is answered; where the answer has proven whose address it is, it is confirmed with that."""
        now = self.hand.clock()
        async with self.hand.ledger.write() as s:
            await subscribers.answered(s, one, now)
            if proven:
                await subscribers.confirm(s, one.nonce, now)

    async def _give_up(self, one: Subscriber, why: Never) -> None:
        """Nobody is there: a wish that nobody can confirm is forgotten, and a subscription is told nothing more."""
        log.info("a subscriber cannot be asked", subscriber=one.id, why=why.detail)
        now = self.hand.clock()
        async with self.hand.ledger.write() as s:
            await subscribers.answered(s, one, now)
            if not await subscribers.stop(s, one.id, why.detail, now):
                await subscribers.remove(s, [one.id])

    async def _later(self, one: Subscriber, why: Undelivered) -> None:
        log.info("a subscriber is asked later", subscriber=one.id, why=why.detail)
        at = self.hand.clock() + timedelta(seconds=self.hand.channel.pause_s(one.attempts + 1, why))
        async with self.hand.ledger.write() as s:
            await subscribers.answer_later(s, one, at)
