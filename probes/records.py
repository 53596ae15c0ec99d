"""Names, types and codes of DNS as a config has them, and records as zone files write them."""

from collections.abc import Iterator
from typing import Annotated, Final

import dns.name
import dns.rcode
import dns.rdatatype
from dns.exception import DNSException
from dns.rrset import RRset
from pydantic import AfterValidator

QUOTED_RECORDS: Final = 3


def _name(text: str) -> str:
    try:
        dns.name.from_text(text)
    except DNSException as error:
        raise ValueError(f"'{text}' is not a domain name: {error}") from error
    return text


def _record(text: str) -> str:
    try:
        kind = dns.rdatatype.from_text(text)
    except (DNSException, ValueError) as error:
        raise ValueError(f"'{text}' is not a type of records, such as A, AAAA, MX, TXT or SOA") from error
    if dns.rdatatype.is_metatype(kind):
        raise ValueError(f"{text} is not a type of records that can be asked for in one question")
    return dns.rdatatype.to_text(kind)


def _rcode(text: str) -> str:
    try:
        return dns.rcode.to_text(dns.rcode.from_text(text))
    except (DNSException, ValueError) as error:
        raise ValueError(f"'{text}' is not a response code, such as NOERROR or NXDOMAIN") from error


DomainName = Annotated[str, AfterValidator(_name)]
RecordType = Annotated[str, AfterValidator(_record)]
ResponseCode = Annotated[str, AfterValidator(_rcode)]


def texts(section: list[RRset]) -> Iterator[str]:
    """Each record of a section as one line: ``name TTL IN A address``."""
    for rrset in section:
        yield from rrset.to_text().splitlines()


def quoted(records: tuple[str, ...]) -> str:
    """The first few of them, as they may stand in a sentence."""
    shown = ", ".join(f"'{record}'" for record in records[:QUOTED_RECORDS])
    return f"{shown} …" if len(records) > QUOTED_RECORDS else shown or "there is none"
