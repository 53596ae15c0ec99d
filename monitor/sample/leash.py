"""A leash: a child that ends with its parent, whatever ends that one."""

import asyncio
import sys
from collections.abc import Callable


async def leash(let_go: Callable[[], None]) -> None:
    """From now on call ``let_go`` once standard input closes.

    Our parent holds its other end, and the kernel lets go of it whatever kills them.
    """
    await asyncio.get_running_loop().connect_read_pipe(lambda: _Leash(let_go), sys.stdin)


class _Leash(asyncio.Protocol):
    def __init__(self, let_go: Callable[[], None]) -> None:
        self._let_go = let_go

    def connection_lost(self, _error: Exception | None) -> None:
        """The other end is let go."""
        self._let_go()
