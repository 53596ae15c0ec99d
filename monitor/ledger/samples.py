"""Samples: every Result in brief, in a file of its own, written by a thread that never holds up the loop.

The record keeps what must not be lost; a sample may be: what waits when the process is killed, at most the last half
second, and what comes faster than the disk takes it, which is counted.
"""

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from monitor.config import Storage
from monitor.ledger.directory import touch
from monitor.ledger.tape import Row, Tape
from probes.look import Outcome, Result

log = logging.getLogger("ownup.samples")

FILE: Final = "samples.db"
WAITING_MAX: Final = 50_000
EVERY_S: Final = 0.5

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_GOOD: Final = frozenset({Outcome.OK, Outcome.DEGRADED})


@dataclass(frozen=True, slots=True)
class Sample:
    """One Result in brief; ``planned`` is its label where the target was under maintenance."""

    at: datetime
    outcome: Outcome
    reason: str | None
    duration_s: float
    planned: bool = False


class Samples:
    """The samples of the last ``samples_keep``, in memory for half a second, then on the disk."""

    def __init__(self, writer: Tape, reader: Tape, *, keep: timedelta) -> None:
        """Take two connections to the file; use ``Samples.open`` instead."""
        self._writer = writer
        self._reader = reader
        self._keep_us = keep // _MICROSECOND
        self._waiting: deque[Row] = deque()
        self._last_good: dict[str, datetime] = {}
        self._refused = 0
        self._lost = 0
        self._one_reader = asyncio.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="samples", daemon=True)

    @classmethod
    @asynccontextmanager
    async def open(cls, storage: Storage, base: Path) -> AsyncIterator[Self]:
        """Open the file beside the record, and write what is still waiting before it is closed.

        Raises StorageError or NewerDatabase. The directory must exist: open the Ledger first.
        """
        path = base / storage.directory / FILE
        touch(path)
        with closing(Tape(path)) as writer, closing(Tape(path)) as reader:
            samples = cls(writer, reader, keep=timedelta(seconds=storage.samples_keep))
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
                (result.started_at - _EPOCH) // _MICROSECOND,
                result.outcome.value,
                result.reason and result.reason.value,
                round(result.duration_s * 1_000_000),
                planned,
            )
        )

    async def last_good(self, target: str) -> datetime | None:
        """When the last look began that found the target ``ok`` or ``degraded``."""
        if known := self._last_good.get(target):
            return known
        async with self._one_reader:
            at_us = await asyncio.to_thread(self._reader.last_good_us, target)
        return None if at_us is None else _time(at_us)

    async def recent(self, target: str, since: datetime) -> Sequence[Sample]:
        """The target's samples that began at ``since`` or later and are on the disk, oldest first."""
        async with self._one_reader:
            rows = await asyncio.to_thread(self._reader.since, target, (since - _EPOCH) // _MICROSECOND)
        return [
            Sample(_time(at_us), Outcome(outcome), reason, duration_us / 1_000_000, bool(planned))
            for at_us, outcome, reason, duration_us, planned in rows
        ]

    def _write_on(self) -> None:
        while not self._stopping.wait(EVERY_S):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        rows = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not rows:
            return
        try:
            self._writer.write(rows)
            self._writer.cut(rows[-1][1] - self._keep_us)
        except sqlite3.Error:
            log.exception("samples could not be written")
            self._lost += len(rows)


def _time(at_us: int) -> datetime:
    return _EPOCH + at_us * _MICROSECOND
