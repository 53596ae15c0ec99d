"""The PROXY protocol: the words before all others, by which a load balancer tells a server whom it speaks for."""

import socket
import struct
from typing import Any, Final, Literal

ProxyProtocol = Literal["v1", "v2"]

_SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"
_VERSION_2_PROXY: Final = 0x21
_TCP_OVER: Final = {socket.AF_INET: 0x11, socket.AF_INET6: 0x21}


def preamble(version: ProxyProtocol, sock: socket.socket) -> bytes:
    """What to say first on a connected socket: that we speak for ourselves, from our own end of it to theirs."""
    ours, theirs = (_host_and_port(end) for end in (sock.getsockname(), sock.getpeername()))
    if version == "v1":
        over = "TCP6" if sock.family == socket.AF_INET6 else "TCP4"
        return f"PROXY {over} {ours[0]} {theirs[0]} {ours[1]} {theirs[1]}\r\n".encode()
    family = socket.AddressFamily(sock.family)
    ends = b"".join(socket.inet_pton(family, host) for host, _ in (ours, theirs))
    ends += struct.pack("!HH", ours[1], theirs[1])
    return _SIGNATURE + struct.pack("!BBH", _VERSION_2_PROXY, _TCP_OVER[family], len(ends)) + ends


def _host_and_port(end: tuple[Any, ...]) -> tuple[str, int]:
    """An end of a connection, without the zone that a link-local address may bear."""
    return str(end[0]).partition("%")[0], int(end[1])
