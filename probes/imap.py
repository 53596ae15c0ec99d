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
from probes.sasl import Login, Mechanism, SignIn, choose
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
    leaves_open: ClassVar[bool] = True

    async def look(self, notes: Notebook) -> None:
        """Ask what a client would ask when it opens the mailbox, and take leave."""
        implicit = self.tls_mode == "implicit"
        async with open_dialogue(
            self, notes, host=self.host, port=self.port, implicit_tls=implicit, peer="the IMAP server"
        ) as talk:
            commands, known = Commands(talk), False
            with talk.concluding():
                known = await self._converse(commands)
            if notes.may_keep and (await self._stay(commands, known=known) or talk.lost):
                return
            with talk.farewell("logout"):
                await commands.give("LOGOUT", leaving=True)

    async def _stay(self, commands: Commands, *, known: bool) -> bool:
        """Leave the connection standing; a server that knows us is told that we only listen (IDLE)."""
        with commands.talk.farewell("idle"):
            if not known or await commands.idle():
                commands.talk.wire.leave_standing(commands.talk.notes)
                return True
        return False

    async def _converse(self, commands: Commands) -> bool:
        """Whether the server knows us in the end."""
        known = await self.enter(commands)
        if known:
            await self._examine(commands)
        return known

    async def enter(self, commands: Commands) -> bool:
        """Go as far as the server lets us in: greeting, TLS, sign-in. Whether it knows us then. Raises Finding."""
        known = await self._hear_greeting(commands)
        if self.tls_mode == "starttls":
            await self._start_tls(commands, known=known)
        if self.signs_in and not known:
            # What was said before TLS counts no more, so it is asked again (RFC 9051 section 6.2.1).
            capabilities = await commands.capabilities("capability2" if self.tls_mode == "starttls" else "capability")
            async with self.login(commands.talk.notes) as login:
                await self._sign_in(commands, capabilities, login)
            known = True
        return known

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

    async def _sign_in(self, commands: Commands, capabilities: frozenset[str], login: Login) -> None:
        talk = commands.talk
        with talk.stage("login", "its answer to our sign-in"):
            if not login.bearer and "LOGINDISABLED" not in capabilities:
                shown = f"LOGIN {self.username} {MASK}"
                answer = await commands.give("LOGIN", login.username, login.secret, shown=shown)
                asked, signing_in = "LOGIN", None
            else:
                mechanism = self._mechanism(commands, capabilities, bearer=login.bearer)
                signing_in = SignIn(mechanism, login.username, login.secret)
                asked = f"AUTHENTICATE {mechanism.name}"
                answer = await commands.authenticate(signing_in, at_once="SASL-IR" in capabilities)
        if not answer.ok:
            found = answer.final.refusal(talk, asked, Reason.AUTH)
            raise signing_in.explained(found, talk) if signing_in else found

    def _mechanism(self, commands: Commands, capabilities: frozenset[str], *, bearer: bool) -> Mechanism:
        """How to sign in where LOGIN will not do: where it is forbidden, never with a secret in the clear."""
        talk = commands.talk
        offered = [word.removeprefix(_AUTH) for word in capabilities if word.startswith(_AUTH)]
        mechanism = choose(offered, encrypted=talk.wire.encrypted, bearer=bearer)
        shows = mechanism is None or (mechanism.plaintext and not talk.wire.encrypted)
        if shows and "LOGINDISABLED" in capabilities:
            detail = f"{talk.peer} forbids signing in on this connection (LOGINDISABLED), so we kept the password back"
            raise Failed(Reason.AUTH_DISABLED, detail)
        if mechanism is None:
            detail = f"{talk.peer} offers no way of signing in with an access token that we know"
            raise Failed(Reason.AUTH_MECHANISM, detail)
        return mechanism

    async def _examine(self, commands: Commands) -> None:
        with commands.talk.stage("select", "its answer to EXAMINE"):
            answer = await commands.give("EXAMINE", spelled(self.mailbox))
        if not answer.ok:
            raise answer.final.refusal(commands.talk, f"EXAMINE {self.mailbox}", Reason.SELECT)
        for said in answer.untagged:
            if match := _EXISTS.fullmatch(said.rest):
                commands.talk.notes.numbers["exists"] = float(match[1])
