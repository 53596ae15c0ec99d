"""Why a look was not ``ok``: a closed set, the only failure text that may become a metric label."""

from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """One reason; ``meaning`` is its plain half-sentence, as documents and tickets print it."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        """Make a member that is equal to its name and carries its meaning."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    DNS_NXDOMAIN = "dns_nxdomain", "the name does not exist"
    DNS_TIMEOUT = "dns_timeout", "the resolver did not answer in time"
    DNS_FAILED = "dns_failed", "the name could not be resolved"
    DNS_NO_ADDRESS = "dns_no_address", "the name exists, but has no address of the wanted family"
    CONNECT_REFUSED = "connect_refused", "the connection was refused"
    CONNECT_TIMEOUT = "connect_timeout", "the connection was not accepted in time"
    CONNECTION_CLOSED = "connection_closed", "the connection was closed before the answer was complete"
    PROXY = "proxy", "the proxy on the way failed"
    TLS_HANDSHAKE = "tls_handshake", "the TLS handshake failed"
    TLS_TIMEOUT = "tls_timeout", "the TLS handshake did not finish in time"
    TLS_VERIFY = "tls_verify", "the certificate is not signed by anyone we trust"
    TLS_HOSTNAME = "tls_hostname", "the certificate is for another name"
    TLS_VERSION = "tls_version", "no TLS version in common"
    TLS_CLIENT_CERT = (
        "tls_client_cert",
        "the server asks for a client certificate that it did not get or did not accept",
    )
    CERT_EXPIRED = "cert_expired", "the certificate has expired"
    CERT_NOT_YET_VALID = "cert_not_yet_valid", "the certificate is not valid yet"
    CERT_EXPIRING = "cert_expiring", "the certificate expires soon"
    NOT_TLS = "not_tls", "the connection is not encrypted, and must be"
    TIMEOUT = "timeout", "no complete answer in time"
    PROTOCOL = "protocol", "the answer breaks the rules of its protocol"
    STATUS = "status", "the answer has an unwanted status"
    REFUSED = "refused", "our check itself is being refused"
    REDIRECT_LIMIT = "redirect_limit", "too many redirects"
    REDIRECT_BLOCKED = "redirect_blocked", "a redirect leads where we were told not to go"
    BODY_MISMATCH = "body_mismatch", "the answer's text is not as expected"
    BODY_JSON = "body_json", "the answer's JSON is not as expected"
    BODY_TOO_LARGE = "body_too_large", "the answer is larger than allowed"
    BODY_INCOMPLETE = "body_incomplete", "the answer ended before it was complete"
    HEADER_MISMATCH = "header_mismatch", "the answer's headers are not as expected"
    DECODE = "decode", "the answer's content encoding cannot be decoded"
    LATENCY = "latency", "the answer came too late"
    PARTIAL = "partial", "some looks fail and some do not"
    GREETING = "greeting", "the server's greeting was missing or not as expected"
    GREETING_TIMEOUT = "greeting_timeout", "the server did not greet us in time"
    EHLO = "ehlo", "the server refused our EHLO and HELO"
    STARTTLS_MISSING = "starttls_missing", "the server does not offer STARTTLS"
    STARTTLS = "starttls", "the server refused STARTTLS"
    STARTTLS_INJECTION = "starttls_injection", "plain text followed the STARTTLS answer before encryption began"
    AUTH = "auth", "the server refused our sign-in"
    AUTH_TEMPORARY = "auth_temporary", "the server cannot check sign-ins for now"
    AUTH_DISABLED = "auth_disabled", "the server forbids signing in on this connection"
    AUTH_MECHANISM = "auth_mechanism", "no way of signing in that both sides know"
    AUTH_EXPIRED = "auth_expired", "the password or account has expired"
    TOKEN = "token", "no access token could be had from the token endpoint"
    MAIL_FROM = "mail_from", "the server refused the sender"
    RCPT = "rcpt", "the server's answer to the recipient was not as expected"
    DATA = "data", "the server refused the message"
    DATA_UNCERTAIN = "data_uncertain", "we cannot tell whether the message was accepted"
    DEFERRED = "deferred", "the server asks to try again later"
    SELECT = "select", "the mailbox could not be opened"
    UNAVAILABLE = "unavailable", "the server says that it is unavailable for now"
    LIMIT = "limit", "the server says that a limit was reached"
    DELIVERY_TIMEOUT = "delivery_timeout", "the message did not arrive in time"
    DELIVERY_LATE = "delivery_late", "the message arrived late"
    SPAM_FOLDER = "spam_folder", "the message arrived in the spam folder"
    BOUNCED = "bounced", "the message came back"
    DNS_RCODE = "dns_rcode", "the name server's response code is not as expected"
    DNS_ANSWER = "dns_answer", "the name server's answer is not as expected"
    HEARTBEAT_MISSING = "heartbeat_missing", "the expected sign of life did not come"
    UNREACHABLE = "unreachable", "there is no route to the host"
    ISOLATED = "isolated", "our own connection to the network is in doubt"
    BROKEN = "broken", "our own check has a bug"
