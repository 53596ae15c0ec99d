"""Looks at a POP3 server as a mail client does, and fetches nothing: greeting, TLS, sign-in, how many mails wait."""

import hashlib
import re
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from probes.dialogue import Dialogue, open_dialogue
from probes.finding import Failed
from probes.mail import Mail
from probes.notebook import Notebook
from probes.pattern import Pattern, search
from probes.reason import Reason
from probes.sasl import Login, SignIn, choose
from probes.status import ANSWER, Status, ask, hear_lines, hear_status
from probes.target import Port
from probes.transcript import MASK

_TIMESTAMP = re.compile(r"<[^<>\s@]++@[^<>\s]++>")  # possessive (++), so that no greeting takes long to search
_WAITING = re.compile(r"(\d{1,10}) \d+.*", re.DOTALL)


class Pop3(Mail):
    """A mail server that mail is fetched from. With credentials it signs in, and counts without fetching."""

    kind: Literal["pop3"] = "pop3"
    port: Port = 995
    tls_mode: Literal["implicit", "starttls", "none"] = "implicit"
    expect_greeting: Pattern | None = None

    summary: ClassVar[str] = "holds mail that is fetched (POP3)"
    leaves_open: ClassVar[bool] = True

    @model_validator(mode="after")
    def _credentials_fit_a_line(self) -> Self:
        if any(end in word for word in self.credentials or () for end in (b"\r", b"\n")):
            raise ValueError("a username or password for POP3 cannot hold a line's end")
        return self

    async def look(self, notes: Notebook) -> None:
        """Ask what a client would ask before it fetches, and take leave."""
        implicit = self.tls_mode == "implicit"
        async with open_dialogue(
            self, notes, host=self.host, port=self.port, implicit_tls=implicit, peer="the POP3 server"
        ) as talk:
            with talk.concluding():
                await self._converse(talk)
            if notes.may_keep and not self.signs_in:  # signing in has locked the mailbox (RFC 1939 section 4)
                talk.wire.leave_standing(notes)
                return
            with talk.farewell("quit"):
                await talk.say(b"QUIT")
                await hear_status(talk)

    async def _converse(self, talk: Dialogue) -> None:
        greeting = await self._hear_greeting(talk)
        if self.tls_mode == "starttls":
            await self._start_tls(talk)
        if self.signs_in:
            # What was said before TLS counts no more, so it is asked again (RFC 2595 section 4).
            offered = await _capabilities(talk, "capa2" if self.tls_mode == "starttls" else "capa")
            async with self.login(talk.notes) as login:
                await _sign_in(talk, greeting, offered, login)
            await self._count(talk)

    async def _hear_greeting(self, talk: Dialogue) -> str:
        with talk.stage("greeting", "its greeting", silence=Reason.GREETING_TIMEOUT, closed=Reason.GREETING):
            status = await hear_status(talk)
        if not status.ok:
            raise Failed(status.reason(Reason.GREETING), f"{talk.peer} greeted us with {status.said(talk)}")
        if self.expect_greeting and not search(self.expect_greeting, f"+OK {status.text}"):
            wanted = f"where '{self.expect_greeting}' was expected"
            raise Failed(Reason.GREETING, f"{talk.peer} greeted us with {status.said(talk)} {wanted}")
        return status.text

    async def _start_tls(self, talk: Dialogue) -> None:
        if "STLS" not in (await _capabilities(talk, "capa") or {}):
            detail = f"TLS not supported by server: {talk.peer} does not offer STLS"
            raise Failed(Reason.STARTTLS_MISSING, detail)
        status = await ask(talk, "starttls", b"STLS")
        if not status.ok:
            raise status.refusal(talk, "STLS", Reason.STARTTLS)
        await talk.start_tls(answer=ANSWER)

    async def _count(self, talk: Dialogue) -> None:
        status = await ask(talk, "stat", b"STAT")
        if not status.ok:
            raise status.refusal(talk, "STAT", Reason.SELECT)
        if match := _WAITING.fullmatch(status.text):
            talk.notes.numbers["exists"] = float(match[1])


async def _sign_in(talk: Dialogue, greeting: str, offered: dict[str, tuple[str, ...]] | None, login: Login) -> None:
    timestamp = _TIMESTAMP.search(greeting)
    if login.bearer:
        await _sign_in_by_sasl(talk, (offered or {}).get("SASL", ()), login)
    elif timestamp and not talk.wire.encrypted:
        await _sign_in_by_digest(talk, timestamp[0].encode(), login.username, login.secret)
    elif offered is None or "USER" in offered:
        await _sign_in_by_password(talk, login.username, login.secret)
    else:
        await _sign_in_by_sasl(talk, offered.get("SASL", ()), login)


async def _capabilities(talk: Dialogue, phase: str) -> dict[str, tuple[str, ...]] | None:
    """What the server offers, or None if it does not tell, as it need not (RFC 2449)."""
    with talk.stage(phase, "its answer to CAPA"):
        await talk.say(b"CAPA")
        if not (await hear_status(talk)).ok:
            return None
        offers = [line.upper().split() for line in await hear_lines(talk)]
    return {verb: tuple(words) for verb, *words in filter(None, offers)}


async def _sign_in_by_digest(talk: Dialogue, timestamp: bytes, username: bytes, password: bytes) -> None:
    digest = hashlib.md5(timestamp + password, usedforsecurity=False).hexdigest()  # as RFC 1939 section 7 has it
    line = b"APOP " + username + b" " + digest.encode()
    _welcomed(talk, await ask(talk, "login", line, shown=f"APOP {username.decode()} {MASK}"), "APOP")


async def _sign_in_by_password(talk: Dialogue, username: bytes, password: bytes) -> None:
    _welcomed(talk, await ask(talk, "login", b"USER " + username), "USER")
    _welcomed(talk, await ask(talk, "login", b"PASS " + password, shown=f"PASS {MASK}"), "PASS")


async def _sign_in_by_sasl(talk: Dialogue, offered: tuple[str, ...], login: Login) -> None:
    mechanism = choose(offered, encrypted=talk.wire.encrypted, bearer=login.bearer)
    if mechanism is None and login.bearer:
        detail = f"{talk.peer} offers no way of signing in with an access token that we know"
        raise Failed(Reason.AUTH_MECHANISM, detail)
    if mechanism is None or (mechanism.plaintext and not talk.wire.encrypted and not login.bearer):
        detail = f"{talk.peer} does not offer USER on this connection, so we kept the password back"
        raise Failed(Reason.AUTH_DISABLED, detail)
    signing_in = SignIn(mechanism, login.username, login.secret)
    command = f"AUTH {mechanism.name}"
    with talk.stage("login", f"its answer to {command}"):
        await talk.say(command.encode())
        while (status := await hear_status(talk)).word == "+":
            await talk.say(signing_in.answer(status.text.encode()), shown=MASK)
    if not status.ok:
        raise signing_in.explained(status.refusal(talk, command, Reason.AUTH), talk)


def _welcomed(talk: Dialogue, status: Status, asked: str) -> None:
    if not status.ok:
        raise status.refusal(talk, asked, Reason.AUTH)
