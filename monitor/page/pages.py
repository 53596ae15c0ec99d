"""The pages in memory: the record is read when it or the minute changes, never by a reader's request."""

import asyncio
import gzip
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NoReturn, Self

from monitor.ledger import deliveries
from monitor.ledger.deliveries import Published
from monitor.ledger.history import Day, History
from monitor.ledger.store import Ledger
from monitor.page import render
from monitor.page.answer import Answer
from monitor.page.bars import DAYS, span_of
from monitor.page.furniture import furniture
from monitor.page.links import Links
from monitor.page.moment import Moment
from monitor.page.readings import readings
from monitor.page.routes import found, spoken
from monitor.page.setting import Setting
from monitor.page.telling import moment

CHANNEL: Final = "page"
"""The channel whose deliveries are visible here."""

UPDATES_MAX: Final = 5000
MINUTE_S: Final = 60.0
# Writes come in bursts; readers notice nothing of a fifth of a second, and the loop is spared a read for each.
QUIET_S: Final = 0.2

PACKED_BYTES_MIN: Final = 1000


@dataclass(slots=True)
class Pages:
    """Every answer of the public page as of one moment; each is rendered once a moment, when it is first asked for.

    ``history`` has the past days; without it none are shown.
    """

    ledger: Ledger
    setting: Setting
    clock: Callable[[], datetime]
    history: History | None
    _seen: int
    _newest: int | None
    _moment: Moment
    _turn: asyncio.Event = field(default_factory=asyncio.Event)
    _made: dict[str, Answer] = field(default_factory=dict)
    _tellings: dict[str, Moment] = field(default_factory=dict)
    _packed: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    async def open(
        cls, ledger: Ledger, setting: Setting, *, clock: Callable[[], datetime], history: History | None = None
    ) -> Self:
        """Read the record once, so that the first reader already finds a page."""
        seen = ledger.version
        published = await _published(ledger, UPDATES_MAX)
        first = moment(published, setting, clock())
        pages = cls(ledger, setting, clock, history, seen, _newest(published), first)
        pages._show(await pages._measured(first))
        return pages

    async def keep(self) -> NoReturn:
        """Stay true for ever: read again whenever the record or the minute changes. A task for the daemon's group."""
        while True:
            await self._wait()
            await self._refresh()
            await asyncio.sleep(QUIET_S)

    @property
    def moment(self) -> Moment:
        """What is shown now; another moment is another value."""
        return self._moment

    async def changed(self, since: Moment) -> Moment:
        """Wait until something else than this is shown."""
        while self._moment is since:
            await self._turn.wait()
        return self._moment

    def answer(self, path: str) -> Answer:
        """What is at this path; a true 404 if nothing is."""
        return self._made.get(path) or self._make(path)

    def told_in(self, language: str) -> tuple[Moment, Links]:
        """What is shown now in a language, and how its pages lead to each other."""
        if language not in self._tellings:
            self._tellings[language] = self._moment.told_in(language)
        telling = self._tellings[language]
        return telling, Links(render.prefix(telling, language))

    def packed(self, answer: Answer) -> bytes:
        """The body compressed, once a moment; the body itself where that would gain nothing."""
        if len(answer.body) < PACKED_BYTES_MIN:
            return answer.body
        return self._packed.get(answer.etag) or self._packed.setdefault(
            answer.etag, gzip.compress(answer.body, mtime=0)
        )

    def _make(self, path: str) -> Answer:
        if kept := furniture(self.setting.theme).get(path):
            return kept
        language, inner = spoken(self.setting, path)
        telling, links = self.told_in(language)
        if make := found(telling, inner):
            return self._made.setdefault(path, make(telling, links))
        # Addresses of nothing have no end, so all those of one language share one answer, under what is no path.
        return self._made.get(language) or self._made.setdefault(language, render.missing(telling, links))

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
            found = replace(self._moment, now=self.clock().replace(second=0, microsecond=0))
        else:
            published = await _published(self.ledger, UPDATES_MAX)
            self._newest = _newest(published)
            found = moment(published, self.setting, self.clock())
        self._show(await self._measured(found))

    async def _measured(self, found: Moment) -> Moment:
        """The same with what was measured, as far as it may be shown."""
        if self.setting.uptime and self.history:
            found = replace(found, days=await self._days(self.history, found.now))
        if self.setting.measures:
            found = replace(found, readings=await readings(self.ledger, self.setting))
        return found

    async def _days(self, history: History, now: datetime) -> Mapping[str, Sequence[Day]]:
        return await history.days(*span_of(DAYS, history.day_of(now), measures=self.setting.measures))

    def _show(self, moment: Moment) -> None:
        if moment != self._moment:
            self._moment = moment
            self._made.clear()
            self._tellings.clear()
            self._packed.clear()
            self._turn.set()
            self._turn = asyncio.Event()


async def _published(ledger: Ledger, limit: int) -> list[Published]:
    async with ledger.read() as s:
        return await deliveries.published(s, CHANNEL, limit)


def _newest(published: Sequence[Published]) -> int | None:
    return published[0].update.id if published else None
