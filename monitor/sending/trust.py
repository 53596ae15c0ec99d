"""Whom a channel trusts on TLS: the system's authorities, or the one authority of a file."""

import ssl
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import model_validator

from probes.target import Options


class Trust(Options):
    """The ``tls`` block of a channel. A certificate is always verified: what we say must reach whom we mean."""

    ca_file: Path | None = None

    @model_validator(mode="after")
    def _must_be_usable(self) -> Self:
        if self.ca_file:
            try:
                self.context()
            except OSError as error:
                raise ValueError(f"ca_file cannot be used: {error.strerror or type(error).__name__}") from error
        return self

    def context(self) -> ssl.SSLContext:
        """The shared context of these settings. Raises OSError if the file cannot be read or holds no certificate."""
        return _context(self.ca_file)


@cache
def _context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python 3.13 refuses authorities that 3.11 accepts, unless the flags are said.
    context.verify_flags = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST
    return context
