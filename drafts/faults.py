"""Faults: the few ways in which customers meet the many reasons why a look failed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """What sort of trouble a customer has; each chooses a phrase of the catalogue."""

    DEAD = "dead"
    CERTIFICATE = "certificate"
    INSECURE = "insecure"
    ERRORS = "errors"
    CONTENT = "content"
    SLOW = "slow"
    PARTLY = "partly"
    SIGN_IN = "sign_in"
    MAILBOX = "mailbox"
    REJECTED = "rejected"
    LATE = "late"
    LOST = "lost"
    SPAM = "spam"
    IDLE = "idle"
    REFUSED = "refused"
    TOLD = "told"
    PLANNED = "planned"
    UNKNOWN = "unknown"


_REASONS: Final[Mapping[Fault, str]] = {
    Fault.DEAD: "dns_nxdomain dns_timeout dns_failed dns_no_address dns_rcode dns_answer connect_refused"
    " connect_timeout connection_closed unreachable timeout protocol greeting greeting_timeout ehlo redirect_limit"
    " redirect_blocked",
    Fault.CERTIFICATE: "tls_verify tls_hostname cert_expired cert_not_yet_valid cert_expiring",
    Fault.INSECURE: "tls_handshake tls_timeout tls_version tls_client_cert not_tls starttls starttls_missing"
    " starttls_injection",
    Fault.ERRORS: "status unavailable limit",
    Fault.CONTENT: "body_mismatch body_json body_too_large body_incomplete header_mismatch decode",
    Fault.SLOW: "latency",
    Fault.PARTLY: "partial",
    Fault.SIGN_IN: "auth auth_temporary auth_disabled auth_mechanism auth_expired",
    Fault.MAILBOX: "select",
    Fault.REJECTED: "mail_from rcpt data bounced",
    Fault.LATE: "deferred data_uncertain delivery_late",
    Fault.LOST: "delivery_timeout",
    Fault.SPAM: "spam_folder",
    Fault.IDLE: "heartbeat_missing",
    Fault.REFUSED: "refused",
    Fault.TOLD: "noticed",
    Fault.PLANNED: "planned",
    Fault.UNKNOWN: "proxy token isolated broken",
}
_FAULTS: Final = {reason: fault for fault, reasons in _REASONS.items() for reason in reasons.split()}

# It works, but not as promised: a company's words for "down" would say more than was measured.
MILD: Final = frozenset(
    {Fault.SLOW, Fault.PARTLY, Fault.LATE, Fault.SPAM, Fault.CERTIFICATE, Fault.REFUSED, Fault.UNKNOWN}
)


def fault_of(reason: str) -> Fault:
    """How a customer meets this reason; a reason that nobody has taught us is told as unknown, not guessed."""
    return _FAULTS.get(reason, Fault.UNKNOWN)
