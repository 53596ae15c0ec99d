"""From a config to a running daemon: opens what it needs, starts every station, and ends when it is told to or must.

One TaskGroup is the root of every task. A station never returns: an order from outside ends the group by an exception
of its own, and any other exception is a dead task, which ends the process with a non-zero exit. A reload ends one life
of the daemon and begins the next: everything that a config can change is made anew, so nothing can be forgotten.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import structlog

from monitor.config import Config
from monitor.config.changes import changes
from monitor.daemon.listeners import CannotListen
from monitor.daemon.memory import Memory
from monitor.daemon.orders import Orders, Turn
from monitor.daemon.stations import Greet, Life, opened
from monitor.ledger.store import StorageError
from monitor.sample import running

log = structlog.get_logger("ownup.daemon")


async def run(read: Callable[[], Config[Any]], *, sampled: bool, greet: Greet, drill: bool = False) -> None:
    """Live until told to stop. ``sampled`` runs the sample servers beside us; in a ``drill`` every page says so.

    Raises ConfigError, CannotListen or StorageError if it cannot begin, and ExceptionGroup if a task died.
    """
    memory = Memory.begin()
    orders = Orders(read, memory.gauges)
    async with AsyncExitStack() as stack:
        sample = await stack.enter_async_context(running()) if sampled else None
        stack.enter_context(orders.heard())
        config: Config[Any] | None = read()
        former: Config[Any] | None = None
        while config is not None:
            try:
                following = await _live(Life(config, memory, orders, sample, greet, drill=drill))
                _tell_changes(config, following)
                config, former = following, config
            except (CannotListen, StorageError) as why:
                if former is None:
                    raise
                memory.gauges.reload_ok.set(0)
                log.error("the new config cannot be lived by, the old one stays", why=str(why))  # noqa: TRY400 - one sentence says it
                config, former = former, None


def _tell_changes(before: Config[Any], after: Config[Any] | None) -> None:
    if after is not None:
        told = changes(before, after)
        log.info("reloading", added=sorted(told.added), removed=sorted(told.removed), changed=sorted(told.changed))


async def _live(life: Life) -> Config[Any] | None:
    """Run every station until an order comes; gives the next life's config, or None."""
    following: Config[Any] | None = None
    async with opened(life) as stations:
        try:
            async with asyncio.TaskGroup() as tasks:
                for name, station in stations.items():
                    tasks.create_task(station, name=name)
        except* Turn as orders:
            (order,) = (one for one in orders.exceptions[:1] if isinstance(one, Turn))
            following = order.config
    return following
