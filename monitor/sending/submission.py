"""Handing a letter to a mail server: one connection, one transaction, and what the server said, in plain words."""

from contextlib import suppress
from typing import Annotated, Final, Literal, Self

import aiosmtplib
from aiosmtplib import SMTPResponse
from pydantic import Field, SecretStr, model_validator

from monitor.markdown import visible
from monitor.sending.sender import Permanent, Sender, Temporary
from monitor.sending.trust import Trust
from probes.target import Port

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
    mail_from: Mailbox
    reply_to: Mailbox | None = None

    @model_validator(mode="after")
    def _guard_the_password(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        if self.password is not None and self.tls_mode == "none":
            raise ValueError('a password is never sent in clear: use tls_mode = "starttls" or "implicit"')
        return self

    async def submit(self, recipients: list[str], letter: bytes) -> tuple[dict[str, SMTPResponse], str]:
        """Hand it over once; gives whom the server refused, and its words. Raises Temporary or Permanent."""
        try:
            return await self._transact(recipients, letter)
        except aiosmtplib.SMTPRecipientsRefused as nobody:
            refused = {error.recipient: SMTPResponse(error.code, error.message) for error in nobody.recipients}
            return refused, "nobody took it"
        except aiosmtplib.SMTPConnectResponseError as error:  # 554 at the door may pass: a server that starts, a list
            raise Temporary(words(error.code, error.message)) from None
        except aiosmtplib.SMTPResponseException as error:
            failure = Permanent if error.code >= REFUSED_FOR_GOOD else Temporary
            raise failure(words(error.code, error.message)) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Temporary(shown(str(error) or type(error).__name__)) from None

    async def _transact(self, recipients: list[str], letter: bytes) -> tuple[dict[str, SMTPResponse], str]:
        smtp = self._client()
        try:
            await smtp.connect()
            outcome = await smtp.sendmail(self.mail_from, recipients, letter)
            with suppress(aiosmtplib.SMTPException):  # the server has the mail; its goodbye changes nothing
                await smtp.quit(timeout=QUIT_TIMEOUT_S)
        finally:
            smtp.close()
        return outcome

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
        )


def words(code: int, answer: str) -> str:
    """A server's answer as humans may read it."""
    return f"{code} {shown(answer)}"


def shown(answer: str) -> str:
    """One line of a server's words, without what cannot be seen."""
    return visible(" ".join(answer.split()))[:ANSWER_SHOWN_MAX]
