"""Samples: every Result in brief, in a file of its own, written by a thread that never holds up the loop."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from monitor.config import Storage
from probes.look import Outcome, Result


@dataclass(frozen=True, slots=True)
class Sample:
    """One Result in brief."""

    at: datetime
    outcome: Outcome
    reason: str | None
    duration_s: float


class Samples:
    """The samples of the last ``samples_keep``; ``dropped`` counts those that came faster than the disk took them."""

    dropped: int

    @classmethod
    @asynccontextmanager
    async def open(cls, storage: Storage, base: Path) -> AsyncIterator[Self]:
        """Open the file beside the record, and write what is still waiting before it is closed.

        Raises StorageError or NewerDatabase. The directory must exist: open the Ledger first.
        """
        raise NotImplementedError
        yield

    def add(self, result: Result) -> None:
        """Keep a Result, within about a second; never waits, and drops it if too many wait already."""
        raise NotImplementedError

    async def last_good(self, target: str) -> datetime | None:
        """When the last look began that found the target ``ok`` or ``degraded``."""
        raise NotImplementedError

    async def recent(self, target: str, since: datetime) -> Sequence[Sample]:
        """The target's samples that began at ``since`` or later, oldest first."""
        raise NotImplementedError
