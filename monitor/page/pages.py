"""The pages in memory: the record is read when it or the minute changes, never by a reader's request."""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NoReturn, Self

from monitor.config import Component, Site
from monitor.ledger import deliveries
from monitor.ledger.deliveries import Published
from monitor.ledger.store import Ledger
from monitor.page import api, feed, render
from monitor.page.answer import Answer
from monitor.page.moment import Moment, moment

CHANNEL: Final = "page"
"""The channel whose deliveries are visible here."""

UPDATES_MAX: Final = 5000
MINUTE_S: Final = 60.0
# Writes come in bursts; readers notice nothing of a fifth of a second, and the loop is spared a read for each.
QUIET_S: Final = 0.2

_INCIDENT: Final = re.compile(r"/incidents/([1-9][0-9]{0,11})")
_NOWHERE: Final = ""
_FIXED: Final[dict[str, Callable[[Moment], Answer]]] = {
    "/": render.home,
    "/history": render.history,
    "/feed.atom": feed.atom,
    "/api/v2/summary.json": api.summary,
    "/api/v2/status.json": api.status,
    "/api/v2/components.json": api.components,
    "/api/v2/incidents.json": api.incidents,
    "/api/v2/incidents/unresolved.json": api.unresolved,
}


@dataclass(slots=True)
class Pages:
    """Every answer of the public page as of one moment; each is rendered once a moment, when it is first asked for."""

    ledger: Ledger
    site: Site
    components: tuple[Component, ...]
    clock: Callable[[], datetime]
    _seen: int
    _newest: int | None
    _moment: Moment
    _made: dict[str, Answer] = field(default_factory=dict)

    @classmethod
    async def open(
        cls, ledger: Ledger, *, site: Site, components: Sequence[Component], clock: Callable[[], datetime]
    ) -> Self:
        """Read the record once, so that the first reader already finds a page."""
        seen = ledger.version
        published = await _published(ledger, UPDATES_MAX)
        first = moment(published, site, components, clock())
        return cls(ledger, site, tuple(components), clock, seen, _newest(published), first)

    async def keep(self) -> NoReturn:
        """Stay true for ever: read again whenever the record or the minute changes. A task for the daemon's group."""
        while True:
            await self._wait()
            await self._refresh()
            await asyncio.sleep(QUIET_S)

    def answer(self, path: str) -> Answer:
        """What is at this path; a true 404 if nothing is."""
        return self._made.get(path) or self._make(path)

    def _make(self, path: str) -> Answer:
        if path in render.static():
            return render.static()[path]
        if make := _FIXED.get(path):
            return self._made.setdefault(path, make(self._moment))
        if (match := _INCIDENT.fullmatch(path)) and (case := self._moment.case(int(match[1]))):
            return self._made.setdefault(path, render.incident(self._moment, case))
        # Addresses of nothing have no end, so all of them share one answer.
        return self._made.get(_NOWHERE) or self._made.setdefault(_NOWHERE, render.missing(self._moment))

    async def _wait(self) -> None:
        """Until something was written, or the minute turns."""
        now = self.clock()
        with suppress(TimeoutError):
            async with asyncio.timeout(MINUTE_S - now.second - now.microsecond / 1e6):
                await self.ledger.changed(self._seen)

    async def _refresh(self) -> None:
        """Take up what is new. The page's channel delivers in order, so if its newest is known, nothing is new."""
        self._seen = self.ledger.version
        if _newest(await _published(self.ledger, 1)) == self._newest:
            self._show(replace(self._moment, now=self.clock().replace(second=0, microsecond=0)))
        else:
            published = await _published(self.ledger, UPDATES_MAX)
            self._newest = _newest(published)
            self._show(moment(published, self.site, self.components, self.clock()))

    def _show(self, moment: Moment) -> None:
        if moment != self._moment:
            self._moment = moment
            self._made.clear()


async def _published(ledger: Ledger, limit: int) -> list[Published]:
    async with ledger.read() as s:
        return await deliveries.published(s, CHANNEL, limit)


def _newest(published: Sequence[Published]) -> int | None:
    return published[0].update.id if published else None
