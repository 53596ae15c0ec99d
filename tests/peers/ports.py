"""Ports for servers that must be told theirs: a block that belongs to one test process alone.

The blocks lie below the kernel's ephemeral range, so that no other test's port 0 can take one of them.
"""

import os
import socket
from collections.abc import Iterator
from typing import Final

FIRST: Final = 10_000
BLOCK: Final = 400
BLOCKS: Final = 55


class Block:
    """Four hundred ports. The first is held for as long as the block is ours, and so tells everybody else."""

    def __init__(self) -> None:
        self._claim, first = _claim()
        self._free: Iterator[int] = iter(range(first + 1, first + BLOCK))

    def port(self) -> int:
        """One more port that nobody listens on; each is given once."""
        return next(port for port in self._free if _is_free(port))

    def close(self) -> None:
        """Give the block back."""
        self._claim.close()


def _claim() -> tuple[socket.socket, int]:
    for attempt in range(BLOCKS):
        first = FIRST + (os.getpid() + attempt) % BLOCKS * BLOCK
        claim = socket.socket()
        try:
            claim.bind(("127.0.0.1", first))
        except OSError:
            claim.close()
        else:
            return claim, first
    message = f"no block of {BLOCK} ports is free below {FIRST + BLOCKS * BLOCK}"
    raise OSError(message)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
