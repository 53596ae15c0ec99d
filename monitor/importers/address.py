"""Hosts and ports as foreign files write them."""

import re
from typing import Final

PORT_MAX: Final = 65535
_PLACE: Final = re.compile(r"(?:\[(?P<six>[^\]\s]+)\]|(?P<host>[^\s:/\[\]]+))(?::(?P<port>[0-9]{1,5}))?/?")


def host_and_port(text: str) -> tuple[str, int | None] | None:
    """Read ``host``, ``host:port`` or ``[::1]:port``; None if it is neither."""
    match = _PLACE.fullmatch(text)
    if match is None or (match["port"] and not 1 <= int(match["port"]) <= PORT_MAX):
        return None
    return match["six"] or match["host"], int(match["port"]) if match["port"] else None
