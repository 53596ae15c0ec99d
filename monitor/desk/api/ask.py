"""An Ask: one request of a program, and in whose name it comes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.desk.seat import Seat
from monitor.desk.streams import Streams
from monitor.desk.times import Times
from monitor.ledger import audit
from monitor.ledger.tokens import Bearer


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, and when; behind it stands always a person."""

    seat: Seat
    bearer: Bearer
    now: datetime
    streams: Streams

    @property
    def person_id(self) -> int:
        """In whose name it comes."""
        return self.bearer.person.id

    @property
    def times(self) -> Times:
        """How times are written in sentences."""
        return Times(ZoneInfo(self.seat.config.site.timezone), self.now)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One unchanging picture of the record."""
        async with self.seat.ledger.read() as s:
            yield s

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Write into the record; each line of the audit names the token."""
        async with self.seat.ledger.write() as s:
            audit.open_through(s, self.bearer.name)
            yield s
