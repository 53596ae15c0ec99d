"""From addresses to one connection, by the race of RFC 8305, which tells what became of each address it tried."""

import asyncio
import errno
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from probes.address import Address
from probes.finding import Failed, Finding, Unknown
from probes.notebook import Notebook
from probes.ready import writable
from probes.reason import Reason

HEAD_START_S: Final = 0.25  # the "Connection Attempt Delay" of RFC 8305, section 5

_REASONS: Final = {
    errno.ECONNREFUSED: Reason.CONNECT_REFUSED,
    errno.ETIMEDOUT: Reason.CONNECT_TIMEOUT,
    errno.EHOSTUNREACH: Reason.UNREACHABLE,
    errno.EHOSTDOWN: Reason.UNREACHABLE,
    errno.ECONNRESET: Reason.CONNECTION_CLOSED,
    errno.ECONNABORTED: Reason.CONNECTION_CLOSED,
}
# Our own machine says so before a packet leaves it, thus it says nothing about the target.
_OUR_OWN: Final = {
    errno.ENETUNREACH: Reason.UNREACHABLE,
    errno.ENETDOWN: Reason.ISOLATED,
    errno.EMFILE: Reason.BROKEN,
    errno.ENFILE: Reason.BROKEN,
    errno.ENOBUFS: Reason.BROKEN,
    errno.ENOMEM: Reason.BROKEN,
    errno.EADDRNOTAVAIL: Reason.BROKEN,
}
# Of several addresses that failed, the failure that says most about the target is told.
_MOST_TELLING: Final = (
    Reason.CONNECT_REFUSED,
    Reason.CONNECTION_CLOSED,
    Reason.CONNECT_TIMEOUT,
    Reason.UNREACHABLE,
    Reason.ISOLATED,
    Reason.BROKEN,
)


async def connect(addresses: Sequence[Address], notes: Notebook) -> tuple[socket.socket, Address]:
    """Connect to the first address that answers.

    Raises Failed (``connect_…``, ``unreachable``) when none does; Unknown when the fault is our own.
    """
    race = _Race(addresses, notes)
    if len(addresses) == 1:
        await race.run(0)
    else:
        async with asyncio.TaskGroup() as group:
            race.start(group, 0)
    if race.winner is None:
        raise told(race.failures)
    return race.winner


class _Race:
    """Each address starts when the one before it has failed, or has had its head start; the first to connect wins."""

    def __init__(self, addresses: Sequence[Address], notes: Notebook) -> None:
        self.addresses = addresses
        self.notes = notes
        self.winner: tuple[socket.socket, Address] | None = None
        self.failures: list[tuple[Address, OSError]] = []
        self._runners: list[asyncio.Task[None]] = []

    def start(self, group: asyncio.TaskGroup, lane: int) -> None:
        """Let one address run, and care for the next."""
        failed = asyncio.Event()
        self._runners.append(group.create_task(self.run(lane, failed)))
        if lane + 1 < len(self.addresses):
            self._runners.append(group.create_task(self._start_after(failed, group, lane + 1)))

    async def _start_after(self, failed: asyncio.Event, group: asyncio.TaskGroup, lane: int) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(HEAD_START_S):
                await failed.wait()
        self.start(group, lane)

    async def run(self, lane: int, failed: asyncio.Event | None = None) -> None:
        """Try one address; the winner sends the others home."""
        address = self.addresses[lane]
        try:
            sock = await _dial(address)
        except asyncio.CancelledError:
            self.notes.say("note", f"{address} had not answered yet")
            raise
        except OSError as error:
            self.failures.append((address, error))
            self.notes.say("note", f"{address} did not connect: {_words(error)}")
            if failed:
                failed.set()
            return
        if self.winner:
            sock.close()
            return
        self.winner = sock, address
        for runner in self._runners:
            if runner is not asyncio.current_task():
                runner.cancel()


async def _dial(address: Address) -> socket.socket:
    sock = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await _shake(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


async def _shake(sock: socket.socket, address: Address) -> None:
    code = sock.connect_ex(address.sockaddr)
    if code == errno.EINPROGRESS:
        await writable(sock)
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


def told(failures: Sequence[tuple[Address, OSError]]) -> Finding:
    """What it means that none of these addresses answered."""
    worst = min(
        (_judge(address, error) for address, error in failures), key=lambda one: _MOST_TELLING.index(one.reason)
    )
    if len(failures) > 1:
        worst.detail += f" (none of {len(failures)} addresses answered)"
    return worst


def _judge(address: Address, error: OSError) -> Finding:
    code = error.errno or 0
    detail = f"{address} did not connect: {_words(error)}"
    if code in _REASONS:
        return Failed(_REASONS[code], detail)
    return Unknown(_OUR_OWN.get(code, Reason.BROKEN), detail)


def _words(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else str(error)
