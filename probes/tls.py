"""How to speak TLS with a target: the options, and one shared context for each set of them."""

import ssl
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from probes.handshake import Handshake, overhear
from probes.target import Options, Seconds, Target

_DAY_S: Final = 86400.0
_VERSIONS: Final = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


class Tls(Options):
    """The ``tls.…`` options of a target. Files are read once, when the options are."""

    verify: bool = True
    ca_file: Path | None = None
    server_name: str | None = None
    min_version: Literal["1.0", "1.1", "1.2", "1.3"] = "1.2"
    client_cert: Path | None = None
    client_key: Path | None = None

    @cached_property
    def context(self) -> ssl.SSLContext:
        """The context for these options, shared by all targets that have the same: making one costs 32 ms."""
        files = (self.ca_file, self.client_cert, self.client_key)
        stamps = tuple(path.stat().st_mtime_ns if path else 0 for path in files)
        return _context(self.verify, self.min_version, files, stamps)

    @model_validator(mode="after")
    def _files_can_be_used(self) -> Self:
        if self.client_key and not self.client_cert:
            raise ValueError("client_key is of no use without client_cert")
        try:
            _ = self.context
        except OSError as error:  # ssl.SSLError is one
            what = "ca_file" if not self.client_cert else "ca_file, client_cert or client_key"
            raise ValueError(f"{what} cannot be used: {error.strerror or error}") from error
        return self


class Secured(Target):
    """What the kinds that may speak TLS have in common.

    Without verification the certificate is reported, and judged only if ``cert_warn`` or ``cert_fail`` were set.
    """

    tls: Tls = Field(default_factory=Tls)
    cert_warn: Annotated[Seconds, Field(ge=0)] = 14 * _DAY_S
    cert_fail: Annotated[Seconds, Field(ge=0)] = 2 * _DAY_S
