"""The kind ``dns``: ask a name server, and judge its response code and its records."""

import asyncio
import errno
import os
from typing import Annotated, ClassVar, Final, Literal

import dns.rcode
import dns.rdatatype
from dns.message import Message
from pydantic import AfterValidator, Field

from probes.address import Address, host_and_port
from probes.connect import told
from probes.finding import Failed
from probes.nameserver import DNS_PORT, ask_over, opened, question
from probes.notebook import Notebook
from probes.pattern import Pattern, search
from probes.reason import Reason
from probes.records import DomainName, RecordType, ResponseCode, quoted, texts
from probes.resolve import resolve
from probes.target import Target
from probes.wire import stage

# An address of the name server that stays silent for so long yields to the next one, if there is one.
YIELD_S: Final = 3.0

_SECTIONS: Final = ("answer", "authority", "additional")


def _server(text: str) -> str:
    host_and_port(text, DNS_PORT)
    return text


Patterns = Annotated[tuple[Pattern, ...], Field(max_length=50)]


class Dns(Target):
    """One question to one name server. Patterns see records as zone files write them: ``name TTL IN A address``."""

    summary: ClassVar[str] = "a name server, and what it answers"

    kind: Literal["dns"] = "dns"
    server: Annotated[str, Field(max_length=300), AfterValidator(_server)]
    query: DomainName
    record: RecordType = "A"
    expect_rcodes: Annotated[tuple[ResponseCode, ...], Field(min_length=1)] = ("NOERROR",)
    answer_must_match: Patterns = ()
    answer_must_not_match: Patterns = ()
    authority_must_match: Patterns = ()
    authority_must_not_match: Patterns = ()
    additional_must_match: Patterns = ()
    additional_must_not_match: Patterns = ()

    @property
    def host_name(self) -> str:
        """The host of the server."""
        return host_and_port(self.server, DNS_PORT)[0]

    async def look(self, notes: Notebook) -> None:
        """Ask, and judge. Raises Finding."""
        notes.numbers["query_succeeded"] = 0.0
        port = host_and_port(self.server, DNS_PORT)[1]
        async with stage(notes, "resolve", silence=Reason.DNS_TIMEOUT, limit_s=self.stage_timeout):
            servers = await resolve(self.reached_at, port, self.ip_family, self.resolver)
        answer = await self._ask_one_of(servers, notes)
        _note(answer, notes)
        self._judge(answer)

    async def _ask_one_of(self, servers: tuple[Address, ...], notes: Notebook) -> Message:
        failures: list[tuple[Address, OSError]] = []
        for server in servers:
            patience_s = None if server is servers[-1] else YIELD_S
            try:
                async with asyncio.timeout(patience_s):
                    return await self._ask(server, notes)
            except TimeoutError:
                failures.append((server, OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))))
            except OSError as error:
                failures.append((server, error))
            notes.say("note", f"{server} did not answer: {failures[-1][1].strerror}")
        raise told(failures)

    async def _ask(self, server: Address, notes: Notebook) -> Message:
        async with stage(notes, "connect", silence=Reason.CONNECT_TIMEOUT, limit_s=self.stage_timeout):
            sock = opened(server)
        with sock:
            notes.numbers["ip_protocol"] = server.ip_protocol
            notes.say("us", f"{self.query} {self.record}? (to {server})")
            async with stage(notes, "request", limit_s=self.stage_timeout):
                notes.overdue = f"the name server {server} did not answer within {self.timeout:g} s"
                answer = await ask_over(sock, server, question(self.query, self.record))
        notes.address = server.sockaddr[0]
        return answer

    def _judge(self, answer: Message) -> None:
        code = dns.rcode.to_text(answer.rcode())
        if code not in self.expect_rcodes:
            raise Failed(Reason.DNS_RCODE, f"the name server answered {code}, not {' or '.join(self.expect_rcodes)}")
        for section in _SECTIONS:
            records = tuple(texts(getattr(answer, section)))
            for pattern in getattr(self, f"{section}_must_match"):
                if not any(search(pattern, record) for record in records):
                    raise Failed(Reason.DNS_ANSWER, f"no {section} record matches '{pattern}': {quoted(records)}")
            for pattern in getattr(self, f"{section}_must_not_match"):
                if wrong := [record for record in records if search(pattern, record)]:
                    raise Failed(Reason.DNS_ANSWER, f"a record matches '{pattern}': {quoted(tuple(wrong))}")


def _note(answer: Message, notes: Notebook) -> None:
    notes.numbers |= {"query_succeeded": 1.0, "rcode": float(answer.rcode())}
    notes.say("them", dns.rcode.to_text(answer.rcode()))
    for section in _SECTIONS:
        rrsets = getattr(answer, section)
        notes.numbers[f"{section}_rrs"] = float(sum(len(rrset) for rrset in rrsets))
        for record in texts(rrsets):
            notes.say("them", f"{section}: {record}")
    for rrset in (*answer.answer, *answer.authority):
        if rrset.rdtype == dns.rdatatype.SOA:
            notes.numbers.setdefault("serial", float(rrset[0].serial))
