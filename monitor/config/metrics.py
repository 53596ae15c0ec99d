"""``[metrics]``: where metrics and health are served, to whom, and with which certificate."""

import ssl
from pathlib import Path
from typing import Annotated, Self

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from argon2.low_level import Type
from pydantic import AfterValidator, Field, SecretStr, model_validator

from monitor.config.values import Listen, Listening
from probes.target import Options


def _argon2id(secret: SecretStr) -> SecretStr:
    try:
        hashed_by = extract_parameters(secret.get_secret_value()).type
    except InvalidHashError:
        hashed_by = None
    if hashed_by is not Type.ID:
        raise ValueError('should be a hash by argon2id, which begins with "$argon2id$"')
    return secret


class Metrics(Options):
    """Where the metrics and the health answers are served, and who may read them.

    With a ``username`` and its ``password_hash`` (argon2id), or a ``bearer_token``, only who shows one of them gets
    metrics; whether we are healthy and ready is told to everybody. ``tls_key`` may be in the file of ``tls_cert``.
    """

    listen: Listening = Listen("127.0.0.1", 9481)
    username: Annotated[str, Field(min_length=1, max_length=80, pattern="^[^:]*$")] | None = None
    password_hash: Annotated[SecretStr, AfterValidator(_argon2id)] | None = None
    bearer_token: Annotated[SecretStr, Field(min_length=20)] | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.username is None) != (self.password_hash is None):
            raise ValueError("username and password_hash go together")
        if self.tls_key and not self.tls_cert:
            raise ValueError("tls_key needs tls_cert")
        self.tls()
        return self

    @property
    def url(self) -> str:
        """Where it is, by the address that it listens on."""
        return f"{'https' if self.tls_cert else 'http'}://{self.listen}"

    def tls(self) -> ssl.SSLContext | None:
        """What a server with our certificate needs, or None without one. Raises ValueError if it is none."""
        if self.tls_cert is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.tls_cert, self.tls_key, password=_none)
        except ssl.SSLError as error:
            raise ValueError(f"tls_cert and tls_key: {_why(error)}") from None
        except OSError as error:
            raise ValueError(f"tls_cert and tls_key cannot be read: {(error.strerror or str(error)).lower()}") from None
        return context


def _none() -> str:
    # Without this OpenSSL would ask for the password of an encrypted key on the terminal, and wait.
    raise ValueError("the key is encrypted; give one without a password")


def _why(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key does not belong to the certificate"
    return "should be files in PEM, a certificate with its chain and its key"
