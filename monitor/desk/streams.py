"""The streams that are open to pages and programs: how many there may be, and the one word that tells of news."""

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from monitor.desk.presence import Presence
from monitor.ledger import story
from monitor.ledger.store import Ledger

STREAMS_MAX: Final = 100
STREAMS_EACH_MAX: Final = 4
TURN_S: Final = 1.0


class Streams:
    """The streams that are open, and what they have last been told of."""

    def __init__(self, ledger: Ledger) -> None:
        """Nobody listens yet."""
        self.presence = Presence()
        self.closing = asyncio.Event()
        self._ledger = ledger
        self._count: Counter[Hashable] = Counter()
        self._stamp: tuple[int, str] = (-1, "")
        self._one_reads = asyncio.Lock()

    @contextmanager
    def open(self, whose: Hashable) -> Iterator[bool]:
        """Whether this person, or this token, may have another stream; it counts while the block runs."""
        granted = self._count.total() < STREAMS_MAX and self._count[whose] < STREAMS_EACH_MAX
        self._count[whose] += granted
        try:
            yield granted
        finally:
            self._count[whose] -= granted

    async def turn(self) -> None:
        """Let a moment pass: news within it are told as one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(TURN_S):
                await self.closing.wait()

    async def stamp(self) -> str:
        """What changes whenever pages would; the record is read once for all streams."""
        async with self._one_reads:
            version = self._ledger.version
            if self._stamp[0] != version:
                async with self._ledger.read() as s:
                    self._stamp = version, await story.stamp(s)
            return self._stamp[1]
