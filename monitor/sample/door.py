"""A door: a listening socket that can be shut and opened again on the same port.

Shut means shut: nothing listens (connections are refused), and whoever was inside is put out.
"""

import asyncio
import contextlib
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from monitor.sample.lines import Lines
from monitor.sample.parts import HOST

LINE_BYTES_MAX: Final = 4096
VISITORS_MAX: Final = 200
VISIT_S: Final = 300.0


class Door:
    """What both sorts of door share: ``port`` is 0 until the first opening, if the kernel is to choose."""

    port: int

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether somebody may come in."""

    @abstractmethod
    async def open(self) -> None:
        """Listen; nothing happens if it is open already. OSError if the port is taken."""

    @abstractmethod
    async def shut(self) -> None:
        """Stop listening and drop every connection; nothing happens if it is shut already."""


@dataclass(slots=True)
class LineDoor(Door):
    """A door to a talk in lines. A visitor who breaks off, says too much or stays too long is put out."""

    port: int
    talk: Callable[[Lines], Awaitable[None]]
    _server: asyncio.Server | None = None
    _inside: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        """Whether somebody may come in."""
        return self._server is not None

    async def open(self) -> None:
        """Listen on the port, or on the one that the kernel chooses."""
        if self._server is None:
            self._server = await asyncio.start_server(self._visit, HOST, self.port, limit=LINE_BYTES_MAX)
            self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Stop listening and put everybody out, without a word."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._inside:
            writer.transport.abort()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._inside.add(writer)
        try:
            if len(self._inside) <= VISITORS_MAX:
                with contextlib.suppress(TimeoutError, EOFError, ConnectionError, ValueError):
                    async with asyncio.timeout(VISIT_S):
                        await self.talk(Lines(reader, writer))
        finally:
            self._inside.discard(writer)
            writer.close()


@dataclass(slots=True)
class WebDoor(Door):
    """A door to a web application; ``make`` gives a new one for every opening, as none starts twice."""

    port: int
    make: Callable[[], web.Application]
    _runner: web.AppRunner | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody may come in."""
        return self._runner is not None

    async def open(self) -> None:
        """Listen on the port, or on the one that the kernel chooses."""
        if self._runner is not None:
            return
        runner = web.AppRunner(self.make(), access_log=None, shutdown_timeout=0)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self.port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner, self.port = runner, runner.addresses[0][1]

    async def shut(self) -> None:
        """Stop listening and drop every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
