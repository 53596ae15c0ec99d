"""The streams that are open to live pages: how many there may be, and the one word that tells them of news."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from monitor.desk.presence import Presence
from monitor.ledger import story
from monitor.ledger.store import Ledger

STREAMS_MAX: Final = 100
STREAMS_A_PERSON_MAX: Final = 4


class Streams:
    """The streams that are open, and what they have last been told of."""

    def __init__(self, ledger: Ledger) -> None:
        """Nobody listens yet."""
        self.presence = Presence()
        self.closing = asyncio.Event()
        self._ledger = ledger
        self._count: Counter[int] = Counter()
        self._stamp: tuple[int, str] = (-1, "")
        self._one_reads = asyncio.Lock()

    @contextmanager
    def open(self, person_id: int) -> Iterator[bool]:
        """Whether this person may have another stream; it counts while the block runs."""
        granted = self._count.total() < STREAMS_MAX and self._count[person_id] < STREAMS_A_PERSON_MAX
        self._count[person_id] += granted
        try:
            yield granted
        finally:
            self._count[person_id] -= granted

    async def stamp(self) -> str:
        """What changes whenever pages would; the record is read once for all streams."""
        async with self._one_reads:
            version = self._ledger.version
            if self._stamp[0] != version:
                async with self._ledger.read() as s:
                    self._stamp = version, await story.stamp(s)
            return self._stamp[1]
