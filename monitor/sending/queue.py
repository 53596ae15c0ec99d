"""A queue that is a table: what is due is done, one after another, and where nothing is, we wait for the record."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Final, NoReturn, Protocol, TypeVar

# The wall clock may be set while we wait for it, so nobody waits for it longer than this.
WAIT_S_MAX: Final = 60.0

T = TypeVar("T")


class Record(Protocol):
    """What holds the queue, and tells when anything in it changes."""

    @property
    def version(self) -> int:
        """How often it has changed."""

    async def changed(self, since: int) -> int:
        """Wait until it has changed since then; gives how often it has by now."""


async def work_off(
    record: Record,
    next_due: Callable[[], Awaitable[T | datetime | None]],
    do: Callable[[T], Awaitable[None]],
    *,
    clock: Callable[[], datetime],
) -> NoReturn:
    """Do what is due, for ever. ``next_due`` gives it, or when something will be; None until the record changes."""
    while True:
        seen = record.version
        due = await next_due()
        if due is None or isinstance(due, datetime):
            await wait(record, seen, WAIT_S_MAX if due is None else (due - clock()).total_seconds())
        else:
            await do(due)


async def wait(record: Record, seen: int, at_most_s: float) -> None:
    """Until something was written after the version ``seen``, at most so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(min(at_most_s, WAIT_S_MAX)):
            await record.changed(seen)
