"""Mail to a list: one transaction for all recipients, none of whom sees another; one thread for an incident."""

from contextlib import suppress
from typing import Annotated, ClassVar, Final, Literal, Self

import aiosmtplib
from aiosmtplib import SMTPResponse
from pydantic import Field, SecretStr, model_validator

from monitor.channels.channel import Channel, Message, Permanent, Temporary
from monitor.channels.letter import compose
from monitor.channels.trust import Trust
from monitor.markdown import visible
from probes.target import Port

Mailbox = Annotated[
    str, Field(pattern=r"^[!#-'*+/-9=?^-~A-Z.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}$", max_length=254)
]

# RFC 5321 section 4.5.3.1.8: every server takes a hundred recipients in one transaction.
RECIPIENTS_MAX: Final = 100
RECIPIENT_ATTEMPTS_MAX: Final = 10
ANSWER_SHOWN_MAX: Final = 200
RECEIPT_MAX: Final = 2000
QUIT_TIMEOUT_S: Final = 1.0
_REFUSED_FOR_GOOD: Final = 500


class Email(Channel):
    """A mail to everybody on a list.

    A recipient who is deferred (a 4xx answer) is asked again with the next attempts, alone; after
    ``RECIPIENT_ATTEMPTS_MAX`` the others' updates wait no longer, and the receipt names who was not reached.
    """

    summary: ClassVar = "Mails the update to a list of recipients."

    kind: Literal["email"] = "email"
    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Port = 587
    tls_mode: Literal["starttls", "implicit", "none"] = "starttls"
    tls: Trust = Trust()
    helo: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:\[\]-]+$", max_length=253)] | None = None
    username: str | None = None
    password: SecretStr | None = None
    mail_from: Mailbox
    reply_to: Mailbox | None = None
    to: Annotated[tuple[Mailbox, ...], Field(min_length=1, max_length=RECIPIENTS_MAX)]

    @model_validator(mode="after")
    def _guard_the_password(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        if self.password is not None and self.tls_mode == "none":
            raise ValueError('a password is never sent in clear: use tls_mode = "starttls" or "implicit"')
        return self

    async def send(self, message: Message) -> str:
        """Send one mail to all who do not have it yet; the receipt holds the server's words and who was refused."""
        letter = compose(message, sender=self.mail_from, reply_to=self.reply_to, list_name=self.name)
        waiting = [recipient for recipient in self.to if recipient not in message.reached]
        try:
            refused, answer = await self._transact(waiting, letter.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as nobody:
            refused = {error.recipient: SMTPResponse(error.code, error.message) for error in nobody.recipients}
            answer = "nobody took it"
        except aiosmtplib.SMTPConnectResponseError as error:  # 554 at the door may pass: a server that starts, a list
            raise Temporary(_words(error.code, error.message)) from None
        except aiosmtplib.SMTPResponseException as error:
            failure = Permanent if error.code >= _REFUSED_FOR_GOOD else Temporary
            raise failure(_words(error.code, error.message)) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Temporary(_shown(str(error) or type(error).__name__)) from None
        return self._settle(message, refused, answer)

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

    def _settle(self, message: Message, refused: dict[str, SMTPResponse], answer: str) -> str:
        """What this attempt and those before it come to, recipient by recipient."""
        reached = message.reached | (frozenset(self.to) - refused.keys())
        count = f"{len(reached)} of {len(self.to)} recipients"
        names = ", ".join(f"{who} ({_words(code, words)})" for who, (code, words) in refused.items())
        detail = f"{_shown(answer)}; {count}{'; not reached: ' + names if names else ''}"[:RECEIPT_MAX]
        may_pass = any(code < _REFUSED_FOR_GOOD for code, _ in refused.values())
        if may_pass and (not reached or message.attempt < RECIPIENT_ATTEMPTS_MAX):
            raise Temporary(detail, reached=reached)
        if not reached:
            raise Permanent(detail)
        return detail


def _words(code: int, answer: str) -> str:
    return f"{code} {_shown(answer)}"


def _shown(answer: str) -> str:
    return visible(" ".join(answer.split()))[:ANSWER_SHOWN_MAX]
