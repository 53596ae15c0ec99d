"""From a host name to addresses, by the system's own resolver or one that was named; a literal address needs none."""

import asyncio
import socket
from contextlib import suppress
from functools import partial
from threading import BoundedSemaphore, Thread
from typing import Any, Final, Literal

from probes.address import Address, literal
from probes.finding import Failed, Finding, Unknown
from probes.reason import Reason
from probes.resolver import look_up

ADDRESSES_MAX: Final = 16
LOOKUPS_MAX: Final = 512

_FAMILIES: Final = {"any": socket.AF_UNSPEC, "4": socket.AF_INET, "6": socket.AF_INET6}
_WORDS: Final = {"any": "address", "4": "IPv4 address", "6": "IPv6 address"}
_REASONS: Final = {
    socket.EAI_NONAME: Reason.DNS_NXDOMAIN,
    socket.EAI_AGAIN: Reason.DNS_TIMEOUT,
    socket.EAI_NODATA: Reason.DNS_NO_ADDRESS,
    socket.EAI_ADDRFAMILY: Reason.DNS_NO_ADDRESS,
    socket.EAI_FAMILY: Reason.DNS_NO_ADDRESS,
}
_OUR_OWN: Final = frozenset({socket.EAI_SYSTEM, socket.EAI_MEMORY})

_lookups = BoundedSemaphore(LOOKUPS_MAX)

IpFamily = Literal["any", "4", "6"]
AddrInfo = tuple[Any, ...]


async def resolve(
    host: str, port: int, ip_family: IpFamily = "any", resolver: str | None = None
) -> tuple[Address, ...]:
    """The addresses of a host in the order in which we should try them (RFC 6724, or RFC 8305 by a named resolver).

    Raises Failed (``dns_…``); Unknown when our own side cannot ask.
    """
    address = literal(host, port)
    if address is None and resolver:
        return await _look_up_at(resolver, host, port, ip_family)
    if address is None:
        return await _look_up(host, port, ip_family)
    if _FAMILIES[ip_family] not in (socket.AF_UNSPEC, address.family):
        raise Failed(Reason.DNS_NO_ADDRESS, f"{host} is not an {_WORDS[ip_family]}")
    return (address,)


async def _look_up_at(resolver: str, host: str, port: int, ip_family: IpFamily) -> tuple[Address, ...]:
    addresses = await look_up(host, port, _FAMILIES[ip_family], resolver)
    if not addresses:
        raise Failed(Reason.DNS_NO_ADDRESS, f"'{host}' has no {_WORDS[ip_family]}")
    return addresses[:ADDRESSES_MAX]


async def _look_up(host: str, port: int, ip_family: IpFamily) -> tuple[Address, ...]:
    if not host.isprintable():  # the C library would look up what stands before a NUL
        raise Failed(Reason.DNS_FAILED, f"'{host}' is not a host name")
    try:
        found = await _ask(host, port, _FAMILIES[ip_family])
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME and ip_family != "any" and await _look_up(host, port, "any"):
            raise Failed(Reason.DNS_NO_ADDRESS, f"'{host}' has no {_WORDS[ip_family]}") from error
        raise _unresolved(host, ip_family, error) from error
    except ValueError as error:  # UnicodeError is one: a label that is empty or too long
        raise Failed(Reason.DNS_FAILED, f"'{host}' is not a host name") from error
    addresses = dict.fromkeys(Address(family, sockaddr) for family, _, _, _, sockaddr in found)
    return tuple(addresses)[:ADDRESSES_MAX]


def _unresolved(host: str, ip_family: IpFamily, error: socket.gaierror) -> Finding:
    code, words = error.args
    if code in _OUR_OWN:
        return Unknown(Reason.BROKEN, f"we could not look up '{host}': {words}")
    reason = _REASONS.get(code, Reason.DNS_FAILED)
    if reason is Reason.DNS_NO_ADDRESS:
        return Failed(reason, f"'{host}' has no {_WORDS[ip_family]}")
    return Failed(reason, f"'{host}' could not be resolved: {words}")


async def _ask(host: str, port: int, family: int) -> list[AddrInfo]:
    """Run ``getaddrinfo`` in a daemon thread of its own.

    The C library may keep a look-up waiting for half a minute, and nobody can cancel it. In a pool it would hold up
    the look-ups of healthy targets, and the end of the process.
    """
    if not _lookups.acquire(blocking=False):
        raise Unknown(Reason.ISOLATED, f"our own resolver leaves {LOOKUPS_MAX} look-ups unanswered")
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[AddrInfo]] = loop.create_future()

    def work() -> None:
        try:
            settle = partial(_settle, answer, socket.getaddrinfo(host, port, family, socket.SOCK_STREAM), None)
        except (OSError, ValueError) as error:
            settle = partial(_settle, answer, [], error)
        finally:
            _lookups.release()
        with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
            loop.call_soon_threadsafe(settle)

    Thread(target=work, name="resolve", daemon=True).start()
    return await answer


def _settle(answer: asyncio.Future[list[AddrInfo]], found: list[AddrInfo], error: Exception | None) -> None:
    if answer.cancelled():
        return
    if error:
        answer.set_exception(error)
    else:
        answer.set_result(found)
