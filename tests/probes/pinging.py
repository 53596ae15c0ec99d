"""Whether the tests may ping at all."""

import socket


def may_ping(family: int, protocol: int) -> bool:
    """Whether this machine lets its tests ping."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind, protocol).close()
        except PermissionError:
            continue
        return True
    return False
