"""Bounces: what a mail server says when a mail could not be delivered (RFC 3464), and how much of it will not pass."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from typing import Final

STATUS: Final = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
PARTS_MAX: Final = 20

# RFC 3463 has these as permanent, but they speak of a full mailbox, of the message, or of us, and not of the address.
_PASSING: Final = re.compile(r"4\..*|5\.2\.[23]|5\.3\.4|5\.6\..*|5\.7\..*")
_VERP: Final = re.compile(r"\+([a-z2-7]{24}\.[a-z2-7]{24})@", re.IGNORECASE)
_LEAVE: Final = re.compile(r"/unsubscribe/([a-z2-7]{24}\.[a-z2-7]{24})>")
_TO: Final = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One failed mail: its status, and what proves whose mail it was, which only a server that had it can know.

    ``verp`` are the passes in the addresses that it came back to, ``leave`` those in the returned headers.
    """

    status: str
    verp: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()


def lasting(status: str) -> bool:
    """Whether an address cannot be reached, now and later."""
    return status.startswith("5") and not _PASSING.fullmatch(status)


def status_of(answer: str) -> str:
    """The status in a server's answer to a recipient; without one, what its first digit says."""
    match = STATUS.match(answer)
    return match[0] if match else ""


def read(raw: bytes) -> Bounce | None:
    """A report of a mail that failed for good or for now; None if it is no report, or one of a success or a delay."""
    mail = email.message_from_bytes(raw, policy=default)
    parts = [part for part, _ in zip(mail.walk(), range(PARTS_MAX), strict=False) if isinstance(part, EmailMessage)]
    if mail.get_content_type() != "multipart/report":
        return None
    failed = [status for part in parts for status in _failures(part)]
    if not failed:
        return None
    verp = (found for name in _TO for value in mail.get_all(name, ()) for found in _VERP.findall(str(value)))
    leave = (found for part in parts for found in _LEAVE.findall(_headers(part)))
    status = next(filter(lasting, failed), failed[0])
    return Bounce(status, tuple(dict.fromkeys(map(str.lower, verp))), tuple(dict.fromkeys(leave)))


def _failures(part: EmailMessage) -> Iterator[str]:
    """The status of each recipient that the report says was not reached."""
    if part.get("Action", "").strip().lower() == "failed" and (match := STATUS.search(part.get("Status", ""))):
        yield match[0]


def _headers(part: EmailMessage) -> str:
    """What a part shows of the mail that came back: as a message, or as its headers alone."""
    if part.get_content_type() == "text/rfc822-headers":
        return str(part.get_content())
    return f"{part.get('List-Unsubscribe', '')}"
