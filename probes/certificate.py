"""Certificates as facts: what a chain of DER certificates says about who, for whom, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from probes.notebook import Certificate

NAMES_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """One certificate, as far as we need to know it."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    fingerprint_sha256: str


# The same few certificates come back with every look, and parsing them again is a waste.
@lru_cache(maxsize=1024)
def read(der: bytes) -> Shown | None:
    """Read one certificate; None if a stranger sent bytes that are none."""
    try:
        parsed = x509.load_der_x509_certificate(der)
        return Shown(
            subject=parsed.subject.rfc4514_string(),
            issuer=parsed.issuer.rfc4514_string(),
            names=_names(parsed),
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            fingerprint_sha256=parsed.fingerprint(SHA256()).hex(),
        )
    except ValueError:
        return None


def _names(parsed: x509.Certificate) -> tuple[str, ...]:
    try:
        names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension):
        return ()
    known = (name for name in names if isinstance(name, x509.DNSName | x509.IPAddress))
    return tuple(str(name.value) for name in known)[:NAMES_MAX]


def earliest(chain: Sequence[bytes]) -> datetime | None:
    """The first moment at which one of these certificates expires."""
    return min((shown.not_after for shown in map(read, chain) if shown), default=None)


def describe(chain: Sequence[bytes], *, tls_version: str, cipher: str) -> Certificate | None:
    """What a server showed, leaf first; None if it showed nothing that can be read."""
    leaf = read(chain[0]) if chain else None
    if leaf is None:
        return None
    return Certificate(
        subject=leaf.subject,
        issuer=leaf.issuer,
        names=leaf.names,
        not_before=leaf.not_before,
        not_after=leaf.not_after,
        earliest_not_after=earliest(chain) or leaf.not_after,
        fingerprint_sha256=leaf.fingerprint_sha256,
        tls_version=tls_version,
        cipher=cipher,
    )


def in_words(shown: Certificate) -> str:
    """The line that a transcript shows."""
    names = ", ".join(shown.names) or "no name"
    return (
        f"{shown.tls_version} {shown.cipher}; certificate for {names}; subject {shown.subject}; issuer {shown.issuer}; "
        f"valid from {shown.not_before:%Y-%m-%d} to {shown.not_after:%Y-%m-%d %H:%M} UTC"
    )
