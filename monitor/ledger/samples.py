"""Samples: every Result in brief, in a file of its own, written by a thread that never holds up the loop.

The record keeps what must not be lost; a sample may be: what waits when the process is killed, at most the last half
second, and what comes faster than the disk takes it, which is counted.
"""

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from monitor.config import Storage
from monitor.ledger.directory import touch
from monitor.ledger.history import History, Sample, micros
from monitor.ledger.rollup import Rollup, Scope
from monitor.ledger.tape import FILE, Row, Tape
from probes.look import Outcome, Result

__all__ = ["Sample", "Samples"]

log = logging.getLogger("ownup.samples")

WAITING_MAX: Final = 50_000
EVERY_S: Final = 0.5

_END: Final = datetime.max.replace(tzinfo=UTC)
_GOOD: Final = frozenset({Outcome.OK, Outcome.DEGRADED})


class Samples:
    """Every Result in brief, in memory for half a second, then on the disk, from where ``history`` reads it."""

    def __init__(self, writer: Tape, history: History, *, keep_us: int, scope: Scope) -> None:
        """Take a connection to write and one to read; use ``Samples.open`` instead."""
        self.history = history
        self._writer = writer
        self._rollup = Rollup(writer.connection, scope)
        self._stands_us = scope.stands_us
        self._keep_us = keep_us
        self._waiting: deque[Row] = deque()
        self._last_good: dict[str, datetime] = {}
        self._newest_us = 0
        self._refused = 0
        self._lost = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="samples", daemon=True)

    @classmethod
    @asynccontextmanager
    async def open(cls, storage: Storage, base: Path, scope: Scope | None = None) -> AsyncIterator[Self]:
        """Open the file beside the record, and write what is still waiting before it is closed.

        ``scope`` says what results come to; without it they are kept, and come to nothing. Raises StorageError or
        NewerDatabase. The directory must exist: open the Ledger first.
        """
        scope = scope or Scope()
        path = base / storage.directory / FILE
        touch(path)
        with closing(Tape(path)) as writer, closing(Tape(path, reads=True)) as reader:
            history = History(reader, scope.zone)
            samples = cls(writer, history, keep_us=round(storage.samples_keep * 1_000_000), scope=scope)
            samples._thread.start()
            try:
                yield samples
            finally:
                samples._stopping.set()
                await asyncio.to_thread(samples._thread.join)

    @property
    def dropped(self) -> int:
        """How many samples came faster than the disk took them, or could not be written."""
        return self._refused + self._lost

    def add(self, result: Result, *, planned: bool = False) -> None:
        """Keep a Result, on the disk within a second; never waits, and drops it if too many wait already."""
        if result.outcome in _GOOD:
            self._last_good[result.target] = result.started_at
        if len(self._waiting) >= WAITING_MAX:
            self._refused += 1
            return
        self._waiting.append(
            (
                result.target,
                micros(result.started_at),
                result.outcome.value,
                result.reason and result.reason.value,
                round(result.duration_s * 1_000_000),
                planned,
                self._stands_us.get(result.target, 0),
            )
        )

    async def last_good(self, target: str) -> datetime | None:
        """When the last look began that found the target ``ok`` or ``degraded``."""
        return self._last_good.get(target) or await self.history.last_good(target)

    async def recent(self, target: str, since: datetime) -> Sequence[Sample]:
        """The target's samples that began at ``since`` or later and are on the disk, oldest first."""
        return await self.history.results(target, since, _END)

    async def recent_of(self, targets: Sequence[str], since: datetime) -> Mapping[str, Sequence[Sample]]:
        """The same of several targets, read in one go."""
        return await self.history.results_of(targets, since, _END)

    def _write_on(self) -> None:
        while not self._stopping.wait(EVERY_S):
            if self._flush():
                self._sum_up()
        self._flush()
        while self._sum_up(every_us=1):
            pass

    def _flush(self) -> bool:
        """Store what waits; whether there was any."""
        rows = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not rows:
            return False
        try:
            self._writer.write(rows)
        except sqlite3.Error:
            log.exception("samples could not be written")
            self._lost += len(rows)
            return False
        self._rollup.note([row[1] for row in rows])
        self._newest_us = rows[-1][1]
        return True

    def _sum_up(self, **often: int) -> bool:
        """Go on with the rollup by a piece, then cut what is old and rolled up; whether there was a piece to do."""
        try:
            did = self._rollup.roll(**often)
            self._writer.cut(min(self._newest_us - self._keep_us, self._rollup.needs_us))
        except sqlite3.Error:
            log.exception("samples could not be summed up")
            return False
        return did
