"""The Ledger: opens the record, gives sessions to read and to write, and wakes whoever waits for a change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from monitor.config import Storage
from monitor.ledger import schema
from monitor.ledger.directory import held
from monitor.ledger.engines import Engines, engines, scrub
from monitor.ledger.errors import NewerDatabase, StorageError

__all__ = ["Ledger", "NewerDatabase", "StorageError"]


class Ledger:
    """The open record. ``version`` grows with every write of this process."""

    def __init__(self, engines: Engines) -> None:
        """Take the engines of an up-to-date database; use ``Ledger.open`` instead."""
        self.version = 0
        self._engines = engines
        self._readers = async_sessionmaker(engines.readers, expire_on_commit=False)
        self._writers = async_sessionmaker(engines.writers, expire_on_commit=False)
        self._one_writer = asyncio.Lock()
        self._turn = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(cls, storage: Storage, base: Path, *, beside: bool = False) -> AsyncIterator[Self]:
        """Open the record, bringing its tables up to date, and close it in the end.

        ``base`` is where a relative directory begins. One daemon owns the directory; ``beside`` is for a command that
        may work while a daemon does. Raises StorageError or NewerDatabase, and then nothing has been changed.
        """
        with held(base / storage.directory, beside=beside) as home:
            async with engines(storage, home) as both:
                await schema.migrate(both, may_change=home.ours)
                yield cls(both)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session on one unchanging picture of the record; it cannot write."""
        async with self._readers() as session, session.begin():
            yield session

    @asynccontextmanager
    async def write(self, *, news: bool = True) -> AsyncIterator[AsyncSession]:
        """The only session that writes, now: what is done in it is stored whole on leaving, or not at all.

        What is no ``news`` wakes nobody: signs of life, and what looks teach us, are for our next life alone.
        """
        async with self._one_writer:
            try:
                async with self._writers() as session, session.begin():
                    yield session
            finally:
                # A cancellation can leave open whether the commit came through; to wake once too often is harmless.
                if news:
                    self._changed()

    async def scrub(self) -> None:
        """Let nothing be left of what was deleted, in the database's own journal neither."""
        async with self._one_writer:
            await scrub(self._engines)

    async def changed(self, since: int) -> int:
        """Wait until something was written after version ``since``; gives the version now."""
        while self.version <= since:
            await self._turn.wait()
        return self.version

    def _changed(self) -> None:
        self.version += 1
        self._turn.set()
        self._turn = asyncio.Event()
