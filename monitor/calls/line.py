"""The line: one endless task a route, which makes the calls that are written down, until each got through or failed."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NoReturn

import structlog

from monitor.calls.ladder import Wanted
from monitor.calls.route import Ring, Route
from monitor.ledger import calls
from monitor.ledger.store import Ledger
from monitor.models import Call
from monitor.sending.backoff import pause_s
from monitor.sending.sender import Permanent, Temporary
from probes.transcript import Transcript

# The wall clock may be set while we wait for it, so nobody waits for it longer than this.
WAIT_S_MAX: Final = 60.0
ATTEMPTS_MAX: Final = 20

log = structlog.get_logger("ownup.calls")


class Outcome(StrEnum):
    """What one attempt came to; the label of ``ownup_calls_total``."""

    DELIVERED = "delivered"
    RETRIED = "retried"
    FAILED = "failed"


async def line(
    ledger: Ledger,
    route: Route,
    *,
    site: str,
    clock: Callable[[], datetime],
    on_call: Callable[[str, Outcome], None],
) -> NoReturn:
    """Make every call of one route that is due, the oldest first, for ever; one route knows nothing of another.

    There is one line a route, so what is claimed when it starts was being made by a dead one, and is made again under
    the same key. ``on_call(route name, outcome)`` is called after each attempt has been recorded.
    """
    way = _Way(ledger, route, site, clock, on_call)
    async with ledger.write() as s:
        await calls.unclaim_all(s, route.name)
    while True:
        seen = ledger.version
        async with ledger.read() as s:
            call = await calls.next_due(s, route.name, clock())
            due_at = await calls.due_at(s, route.name)
        if call is not None:
            await way.attempt(call)
        else:
            with suppress(TimeoutError):
                wait_s = WAIT_S_MAX if due_at is None else (due_at - clock()).total_seconds()
                async with asyncio.timeout(min(wait_s, WAIT_S_MAX)):
                    await ledger.changed(seen)


@dataclass(frozen=True, slots=True)
class _Way:
    """One route's way out."""

    ledger: Ledger
    route: Route
    site: str
    clock: Callable[[], datetime]
    on_call: Callable[[str, Outcome], None]

    async def attempt(self, call: Call) -> None:
        """Claim, ring, record. Between claim and record a crash leaves the row claimed, which the next line undoes."""
        async with self.ledger.write() as s:
            if not await calls.claim(s, call.id):
                return
        try:
            async with asyncio.timeout(self.route.timeout):
                receipt = await self.route.ring(self._ring(call))
        except Temporary as later:
            await self._retry(call, later)
        except TimeoutError:
            await self._retry(call, Temporary(f"no answer within {self.route.timeout:g} s"))
        except Permanent as never:
            await self._give_up(call, never.detail)
        else:
            async with self.ledger.write() as s:
                await calls.delivered(s, call.id, self._mask(receipt), self.clock())
            self._settled(call, Outcome.DELIVERED, receipt)

    async def _retry(self, call: Call, later: Temporary) -> None:
        if call.attempts + 1 >= ATTEMPTS_MAX:
            await self._give_up(call, later.detail)
            return
        wait_s = pause_s(
            attempt=call.attempts + 1,
            first_s=self.route.retry_first,
            ceiling_s=self.route.retry_ceiling,
            wish_s=later.retry_after_s,
            chance=random.random(),  # noqa: S311 - it spreads attempts in time and guards nothing
        )
        async with self.ledger.write() as s:
            await calls.retry(s, call.id, self._mask(later.detail), self.clock() + timedelta(seconds=wait_s))
        self._settled(call, Outcome.RETRIED, later.detail)

    async def _give_up(self, call: Call, why: str) -> None:
        async with self.ledger.write() as s:
            await calls.fail(s, call.id, self._mask(why))
        self._settled(call, Outcome.FAILED, why)

    def _settled(self, call: Call, outcome: Outcome, words: str) -> None:
        say = log.info if outcome is Outcome.DELIVERED else log.warning
        say("call", person=call.person, route=call.route, outcome=outcome, words=self._mask(words))
        self.on_call(self.route.name, outcome)

    def _ring(self, call: Call) -> Ring:
        return Ring(
            key=call.key,
            matter=call.matter,
            why=call.why,
            signal=call.signal,
            quiet=Wanted(call.person, call.route, call.signal, call.round).quiet,
            person=call.person,
            title=call.title,
            text=call.text,
            link=call.link,
            site=self.site,
            at=call.at,
            sent_at=self.clock(),
        )

    def _mask(self, words: str) -> str:
        return Transcript(self.route.secrets()).mask(words)
