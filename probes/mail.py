"""What the mail kinds have in common: an address, and the credentials of one mailbox user."""

import base64
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from probes.target import Host, Port
from probes.tls import Secured


class Mail(Secured):
    """A target that speaks a mail protocol, and signs in if it has a username and a password."""

    host: Host
    port: Port
    username: Annotated[str, Field(min_length=1, max_length=320)] | None = None
    password: SecretStr | None = None

    @property
    def credentials(self) -> tuple[bytes, bytes] | None:
        """Username and password as they go over the wire, or None if we are not to sign in."""
        if self.username is None or self.password is None:
            return None
        return self.username.encode(), self.password.get_secret_value().encode()

    def secrets(self) -> Iterator[str]:
        """The password in every form in which it goes over the wire, since a server may send any of them back."""
        if self.credentials is None:
            return
        username, password = self.credentials
        plain = b"\0" + username + b"\0" + password
        yield password.decode()
        yield password.decode().strip()  # as a server may quote it
        yield password.decode().replace("\\", r"\\").replace('"', r"\"")  # IMAP's quoted string
        yield base64.b64encode(password).decode()  # AUTH LOGIN
        yield base64.b64encode(plain).decode()  # AUTH PLAIN

    @model_validator(mode="after")
    def _credentials_are_whole(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: one of them is missing")
        if self.credentials and b"\0" in b"".join(self.credentials):
            raise ValueError("a username or password cannot hold a NUL byte: no mail protocol can carry one")
        return self
