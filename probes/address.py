"""Where to connect to: an address and its port, as sockets want it and as people write it."""

import socket
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, ip_address
from typing import Annotated, Any, Final

from pydantic import AfterValidator

PORT_MAX: Final = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect to: what ``socket.connect`` wants, and how people write it."""

    family: int
    sockaddr: tuple[Any, ...]

    @property
    def ip_protocol(self) -> int:
        """4 or 6."""
        return 6 if self.family == socket.AF_INET6 else 4

    def __str__(self) -> str:
        host, port = self.sockaddr[:2]
        return f"[{host}]:{port}" if self.family == socket.AF_INET6 else f"{host}:{port}"


@lru_cache(maxsize=65536)
def literal(host: str, port: int) -> Address | None:
    """The address that a host such as ``127.0.0.1`` or ``::1`` already is, or None for a name."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    return Address(family, (str(address), port))


def host_and_port(text: str, default_port: int) -> tuple[str, int]:
    """Split ``host``, ``host:port``, ``::1`` or ``[::1]:port``. Raises ValueError."""
    if literal(text, default_port):
        return text, default_port
    host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    host = (host if colon else text).removeprefix("[").removesuffix("]")
    if not host or (colon and not (port.isdecimal() and 1 <= int(port) <= PORT_MAX)):
        raise ValueError('should be such as "192.0.2.53", "192.0.2.53:5353" or "[2001:db8::53]:53"')
    return host, int(port) if colon else default_port


def _address_of_a_resolver(text: str) -> str:
    host, port = host_and_port(text, 53)
    if literal(host, port) is None:
        raise ValueError('a resolver is an address, such as "192.0.2.53" or "127.0.0.1:5353"')
    return text


Resolver = Annotated[str, AfterValidator(_address_of_a_resolver)]
