"""Looks at an IMAP server as a mail client does, and changes nothing: greeting, TLS, sign-in, a mailbox examined."""

import re
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from probes.command import Commands
from probes.dialogue import open_dialogue
from probes.finding import Failed
from probes.mail import Mail
from probes.mailbox import spelled
from probes.notebook import Notebook
from probes.pattern import Pattern, search
from probes.reason import Reason
from probes.response import ANSWER, UNTAGGED, hear_response
from probes.sasl import Mechanism, SignIn, choose
from probes.target import Port
from probes.transcript import MASK

_AUTH: Final = "AUTH="
_EXISTS = re.compile(r"(\d{1,10}) EXISTS", re.IGNORECASE)


class Imap(Mail):
    """A mail server that is read from. With credentials it signs in, and examines ``mailbox`` without touching it."""

    kind: Literal["imap"] = "imap"
    port: Port = 993
    tls_mode: Literal["implicit", "starttls", "none"] = "implicit"
    mailbox: Annotated[str, Field(min_length=1, max_length=255)] = "INBOX"
    expect_greeting: Pattern | None = None

    summary: ClassVar[str] = "holds mail that is read (IMAP)"

    async def look(self, notes: Notebook) -> None:
        """Ask what a client would ask when it opens the mailbox, and take leave."""
        implicit = self.tls_mode == "implicit"
        async with open_dialogue(
            self, notes, host=self.host, port=self.port, implicit_tls=implicit, peer="the IMAP server"
        ) as talk:
            commands = Commands(talk)
            try:
                await self._converse(commands)
            except Failed as found:
                if talk.lost:
                    raise
                notes.concern(found)
            with talk.farewell("logout"):
                await commands.give("LOGOUT", leaving=True)

    async def _converse(self, commands: Commands) -> None:
        known = await self._hear_greeting(commands)
        if self.tls_mode == "starttls":
            await self._start_tls(commands, known=known)
        if self.credentials and not known:
            await self._sign_in(commands, *self.credentials)
            known = True
        if known:
            await self._examine(commands)

    async def _hear_greeting(self, commands: Commands) -> bool:
        """Whether the server knows us already (PREAUTH)."""
        talk = commands.talk
        with talk.stage("greeting", "its greeting", silence=Reason.GREETING_TIMEOUT, closed=Reason.GREETING):
            greeting = await hear_response(talk)
        if greeting.tag != UNTAGGED or greeting.status not in {"OK", "PREAUTH", "BYE"}:
            said = talk.quoted(f"{greeting.tag} {greeting.rest}")
            raise talk.lose(Reason.PROTOCOL, f"greeted us with {said}, which is no IMAP greeting")
        if greeting.status == "BYE":
            raise greeting.farewell(talk)
        if self.expect_greeting and not search(self.expect_greeting, f"* {greeting.rest}"):
            wanted = f"where '{self.expect_greeting}' was expected"
            raise Failed(Reason.GREETING, f"{talk.peer} greeted us with {greeting.said(talk)} {wanted}")
        return greeting.status == "PREAUTH"

    async def _start_tls(self, commands: Commands, *, known: bool) -> None:
        talk = commands.talk
        if known:  # a client that went on here would go on in the clear (RFC 9051 section 7.1.4)
            raise Failed(Reason.STARTTLS, f"{talk.peer} greeted us with PREAUTH, after which STARTTLS is impossible")
        if "STARTTLS" not in await commands.capabilities("capability"):
            detail = f"TLS not supported by server: {talk.peer} does not offer STARTTLS"
            raise Failed(Reason.STARTTLS_MISSING, detail)
        with talk.stage("starttls", "its answer to STARTTLS"):
            answer = await commands.give("STARTTLS")
        if not answer.ok:
            raise answer.final.refusal(talk, "STARTTLS", Reason.STARTTLS)
        await talk.start_tls(answer=ANSWER)

    async def _sign_in(self, commands: Commands, username: bytes, password: bytes) -> None:
        # What was said before TLS counts no more, so it is asked again (RFC 9051 section 6.2.1).
        capabilities = await commands.capabilities("capability2" if self.tls_mode == "starttls" else "capability")
        talk = commands.talk
        with talk.stage("login", "its answer to our sign-in"):
            if "LOGINDISABLED" not in capabilities:
                asked = "LOGIN"
                answer = await commands.give("LOGIN", username, password, shown=f"LOGIN {self.username} {MASK}")
            else:
                mechanism = self._mechanism(commands, capabilities)
                asked = f"AUTHENTICATE {mechanism.name}"
                signing_in = SignIn(mechanism, username, password)
                answer = await commands.authenticate(signing_in, at_once="SASL-IR" in capabilities)
        if not answer.ok:
            raise answer.final.refusal(talk, asked, Reason.AUTH)

    def _mechanism(self, commands: Commands, capabilities: frozenset[str]) -> Mechanism:
        """How to sign in where LOGIN is forbidden: never with the password in the clear."""
        talk = commands.talk
        offered = [word.removeprefix(_AUTH) for word in capabilities if word.startswith(_AUTH)]
        mechanism = choose(offered, encrypted=talk.wire.encrypted)
        if mechanism is None or (mechanism.plaintext and not talk.wire.encrypted):
            detail = f"{talk.peer} forbids signing in on this connection (LOGINDISABLED), so we kept the password back"
            raise Failed(Reason.AUTH_DISABLED, detail)
        return mechanism

    async def _examine(self, commands: Commands) -> None:
        with commands.talk.stage("select", "its answer to EXAMINE"):
            answer = await commands.give("EXAMINE", spelled(self.mailbox))
        if not answer.ok:
            raise answer.final.refusal(commands.talk, f"EXAMINE {self.mailbox}", Reason.SELECT)
        for said in answer.untagged:
            if match := _EXISTS.fullmatch(said.rest):
                commands.talk.notes.numbers["exists"] = float(match[1])
