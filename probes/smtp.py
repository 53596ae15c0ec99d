"""Looks at an SMTP or LMTP server as a mail client does: greeting, TLS, sign-in and envelope, but never a message."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from probes.auth import sign_in
from probes.dialogue import Dialogue, open_dialogue
from probes.envelope import Address, Code, offer_recipient, offer_sender
from probes.finding import Degraded, Failed
from probes.mail import Mail
from probes.notebook import Notebook
from probes.reason import Reason
from probes.reply import ANSWER, Reply, ask, hear_reply, refusal
from probes.target import Port

_HELO: Final = re.compile(r"[!-~]{1,255}")


def _plain_helo(text: str) -> str:
    if not _HELO.fullmatch(text):
        raise ValueError('should be our own name, such as "monitor.example.com", or an address such as "[192.0.2.1]"')
    return text


Helo = Annotated[str, AfterValidator(_plain_helo)]
Capabilities = Mapping[str, tuple[str, ...]]

_READY: Final = 220
_DONE: Final = 250
_REFUSED: Final = 400


class Smtp(Mail):
    """A mail server that takes mail.

    An empty ``mail_from`` is the null sender. ``tls_mode = "opportunistic"`` takes TLS where it is offered, but gives
    no password away without it.
    """

    kind: Literal["smtp"] = "smtp"
    port: Port = 587
    tls_mode: Literal["starttls", "opportunistic", "implicit", "none"] = "starttls"
    tripwire: bool = False  # mail servers have few places for idle clients, and say so in their logs
    helo: Helo = "localhost"
    expect_greeting: Code = _READY
    lmtp: bool = False
    mail_from: Address | None = None
    rcpt_to: Address | None = None
    expect_rcpt: Annotated[tuple[Code, ...], Field(min_length=1)] = (_DONE,)

    summary: ClassVar[str] = "takes mail (SMTP, submission, LMTP)"
    leaves_open: ClassVar[bool] = True

    @model_validator(mode="after")
    def _envelope_is_whole(self) -> Self:
        if self.rcpt_to is not None and self.mail_from is None:
            raise ValueError('rcpt_to needs a mail_from; mail_from = "" is the null sender')
        return self

    async def look(self, notes: Notebook) -> None:
        """Ask what a client would ask, up to the recipient, and take leave before any message."""
        implicit = self.tls_mode == "implicit"
        async with open_dialogue(
            self, notes, host=self.host, port=self.port, implicit_tls=implicit, peer="the mail server"
        ) as talk:
            with talk.concluding():
                await self._converse(talk)
            if notes.may_keep:
                talk.wire.leave_standing(notes)
                return
            with talk.farewell("quit"):
                await talk.say(b"QUIT")
                await hear_reply(talk)

    async def _converse(self, talk: Dialogue) -> None:
        if self.expect_greeting >= _REFUSED:
            await self._hear_greeting(talk)
            return  # a server that turns everybody away, as it should, has nothing more to say
        await self.enter(talk)
        if self.mail_from is not None:
            await offer_sender(talk, self.mail_from)
        if self.rcpt_to is not None:
            await offer_recipient(talk, self.rcpt_to, self.expect_rcpt)

    async def enter(self, talk: Dialogue) -> None:
        """Go as far as the server lets us in: greeting, TLS, sign-in. Raises Finding."""
        await self._hear_greeting(talk)
        capabilities = await self._say_hello(talk, "ehlo")
        if self.tls_mode in {"starttls", "opportunistic"} and await self._start_tls(talk, capabilities):
            capabilities = await self._say_hello(talk, "ehlo2")  # what was said in the clear counts no more
        if self.signs_in:
            await self._sign_in(talk, capabilities.get("AUTH", ()))

    async def _hear_greeting(self, talk: Dialogue) -> None:
        with talk.stage("greeting", "its greeting", silence=Reason.GREETING_TIMEOUT, closed=Reason.GREETING):
            reply = await hear_reply(talk)
        if reply.code != self.expect_greeting:
            reason = Reason.UNAVAILABLE if reply.transient else Reason.GREETING
            detail = f"{talk.peer} greeted us with {reply.said(talk)} where {self.expect_greeting} was expected"
            raise Failed(reason, detail)

    async def _say_hello(self, talk: Dialogue, phase: str) -> Capabilities:
        hello = "LHLO" if self.lmtp else "EHLO"
        reply = await ask(talk, phase, f"{hello} {self.helo}")
        if reply.code == _DONE:
            return _capabilities(reply)
        if not self.lmtp and not reply.transient:  # a server from before 1995 knows only HELO
            hello, reply = "HELO", await ask(talk, phase, f"HELO {self.helo}")
            if reply.code == _DONE:
                return {}
        raise refusal(talk, reply, hello, Reason.EHLO)

    async def _start_tls(self, talk: Dialogue, capabilities: Capabilities) -> bool:
        required = self.tls_mode == "starttls"
        if "STARTTLS" not in capabilities:
            if required:
                detail = f"TLS not supported by server: {talk.peer} does not offer STARTTLS"
                raise Failed(Reason.STARTTLS_MISSING, detail)
            return False
        reply = await ask(talk, "starttls", "STARTTLS")
        if reply.code == _READY:
            await talk.start_tls(answer=ANSWER)
            return True
        found = refusal(talk, reply, "STARTTLS", Reason.STARTTLS)
        if required or found.reason is Reason.UNAVAILABLE:
            raise found
        talk.notes.concern(Degraded(found.reason, f"{found.detail}, though it offers it"))
        return False

    async def _sign_in(self, talk: Dialogue, offered: tuple[str, ...]) -> None:
        if self.tls_mode == "opportunistic" and not talk.wire.encrypted:
            raise Failed(Reason.NOT_TLS, f"{talk.peer} did not encrypt the connection, so we kept the password back")
        async with self.login(talk.notes) as login:
            await sign_in(talk, offered, login)


def _capabilities(reply: Reply) -> Capabilities:
    offers = (line.upper().replace("AUTH=", "AUTH ").split() for line in reply.lines[1:])
    return {words[0]: tuple(words[1:]) for words in offers if words}
