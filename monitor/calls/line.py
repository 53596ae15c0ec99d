"""The line: one endless task a route, which makes the calls that are written down, until each got through or failed."""

from collections.abc import Callable
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
from monitor.sending.queue import work_off
from monitor.sending.sender import Permanent, Temporary

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
    await work_off(ledger, way.next_due, way.attempt, clock=clock)


@dataclass(frozen=True, slots=True)
class _Way:
    """One route's way out."""

    ledger: Ledger
    route: Route
    site: str
    clock: Callable[[], datetime]
    on_call: Callable[[str, Outcome], None]

    async def next_due(self) -> Call | datetime | None:
        """The call to make now, or when to look again."""
        async with self.ledger.read() as s:
            due_at = await calls.due_at(s, self.route.name)
            if due_at is None or due_at > self.clock():
                return due_at
            return await calls.next_due(s, self.route.name, self.clock())

    async def attempt(self, call: Call) -> None:
        """Claim, ring, record. Between claim and record a crash leaves the row claimed, which the next line undoes."""
        async with self.ledger.write() as s:
            if not await calls.claim(s, call.id):
                return
        try:
            receipt = await self.route.attempt(self.route.ring(self._ring(call)))
        except Temporary as later:
            await self._retry(call, later)
        except Permanent as never:
            await self._give_up(call, never.detail)
        else:
            async with self.ledger.write() as s:
                await calls.delivered(s, call.id, self.route.mask(receipt), self.clock())
            self._settled(call, Outcome.DELIVERED, receipt)

    async def _retry(self, call: Call, later: Temporary) -> None:
        if call.attempts + 1 >= ATTEMPTS_MAX:
            await self._give_up(call, later.detail)
            return
        at = self.clock() + timedelta(seconds=self.route.pause_s(call.attempts + 1, later))
        async with self.ledger.write() as s:
            await calls.retry(s, call.id, self.route.mask(later.detail), at)
        self._settled(call, Outcome.RETRIED, later.detail)

    async def _give_up(self, call: Call, why: str) -> None:
        async with self.ledger.write() as s:
            await calls.fail(s, call.id, self.route.mask(why))
        self._settled(call, Outcome.FAILED, why)

    def _settled(self, call: Call, outcome: Outcome, words: str) -> None:
        say = log.info if outcome is Outcome.DELIVERED else log.warning
        say("call", person=call.person, route=call.route, outcome=outcome, words=self.route.mask(words))
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
