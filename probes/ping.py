"""Echo requests (RFC 792, RFC 4443) over a datagram socket where the kernel allows it to us, else over a raw one."""

import asyncio
import os
import socket
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic
from typing import Final

from probes.address import Address
from probes.finding import Failed, Unknown
from probes.ready import readable
from probes.reason import Reason

TOKEN_BYTES: Final = 16
PACKET_BYTES_MAX: Final = 2048
PACKETS_MAX: Final = 1000
PACKETS_PER_TURN: Final = 16

_IP_RECVTTL: Final = 12  # of Linux; the socket module does not name it
_PROTOCOLS: Final = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}
_REQUESTS: Final = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLIES: Final = {socket.AF_INET: 0, socket.AF_INET6: 129}
_HOP_LIMIT_WANTED: Final = {
    socket.AF_INET: (socket.IPPROTO_IP, _IP_RECVTTL),
    socket.AF_INET6: (socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT),
}
_HOP_LIMITS: Final = frozenset(
    {(socket.IPPROTO_IP, socket.IP_TTL), (socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT)},
)
_HEADER: Final = struct.Struct("!BBHHH")


def opened(address: Address) -> socket.socket:
    """A socket for echoes from and to this address alone.

    Raises OSError if there is no way to it, and Unknown if we may not ping at all: that is for our own admin to mend.
    """
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        with suppress(PermissionError):
            sock = socket.socket(address.family, kind, _PROTOCOLS[socket.AddressFamily(address.family)])
            break
    else:
        raise Unknown(
            Reason.BROKEN,
            "this process may not send pings: allow its group in net.ipv4.ping_group_range, or give it CAP_NET_RAW",
        )
    try:
        sock.settimeout(0)
        sock.setsockopt(*_HOP_LIMIT_WANTED[sock.family], 1)
        sock.connect((address.sockaddr[0], 0, *address.sockaddr[2:]))
    except OSError:
        sock.close()
        raise
    return sock


class Ping:
    """Echo requests over one socket. A token that nobody can guess tells our replies from all others."""

    def __init__(self, sock: socket.socket, family: int) -> None:
        """Take a socket that is connected to whom we ping."""
        self.hop_limit: int | None = None
        self._sock = sock
        self._family = socket.AddressFamily(family)
        self._token = os.urandom(TOKEN_BYTES)
        self._sent_s: dict[int, float] = {}

    @property
    def sent(self) -> int:
        """How many requests went out."""
        return len(self._sent_s)

    def send(self) -> None:
        """Send the next request. Raises OSError."""
        number = self.sent + 1
        blank = _HEADER.pack(_REQUESTS[self._family], 0, 0, os.getpid() & 0xFFFF, number) + self._token
        packet = blank[:2] + struct.pack("!H", _checksum(blank)) + blank[4:]
        self._sent_s[number] = monotonic()
        self._sock.send(packet)

    async def reply(self) -> float:
        """Wait for a reply to any of them; the seconds it took. Raises OSError, Failed (``protocol``) in a flood."""
        for count in range(PACKETS_MAX):
            if count % PACKETS_PER_TURN == 0:
                await asyncio.sleep(0)
            try:
                packet, told, _, _ = self._sock.recvmsg(PACKET_BYTES_MAX, socket.CMSG_SPACE(64))
            except BlockingIOError:
                await readable(self._sock)
                continue
            number = self._number(packet)
            if number in self._sent_s:
                self.hop_limit = _hop_limit(told)
                return monotonic() - self._sent_s[number]
        raise Failed(Reason.PROTOCOL, f"{PACKETS_MAX} packets came, and none of them answers our pings")

    def _number(self, packet: bytes) -> int:
        """Which request a packet answers; 0 if none. A raw IPv4 socket gives the header of IP as well."""
        if self._family == socket.AF_INET and self._sock.type == socket.SOCK_RAW and packet:
            packet = packet[(packet[0] & 0xF) * 4 :]
        if len(packet) != _HEADER.size + TOKEN_BYTES or packet[_HEADER.size :] != self._token:
            return 0
        kind: int = packet[0]
        number = int.from_bytes(packet[6:8])
        return number if kind == _REPLIES[self._family] else 0


def _checksum(packet: bytes) -> int:
    """The sum of RFC 1071; for ICMPv6 the kernel writes its own over it."""
    total: int = sum(word for (word,) in struct.iter_unpack("!H", packet))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def _hop_limit(told: Iterable[tuple[int, int, bytes]]) -> int | None:
    values = [int.from_bytes(value, sys.byteorder) for level, kind, value in told if (level, kind) in _HOP_LIMITS]
    return values[0] if values else None
