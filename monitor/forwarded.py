"""Where a request comes from, when proxies of ours stand in between."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from aiohttp import web
from pydantic import IPvAnyNetwork

Address = IPv4Address | IPv6Address


def address(request: web.Request, proxies: Sequence[IPvAnyNetwork]) -> str:
    """The last address on a request's way that no trusted proxy of ours has."""
    nearest = request.remote or ""
    way = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    while trusted(nearest, proxies) and way and (before := read(way.pop())):
        nearest = str(before)
    return nearest


def trusted(said: str, proxies: Sequence[IPvAnyNetwork]) -> bool:
    """Whether an address is one of a trusted proxy."""
    found = read(said)
    return found is not None and any(found in network for network in proxies)


def read(said: str) -> Address | None:
    """An address as somebody wrote it; None if it is none."""
    try:
        found = ip_address(said.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
