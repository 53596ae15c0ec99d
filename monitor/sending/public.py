"""Public addresses: what a stranger names must not lead into our own network (server-side request forgery)."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""NAT64 (RFC 6052, RFC 8215): behind such an address may be any of IPv4."""


class Inward(OSError):  # noqa: N818 - it names what an address does
    """An address does not lead to the public network."""


class PublicResolver(AbstractResolver):
    """Finds the addresses of a name, and gives none unless all are public; what it gives is what is connected to.

    So a name that answers differently the next moment gains nothing: each connection asks here, and goes where it says.
    """

    def __init__(self, *, near: bool) -> None:
        """Let names lead to this very machine too, if they may be ``near``."""
        self._near = near
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Its addresses. Raises Inward."""
        found = await self._inner.resolve(host, port, family)
        if not all(leads_out(one["host"], near=self._near) for one in found):
            raise Inward("its name leads to an address that is not public")
        return found

    async def close(self) -> None:
        """Nothing is open."""


def leads_out(address: str, *, near: bool) -> bool:
    """Whether an address is one of the public network, or of this machine where that is allowed."""
    found = ip_address(address.partition("%")[0])
    found = _mapped(found)
    if found.is_loopback:
        return near
    if isinstance(found, IPv6Address) and (found.sixtofour or found.teredo or any(found in net for net in _TRANSLATED)):
        return False
    return found.is_global and not found.is_multicast


def check(url: str, *, near: bool) -> None:
    """Refuse an address that is written as a number and not public, or not encrypted. Raises Inward."""
    host, scheme = URL(url).host or "", URL(url).scheme
    try:
        written = _mapped(ip_address(host))
    except ValueError:
        written = None
    if written is not None and not leads_out(host, near=near):
        raise Inward("its address is not public")
    if scheme != "https" and not (near and written is not None and written.is_loopback):
        raise Inward("it is not encrypted")


def connector(ssl: object, *, near: bool) -> aiohttp.TCPConnector:
    """The way to public addresses alone."""
    return aiohttp.TCPConnector(ssl=ssl, resolver=PublicResolver(near=near), use_dns_cache=False)  # type: ignore[arg-type]


def _mapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An address of IPv4 that is written as one of IPv6 is what it means."""
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return inner or address
