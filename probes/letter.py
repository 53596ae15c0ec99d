"""The message that makes the round trip, and what its headers tell when it, or a report about it, comes back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import format_datetime
from typing import Final

from probes.stamp import Stamp

OWN_HEADER: Final = "X-Ownup-Roundtrip"
FIELDS: Final = f"SUBJECT {OWN_HEADER} CONTENT-TYPE FROM AUTHENTICATION-RESULTS".upper()

_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_CHECK: Final = re.compile(r"(?:^|[;\s])(spf|dkim|dmarc)\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_STATUS: Final = re.compile(r"^Status:\s*([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_ACTION: Final = re.compile(r"^Action:\s*([a-z]{1,20})", re.IGNORECASE | re.MULTILINE)
_WHY: Final = re.compile(r"^Diagnostic-Code:\s*(?:smtp;\s*)?([^\r\n]{1,300})", re.IGNORECASE | re.MULTILINE)
_DAEMON: Final = re.compile(r"mailer-daemon|mail delivery", re.IGNORECASE)

Fields = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery status notification (RFC 3464) about a message of ours."""

    status: str
    why: str
    final: bool


def letter(stamp: Stamp, *, sender: str, recipient: str) -> bytes:
    """The message, whose subject bears the stamp too, since a gateway may strip what it does not know."""
    lines = (
        f"From: {sender}",
        f"To: {recipient}",
        f"Subject: Ownup round trip {stamp.text}",
        f"Date: {format_datetime(stamp.sent_at)}",
        f"Message-ID: <{stamp.text}@{sender.rpartition('@')[2]}>",
        f"{OWN_HEADER}: {stamp.text}",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "Ownup sent this message to itself, to see whether mail arrives. It is removed when it has been seen.",
        "",
    )
    return "\r\n".join(lines).encode()


def fields(raw: bytes) -> Fields:
    """The header fields of a message, unfolded, by their names in small letters."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _FOLD.sub(" ", raw.decode("utf-8", "backslashreplace")).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found[name.strip().lower()] = (*found.get(name.strip().lower(), ()), value.strip())
    return found


def places_of_stamp(header: Fields) -> str:
    """All the text in which a stamp may stand: our own header, and the subject, however it was encoded since."""
    subjects = header.get("subject", ())
    return "\n".join((*header.get(OWN_HEADER.lower(), ()), *subjects, *map(_decoded, subjects)))


def reports(header: Fields) -> bool:
    """Whether this looks like a mail system's report rather than like somebody's message."""
    kinds = " ".join(header.get("content-type", ())).lower()
    return kinds.startswith("multipart/report") or any(_DAEMON.search(one) for one in header.get("from", ()))


def report(text: str) -> Report:
    """What a report says; one that does not say it in fields is taken for a refusal."""
    status, action, why = (pattern.search(text) for pattern in (_STATUS, _ACTION, _WHY))
    final = action[1].lower() == "failed" if action else True
    return Report(status[1] if status else "", why[1].strip() if why else "", final)


def authentication(header: Fields) -> Mapping[str, str]:
    """What the receiving server thinks of our sender (RFC 8601): its topmost word on SPF, DKIM and DMARC."""
    told: dict[str, str] = {}
    for check, result in _CHECK.findall(" ".join(header.get("authentication-results", ())[:1])):
        told.setdefault(check.lower(), result.lower())
    return told


def not_passed(header: Fields, checks: Iterable[str]) -> str:
    """Of these checks of the sender, those that did not pass, with what became of them."""
    told = authentication(header)
    missed = [check for check in checks if told.get(check) != "pass"]
    return ", ".join(f"{check}={told[check]}" if check in told else f"nothing of {check}" for check in missed)


def _decoded(subject: str) -> str:
    try:
        return str(make_header(decode_header(subject)))
    except (HeaderParseError, LookupError, ValueError):
        return ""
