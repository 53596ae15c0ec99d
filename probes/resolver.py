"""From a host name to addresses, by the name server that the option ``resolver`` names instead of the system's."""

import asyncio
import socket
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Final

from dns.exception import DNSException
from dns.message import Message, QueryMessage
from dns.rcode import NOERROR, NXDOMAIN
from dns.rcode import to_text as in_words
from dns.rdatatype import AAAA, A, RdataType

from probes.address import Address, host_and_port, literal
from probes.finding import Failed, Finding
from probes.nameserver import DNS_PORT, ask, question
from probes.reason import Reason

_RECORDS: Final = {
    socket.AF_UNSPEC: (AAAA, A),
    socket.AF_INET: (A,),
    socket.AF_INET6: (AAAA,),
}


async def look_up(host: str, port: int, family: int, resolver: str) -> tuple[Address, ...]:
    """The addresses of a name, of both families in turn as RFC 8305 would have us try them; there may be none.

    Raises Failed: ``dns_nxdomain``, or ``dns_failed`` when the resolver gives no answer to go by.
    """
    server = literal(*host_and_port(resolver, DNS_PORT))
    try:
        queries = [question(host.rstrip(".") + ".", record) for record in _RECORDS[socket.AddressFamily(family)]]
    except DNSException as error:
        raise Failed(Reason.DNS_FAILED, f"'{host}' is not a host name") from error
    if server is None:
        raise Failed(Reason.DNS_FAILED, f"the resolver '{resolver}' is not an address")
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(_answer(server, query)) for query in queries]
    answers = [task.result() for task in asked]
    if failures := [answer for answer in answers if isinstance(answer, Finding)]:
        raise failures[0]
    heard = [answer for answer in answers if isinstance(answer, Message)]
    if all(answer.rcode() == NXDOMAIN for answer in heard):
        raise Failed(Reason.DNS_NXDOMAIN, f"the resolver {server} says that '{host}' does not exist")
    return tuple(_in_turn([tuple(_addresses(answer, port)) for answer in heard]))


async def _answer(server: Address, query: QueryMessage) -> Message | Finding:
    """An answer, or why there is none: a task that raised would take the other one with it."""
    try:
        answer = await ask(server, query)
    except OSError as error:
        return Failed(Reason.DNS_FAILED, f"the resolver {server} cannot be asked: {error.strerror}")
    except Failed as found:
        return Failed(Reason.DNS_FAILED, found.detail)
    if answer.rcode() not in {NOERROR, NXDOMAIN}:
        return Failed(Reason.DNS_FAILED, f"the resolver {server} answered {in_words(answer.rcode())}")
    return answer


def _addresses(answer: Message, port: int) -> Iterator[Address]:
    """The addresses at the end of the chain of aliases, in the order in which the resolver gave them."""
    wanted: RdataType = answer.question[0].rdtype
    for rrset in answer.answer:
        if rrset.rdtype == wanted:
            yield from filter(None, (literal(record.address, port) for record in rrset))


def _in_turn(families: Sequence[Iterable[Address]]) -> Iterator[Address]:
    return filter(None, chain.from_iterable(zip_longest(*families)))
