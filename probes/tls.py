"""How to speak TLS with a target: the options, one shared context for each set of them, and the certificate's age."""

import ssl
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from probes.finding import Degraded, Failed, Finding, Unknown
from probes.handshake import ALERT_NAMES, Handshake, overhear
from probes.preamble import ProxyProtocol
from probes.reason import Reason
from probes.session import Session
from probes.target import Manner, Options, Seconds, Target

_DAY_S: Final = 86400.0
_VERSIONS: Final = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}

# OpenSSL 3 speaks these versions only when its security level is lowered.
_BELOW_SECURITY_LEVEL_1: Final = frozenset({"1.0", "1.1"})


def _alert(value: object) -> object:
    numbers = {name.lower().replace(" ", "_"): number for number, name in ALERT_NAMES.items()}
    return numbers.get(value, value) if isinstance(value, str) else value


Alert = Annotated[Literal[True] | Annotated[int, Field(ge=0, le=255)], BeforeValidator(_alert)]
TlsVersion = Literal["1.0", "1.1", "1.2", "1.3"]


class Tls(Options):
    """The ``tls.…`` options of a target. Their files are read when the options are."""

    verify: bool = True
    ca_file: Path | None = None
    server_name: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    min_version: TlsVersion = "1.2"
    client_cert: Path | None = None
    client_key: Path | None = None
    expect_alert: Alert | None = None

    def session(self, server_name: str, alpn: tuple[str, ...] = ()) -> Session:
        """Begin a session with a server of this name, unless ``server_name`` is set.

        A certificate file that was replaced since (they are short-lived) is read anew. Raises Unknown if it is gone.
        """
        try:
            context = self._context(alpn)
        except OSError as error:
            raise Unknown(Reason.BROKEN, f"our own TLS files cannot be used: {_words(error)}") from error
        return Session(context, self.server_name or server_name, shows_certificate=self.client_cert is not None)

    @model_validator(mode="after")
    def _files_can_be_used(self) -> Self:
        if self.client_key and not self.client_cert:
            raise ValueError("client_key needs client_cert")
        for path in (self.ca_file, self.client_cert, self.client_key):
            if path and not path.is_file():
                raise ValueError(f"there is no file {path}")
        try:
            self._context()
        except OSError as error:
            which = " or ".join(key for key in ("ca_file", "client_cert", "client_key") if getattr(self, key))
            raise ValueError(f"{which} cannot be used: {_words(error)}") from error
        return self

    def _context(self, alpn: tuple[str, ...] = ()) -> ssl.SSLContext:
        files = (self.ca_file, self.client_cert, self.client_key)
        changed_at = tuple(path.stat().st_mtime_ns for path in files if path)
        return _shared_context(self.min_version, files, changed_at, alpn, verify=self.verify)


def _words(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).replace("_", " ").lower()
    return f"{error.filename}: {error.strerror}" if error.strerror else str(error)


# Making a context costs 32 ms, most of it for reading the system's roots.
@lru_cache(maxsize=256)
def _shared_context(
    min_version: TlsVersion,
    files: tuple[Path | None, Path | None, Path | None],
    _changed_at: tuple[int, ...],
    alpn: tuple[str, ...],
    *,
    verify: bool,
) -> ssl.SSLContext:
    ca_file, client_cert, client_key = files
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = _VERSIONS[min_version]
    if min_version in _BELOW_SECURITY_LEVEL_1:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    # Said outright, since Python 3.13 would add VERIFY_X509_STRICT and reject authorities that 3.11 accepts.
    context.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif ca_file:
        context.load_verify_locations(ca_file)
    else:
        context.load_default_certs()
    if client_cert:
        context.load_cert_chain(client_cert, client_key, password=_no_password)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    context.sslobject_class = Handshake
    # A debugging hook of the standard library, and the only way to see a certificate that OpenSSL refuses.
    context._msg_callback = overhear  # type: ignore[attr-defined] # noqa: SLF001
    return context


def _no_password() -> str:
    # Without this OpenSSL would ask for the password of an encrypted key on the terminal, and wait.
    raise ssl.SSLError(1, "the key is encrypted; give one without a password")


class SecuredManner(Manner):
    """How a target is looked at where TLS may be spoken.

    Without verification the certificate is reported, and judged only if ``cert_warn`` or ``cert_fail`` were set.
    """

    tls: Tls = Field(default_factory=Tls)
    cert_warn: Annotated[Seconds, Field(ge=0)] = 14 * _DAY_S
    cert_fail: Annotated[Seconds, Field(ge=0)] = 2 * _DAY_S


class Secured(SecuredManner, Target):
    """What the kinds that dial, and may speak TLS then, have in common."""

    proxy_protocol: ProxyProtocol | None = None

    def judge_alert(self, session: Session, found: Finding | None) -> Finding | None:
        """What becomes of a finding where ``tls.expect_alert`` wants the server to refuse us."""
        expected = self.tls.expect_alert
        if expected is None:
            return found
        if session.alert is not None:
            return None if expected is True or expected == session.alert else found
        if session.stands:
            return Failed(Reason.TLS_HANDSHAKE, "expected TLS alert but connection succeeded")
        return found

    def judge_certificate(self, expires_at: datetime, now: datetime) -> Finding | None:
        """What the end of a chain says at this moment."""
        left_s = (expires_at - now).total_seconds()
        days = f"{left_s / _DAY_S:.1f} days, at {expires_at:%Y-%m-%d %H:%M} UTC"
        told = f"a certificate expires in {days}" if left_s >= 0 else f"a certificate has expired ({days})"
        reason = Reason.CERT_EXPIRING if left_s >= 0 else Reason.CERT_EXPIRED
        if self._judges("cert_fail") and left_s < self.cert_fail:
            return Failed(reason, told)
        if self._judges("cert_warn") and left_s < self.cert_warn:
            return Degraded(reason, told)
        return None

    def _judges(self, key: str) -> bool:
        return self.tls.verify or key in self.model_fields_set
