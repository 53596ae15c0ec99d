"""A connection that is left idle after a look, for whoever wants to learn when the other side drops it.

It holds a socket and nothing else: TLS, if it was spoken, is forgotten, since nothing will be said any more. The kernel
asks now and then whether the other side is still there, which costs this process nothing.
"""

import socket
from enum import Enum, auto
from typing import Final

UNASKED_BYTES_MAX: Final = 16384
ASK_AFTER_S: Final = 5
ASK_EVERY_S: Final = 2
GIVE_UP_S: Final = 11

_WATCHFUL: Final = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, ASK_AFTER_S),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, ASK_EVERY_S),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GIVE_UP_S * 1000),
)
_FORGOTTEN: Final = bytearray(4096)


class Sign(Enum):
    """What a connection showed when there was something to read."""

    STANDS = auto()
    DROPPED = auto()
    TALKS = auto()


class Kept:
    """One idle connection."""

    __slots__ = ("_bytes_left", "_sock")

    def __init__(self, sock: socket.socket) -> None:
        """Take over a connected, non-blocking socket, and tell the kernel to watch it."""
        self._sock = sock
        self._bytes_left = UNASKED_BYTES_MAX
        for level, option, value in _WATCHFUL:
            sock.setsockopt(level, option, value)

    def fileno(self) -> int:
        """The descriptor to wait for; -1 once it is closed."""
        return self._sock.fileno()

    def hear(self) -> Sign:
        """Take what came unasked (a TLS ticket, a mailbox's news) and forget it; one that says too much ``TALKS``."""
        try:
            count = self._sock.recv_into(_FORGOTTEN)
        except BlockingIOError:
            return Sign.STANDS
        except OSError:
            return Sign.DROPPED
        self._bytes_left -= count
        if count == 0:
            return Sign.DROPPED
        return Sign.STANDS if self._bytes_left >= 0 else Sign.TALKS

    def close(self) -> None:
        """Hang up, without a farewell. Closing twice is no error."""
        self._sock.close()
