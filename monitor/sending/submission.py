"""Handing a letter to a mail server: one connection, one transaction, and what the server said, in plain words."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from time import monotonic
from typing import Annotated, Final, Literal, Self

import aiosmtplib
from aiosmtplib import SMTPResponse
from pydantic import Field, SecretStr, model_validator

from monitor.markdown import visible
from monitor.sending.sender import Barred, Permanent, Sender, Temporary
from monitor.sending.trust import Trust
from probes.finding import Unknown
from probes.notebook import Notebook
from probes.oauth import OAuth
from probes.target import Port
from probes.transcript import Transcript

Mailbox = Annotated[
    str, Field(pattern=r"^[!#-'*+/-9=?^-~A-Z.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}$", max_length=254)
]

ANSWER_SHOWN_MAX: Final = 200
QUIT_TIMEOUT_S: Final = 1.0
REFUSED_FOR_GOOD: Final = 500


class Submission(Sender):
    """The options by which a mail server is reached, and the one way in which a letter is handed to it."""

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Port = 587
    tls_mode: Literal["starttls", "implicit", "none"] = "starttls"
    tls: Trust = Trust()
    helo: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:\[\]-]+$", max_length=253)] | None = None
    username: str | None = None
    password: SecretStr | None = None
    oauth: OAuth | None = None
    mail_from: Mailbox
    reply_to: Mailbox | None = None

    @model_validator(mode="after")
    def _guard_the_password(self) -> Self:
        if self.password is not None and self.oauth is not None:
            raise ValueError("either password or oauth signs in, not both")
        if (self.username is None) != (self.password is None and self.oauth is None):
            raise ValueError("username and password go together")
        if self.username is not None and self.tls_mode == "none":
            raise ValueError('a password is never sent in clear: use tls_mode = "starttls" or "implicit"')
        return self

    def secrets(self) -> Iterator[str]:
        """The password, and that of the client that fetches tokens."""
        yield from super().secrets()
        yield from self.oauth.secrets() if self.oauth else ()

    async def submit(
        self, recipients: list[str], letter: bytes, *, bounces_to: str | None = None
    ) -> tuple[dict[str, SMTPResponse], str]:
        """Hand it over once; gives whom the server refused, and its words. Raises Temporary or Permanent.

        What cannot be delivered later comes back to ``bounces_to``, or to who sent it.
        """
        with self._told_apart():
            try:
                return await self._transact(bounces_to or self.mail_from, recipients, letter)
            except aiosmtplib.SMTPRecipientsRefused as nobody:
                refused = {error.recipient: SMTPResponse(error.code, error.message) for error in nobody.recipients}
                return refused, "nobody took it"

    async def rehearse(self, recipients: Sequence[str]) -> str:
        """Go as far as naming a recipient, and take that back; gives what it proved. Raises Temporary or Permanent.

        One whom the server would take mail for is enough, as it is for a letter.
        """
        with self._told_apart():
            async with self._connected() as smtp:
                await smtp.mail(self.mail_from)
                await _one_of(smtp, recipients)
                await smtp.rset()
        return f"{self.host} would take mail from {self.mail_from}; none was sent"

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        """What the library raises, as what may pass and what will not."""
        try:
            yield
        except aiosmtplib.SMTPConnectResponseError as error:  # 554 at the door may pass: a server that starts, a list
            raise Temporary(words(error.code, error.message)) from None
        except aiosmtplib.SMTPAuthenticationError as error:
            self._forget_the_token()
            raise (Barred if error.code >= REFUSED_FOR_GOOD and not self.oauth else Temporary)(
                words(error.code, error.message)
            ) from None
        except aiosmtplib.SMTPResponseException as error:
            failure = Permanent if error.code >= REFUSED_FOR_GOOD else Temporary
            raise failure(words(error.code, error.message)) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Temporary(shown(str(error) or type(error).__name__)) from None

    async def _transact(self, sender: str, recipients: list[str], letter: bytes) -> tuple[dict[str, SMTPResponse], str]:
        async with self._connected() as smtp:
            return await smtp.sendmail(sender, recipients, letter)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        smtp = self._client()
        try:
            await smtp.connect()
            yield smtp
            with suppress(aiosmtplib.SMTPException):  # the server has the mail; its goodbye changes nothing
                await smtp.quit(timeout=QUIT_TIMEOUT_S)
        finally:
            smtp.close()

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname=self.helo or self.mail_from.partition("@")[2],
            username=self.username,
            password=self.password.get_secret_value() if self.password else None,
            use_tls=self.tls_mode == "implicit",
            start_tls=self.tls_mode == "starttls",
            tls_context=None if self.tls_mode == "none" else self.tls.context(),
            timeout=self.timeout,
            oauth_token_generator=self._token if self.oauth else None,
        )

    async def _token(self) -> str:
        """An access token for RFC 7628's elder brother XOAUTH2. Raises Temporary: the token endpoint may come back."""
        assert self.oauth is not None  # noqa: S101 - it is asked for only where there is one
        try:
            notes = Notebook(Transcript(self.secrets()), monotonic())
            return (await self.oauth.token(notes, within_s=self.timeout)).word
        except Unknown as unknown:
            raise Temporary(shown(unknown.detail)) from None

    def _forget_the_token(self) -> None:
        """A token that was refused may only have been old; the next attempt asks for another."""
        if self.oauth:
            self.oauth.forget()


async def _one_of(smtp: aiosmtplib.SMTP, recipients: Sequence[str]) -> None:
    """Name recipients until the server would take one. Raises what it said to the last."""
    for recipient in recipients[:-1]:
        with suppress(aiosmtplib.SMTPRecipientRefused):
            await smtp.rcpt(recipient)
            return
    await smtp.rcpt(recipients[-1])


def words(code: int, answer: str) -> str:
    """A server's answer as humans may read it."""
    return f"{code} {shown(answer)}"


def shown(answer: str) -> str:
    """One line of a server's words, without what cannot be seen."""
    return visible(" ".join(answer.split()))[:ANSWER_SHOWN_MAX]
