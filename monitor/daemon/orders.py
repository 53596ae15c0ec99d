"""What ends a life of the daemon: the order to stop, or a new config; each ends the one TaskGroup by an exception."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import structlog

from monitor.config import Config, ConfigError
from monitor.metrics.gauges import Gauges

log = structlog.get_logger("ownup.daemon")


class Turn(Exception):  # noqa: N818 - it is an order, not an error
    """This life is over; ``config`` is the next one's, or None if there is none."""

    def __init__(self, config: Config[Any] | None) -> None:
        """Keep the next life's config."""
        super().__init__()
        self.config = config


class Orders:
    """Orders from outside: SIGTERM and SIGINT stop, SIGHUP and ``POST /-/reload`` read the config anew."""

    def __init__(self, read: Callable[[], Config[Any]], gauges: Gauges) -> None:
        """``read`` loads the config."""
        self._read = read
        self._gauges = gauges
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._taken: Config[Any] | None = None

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Take the process's signals for as long as the block lasts."""
        loop = asyncio.get_running_loop()
        taken = {signal.SIGTERM: self._stop.set, signal.SIGINT: self._stop.set, signal.SIGHUP: self.take}
        for number, act in taken.items():
            loop.add_signal_handler(number, act)
        try:
            yield
        finally:
            for number in taken:
                loop.remove_signal_handler(number)

    async def stop(self) -> NoReturn:
        """Wait for the order to stop; raises Turn."""
        await self._stop.wait()
        log.info("stopping")
        raise Turn(None)

    async def reload(self) -> NoReturn:
        """Wait for a new config; raises Turn."""
        await self._reload.wait()
        self._reload.clear()
        raise Turn(self._taken)

    def take(self) -> bool:
        """Read the config anew now; a file that is refused costs a word in the log, and nothing else."""
        try:
            self._taken = self._read()
        except ConfigError as refused:
            self._gauges.reload_ok.set(0)
            log.error("the new config is refused, the old one stays", problems=str(refused))  # noqa: TRY400 - a file's fault needs no traceback
            return False
        self._gauges.reload_ok.set(1)
        self._reload.set()
        return True
