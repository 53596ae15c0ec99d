"""What the mail kinds have in common: an address, and the credentials of one mailbox user."""

import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Annotated, Final, Self

from pydantic import Field, SecretStr, model_validator

from probes.finding import Failed, Unknown
from probes.notebook import Notebook
from probes.oauth import OAuth
from probes.reason import Reason
from probes.sasl import BEARER_MECHANISMS, Login
from probes.target import Host, Port
from probes.tls import Secured

# What is left of a look for an answer to the sign-in, however slow the token endpoint is.
RESERVE_S: Final = 0.25


class Mail(Secured):
    """A target that speaks a mail protocol, and signs in if it has a username and a password, or a way to tokens."""

    host: Host
    port: Port
    username: Annotated[str, Field(min_length=1, max_length=320)] | None = None
    password: SecretStr | None = None
    oauth: OAuth | None = None

    @property
    def signs_in(self) -> bool:
        """Whether we are to sign in."""
        return self.username is not None

    @asynccontextmanager
    async def login(self, notes: Notebook) -> AsyncIterator[Login]:
        """What to sign in with, inside the block. Raises Unknown (``token``) if no token can be had.

        A token that is refused is forgotten. One that was kept from an earlier look may have been revoked meanwhile:
        that proves nothing against the server, and the next look brings a fresh one.
        """
        if self.oauth is None:
            yield Login(*(self.credentials or (b"", b"")))
            return
        left_s = notes.began + self.timeout - monotonic() - RESERVE_S
        token = await self.oauth.token(notes, within_s=max(left_s, 0.0))
        username = (self.username or "").encode()
        _hide(notes, username, token.word)
        try:
            yield Login(username, token.word.encode(), bearer=True, kept=token.kept)
        except Failed as found:
            if found.reason is not Reason.AUTH:
                raise
            self.oauth.forget()
            if not token.kept:
                raise
            told = f"{found.detail}; our access token was from an earlier look, so the next one takes a fresh one"
            raise Unknown(Reason.TOKEN, told) from found

    @property
    def credentials(self) -> tuple[bytes, bytes] | None:
        """Username and password as they go over the wire, or None if we are not to sign in."""
        if self.username is None or self.password is None:
            return None
        return self.username.encode(), self.password.get_secret_value().encode()

    def secrets(self) -> Iterator[str]:
        """The password, and what SASL makes of it together with the username."""
        if self.oauth:
            yield from self.oauth.secrets()
        if self.credentials is None:
            return
        username, password = self.credentials
        yield password.decode()
        yield base64.b64encode(b"\0" + username + b"\0" + password).decode()

    @model_validator(mode="after")
    def _credentials_are_whole(self) -> Self:
        if self.oauth and (self.username is None or self.password is not None):
            raise ValueError("oauth takes the place of a password, and needs a username")
        if not self.oauth and (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: one of them is missing")
        if self.credentials and b"\0" in b"".join(self.credentials):
            raise ValueError("a username or password cannot hold a NUL byte: no mail protocol can carry one")
        return self


def _hide(notes: Notebook, username: bytes, word: str) -> None:
    """Mask a token, also in what XOAUTH2 and OAUTHBEARER make of it, since a server may send it back."""
    notes.transcript.hide(word)
    for mechanism in BEARER_MECHANISMS:
        blob = base64.b64encode(next(mechanism.exchange(username, word.encode())) or b"")
        notes.transcript.hide(blob.decode())
