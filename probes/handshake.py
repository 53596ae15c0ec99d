"""One TLS handshake: what the server showed while it lasted, and why it failed."""

import ssl
from typing import Final

from probes.finding import Failed
from probes.reason import Reason
from probes.transcript import harmless

# RFC 8446: content types (section 5.1), message types (section 4), alerts (section 6).
_ALERT: Final = 21
_HANDSHAKE: Final = 22
_CONTENT_TYPES: Final = range(20, 25)
_CERTIFICATE: Final = 11
_CERTIFICATE_REQUEST: Final = 13
_HANDSHAKE_FAILURE: Final = 40
_PROTOCOL_VERSION: Final = 70
# bad, unsupported, revoked, expired and unknown certificate, unknown_ca, access_denied, certificate_required
_ABOUT_OUR_CERTIFICATE: Final = frozenset({42, 43, 44, 45, 46, 48, 49, 116})

# X509_V_ERR_… of OpenSSL's x509_vfy.h.
_VERIFY_REASONS: Final = {
    9: Reason.CERT_NOT_YET_VALID,
    10: Reason.CERT_EXPIRED,
    62: Reason.TLS_HOSTNAME,
    64: Reason.TLS_HOSTNAME,
}
_NO_COMMON_VERSION: Final = frozenset(
    {"UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION", "VERSION_TOO_LOW", "NO_PROTOCOLS_AVAILABLE"}
)


class Handshake(ssl.SSLObject):
    """An SSLObject that remembers what the server said in its handshake, even if that failed in the end."""

    chain_sent: tuple[bytes, ...] = ()
    asked_for_certificate: bool = False
    alert: int | None = None
    version_spoken: int = 0

    def chain_verified(self) -> tuple[bytes, ...]:
        """The chain up to the root we trust, as DER; empty without verification."""
        links = self._sslobj.get_verified_chain() or ()  # type: ignore[attr-defined] # public from Python 3.13 on
        return tuple(ssl.PEM_cert_to_DER_cert(link.public_bytes()) for link in links)


def overhear(
    handshake: Handshake, direction: str, version: int, content_type: int, message_type: int, data: bytes
) -> None:
    """Note the certificates, a request for ours, and the alert: OpenSSL forgets the first when it refuses them."""
    if direction != "read":
        return
    if content_type == _ALERT:
        handshake.alert = data[-1]
    elif content_type == _HANDSHAKE and message_type == _CERTIFICATE_REQUEST:
        handshake.asked_for_certificate = True
    elif content_type == _HANDSHAKE and message_type == _CERTIFICATE:
        handshake.version_spoken = version
        handshake.chain_sent = _chain(data, tls13=version == ssl.TLSVersion.TLSv1_3)


def _chain(message: bytes, *, tls13: bool) -> tuple[bytes, ...]:
    """Take a Certificate message apart (RFC 5246 section 7.4.2, RFC 8446 section 4.4.2); OpenSSL checks it after us."""
    at = 4 + (1 + message[4] if tls13 else 0) + 3
    chain = []
    while at + 3 <= len(message):
        end = at + 3 + int.from_bytes(message[at : at + 3])
        chain.append(message[at + 3 : end])
        at = end + (2 + int.from_bytes(message[end : end + 2]) if tls13 else 0)
    return tuple(chain)


def is_plain_text(first: bytes) -> bool:
    """Whether an answer to our ClientHello is no TLS at all: its first byte is no content type."""
    return first[0] not in _CONTENT_TYPES


def plain_text(first: bytes) -> Failed:
    """The finding for such an answer, which it quotes."""
    line = first.split(b"\n", 1)[0]
    return Failed(Reason.TLS_HANDSHAKE, f"the server answered our TLS ClientHello in plain text: '{harmless(line)}'")


def failure(handshake: Handshake, error: ssl.SSLError) -> Failed:
    """Why TLS ended: by our verification, by the server's alert, or because it broke the rules."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _VERIFY_REASONS.get(error.verify_code, Reason.TLS_VERIFY)
        return Failed(reason, f"the certificate does not verify: {error.verify_message}")
    if handshake.alert is not None:
        return _alert(handshake, handshake.alert)
    cause = (error.reason or str(error)).replace("_", " ").lower()
    if error.reason in _NO_COMMON_VERSION:
        return Failed(Reason.TLS_VERSION, f"no TLS version in common: {cause}")
    return Failed(Reason.TLS_HANDSHAKE, f"the TLS handshake failed: {cause}")


def _alert(handshake: Handshake, alert: int) -> Failed:
    name = ALERT_NAMES.get(alert, "unknown alert")
    if alert == _PROTOCOL_VERSION:
        return Failed(Reason.TLS_VERSION, f"the server refused our TLS version ({name}, alert {alert})")
    # A TLS 1.2 server that misses our certificate says only "handshake failure".
    wants_ours = handshake.asked_for_certificate and alert == _HANDSHAKE_FAILURE
    if wants_ours or alert in _ABOUT_OUR_CERTIFICATE:
        return Failed(Reason.TLS_CLIENT_CERT, f"the server refused our client certificate ({name}, alert {alert})")
    return Failed(Reason.TLS_HANDSHAKE, f"the server ended TLS with an alert ({name}, alert {alert})")


ALERT_NAMES: Final = {
    10: "unexpected message",
    20: "bad record MAC",
    22: "record overflow",
    40: "handshake failure",
    42: "bad certificate",
    43: "unsupported certificate",
    44: "certificate revoked",
    45: "certificate expired",
    46: "certificate unknown",
    47: "illegal parameter",
    48: "unknown CA",
    49: "access denied",
    50: "decode error",
    51: "decrypt error",
    70: "protocol version",
    71: "insufficient security",
    80: "internal error",
    86: "inappropriate fallback",
    90: "user cancelled",
    109: "missing extension",
    112: "unrecognized name",
    116: "certificate required",
    120: "no application protocol",
}
