"""A TLS session over bytes: it knows no socket and no clock, and tells a failure as a finding."""

import ssl
from contextlib import suppress
from datetime import datetime
from typing import Final

from probes.certificate import describe, earliest
from probes.finding import Failed
from probes.handshake import Handshake, failure, is_plain_text, plain_text
from probes.notebook import Certificate
from probes.reason import Reason

READ_BYTES: Final = 65536

_VERSION_NAMES: Final = {
    ssl.TLSVersion.TLSv1: "TLS 1.0",
    ssl.TLSVersion.TLSv1_1: "TLS 1.1",
    ssl.TLSVersion.TLSv1_2: "TLS 1.2",
    ssl.TLSVersion.TLSv1_3: "TLS 1.3",
}


class Session:
    """The client's side of one session. What must go to the server waits in ``outgoing()`` after every call."""

    __slots__ = ("_fed", "_heard", "_incoming", "_outgoing", "_shaken", "_shows_certificate", "_tls")

    def __init__(self, context: ssl.SSLContext, server_name: str, *, shows_certificate: bool = False) -> None:
        """Begin a session; ``server_name`` is what the certificate must be for. The context wraps Handshakes."""
        self._shows_certificate = shows_certificate
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._fed = self._shaken = self._heard = False
        try:
            tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        except ValueError as error:  # UnicodeError is one: a label that is empty or too long
            raise Failed(Reason.TLS_HOSTNAME, f"no certificate can be for '{server_name}': {error}") from error
        self._tls: Handshake = tls  # type: ignore[assignment] # the context was told to make Handshakes

    def feed(self, data: bytes) -> None:
        """Take bytes from the server; ``b""`` is the end of the stream."""
        if not data:
            self._incoming.write_eof()
            return
        if not self._fed and is_plain_text(data):
            raise plain_text(data)
        self._fed = True
        self._incoming.write(data)

    def outgoing(self) -> bytes:
        """What must go to the server now."""
        return self._outgoing.read()

    def shake_hands(self) -> bool:
        """Go on with the handshake as far as the bytes reach; True when it stands. Raises Failed."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            raise failure(self._tls, error) from error
        self._shaken = True
        return True

    def encrypt(self, data: bytes) -> bytes:
        """The bytes that carry these words to the server. Raises Failed."""
        try:
            self._tls.write(data)
        except ssl.SSLError as error:
            raise failure(self._tls, error) from error
        return self.outgoing()

    def decrypt(self) -> bytes | None:
        """The server's next words; ``b""`` when it said its last; None when more bytes are needed. Raises Failed."""
        try:
            data = self._tls.read(READ_BYTES)
        except ssl.SSLWantReadError:
            return None
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):  # many servers leave without close_notify
            return b""
        except ssl.SSLError as error:
            raise failure(self._tls, error) from error
        self._heard = True
        return data

    def dismissal(self) -> Failed | None:
        """What it means that the server leaves now without a word: perhaps that it missed our certificate.

        Servers should say so by an alert, and many do not. One that saw our certificate and left only after the
        handshake may have had any reason.
        """
        if not self._tls.asked_for_certificate or self._heard or (self._shows_certificate and self._shaken):
            return None
        seen = "on seeing ours" if self._shows_certificate else "when it got none"
        detail = f"the server asked for a client certificate, and closed the connection {seen}"
        return Failed(Reason.TLS_CLIENT_CERT, detail)

    def farewell(self) -> bytes:
        """The bytes that take leave (close_notify)."""
        with suppress(ssl.SSLError):  # it wants to wait for the server's own farewell
            self._tls.unwrap()
        return self.outgoing()

    def certificate(self) -> Certificate | None:
        """What the server showed, also when the handshake failed over it."""
        cipher = self._tls.cipher()
        version = _VERSION_NAMES.get(ssl.TLSVersion(self._tls.version_spoken), "") if self._tls.version_spoken else ""
        return describe(self._tls.chain_sent, tls_version=version, cipher=cipher[0] if cipher else "")

    @property
    def stands(self) -> bool:
        """Whether the handshake has succeeded, from where we stand."""
        return self._shaken

    @property
    def alert(self) -> int | None:
        """The number of the alert that the server ended it with (RFC 8446, section 6)."""
        return self._tls.alert

    def expires_at(self) -> datetime | None:
        """When the chain that we trust ends; without verification, when the first certificate sent does.

        A server may send more than is needed: that one of them has expired need not harm anybody.
        """
        return earliest(self._tls.chain_verified() or self._tls.chain_sent)
