"""The sample SMTP server (RFC 5321): signs in its one user, and hands the mails it takes to whoever asked for them."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from monitor.sample.lines import Lines
from monitor.sample.parts import PASSWORD, USERNAME

MAIL_BYTES_MAX: Final = 256 * 1024
RECIPIENTS_MAX: Final = 100
COMMANDS_MAX: Final = 1000

_ANSWERS: Final = {
    "EHLO": f"250-mail.sample.test\r\n250-SIZE {MAIL_BYTES_MAX}\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
    "HELO": "250 mail.sample.test",
    "NOOP": "250 2.0.0 still here",
}
_SIGNED_IN: Final = b"\0" + USERNAME.encode() + b"\0" + PASSWORD.encode()


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it came: the envelope, and the text with its header."""

    sender: str
    recipients: tuple[str, ...]
    text: str


@dataclass(slots=True)
class SmtpTalk:
    """How the server talks with one visitor; ``keep`` is called once for each mail that was taken whole."""

    lines: Lines
    keep: Callable[[Mail], None]
    sender: str | None = None
    recipients: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Greet, and answer every command until QUIT."""
        await self.lines.say("220 mail.sample.test ESMTP ready")
        for _ in range(COMMANDS_MAX):
            verb, _, rest = (await self.lines.hear_words()).partition(" ")
            if verb.upper() == "QUIT":
                await self.lines.say("221 2.0.0 goodbye")
                return
            await self.lines.say(await self._answer(verb.upper(), rest))

    async def _answer(self, verb: str, rest: str) -> str:
        match verb:
            case "AUTH":
                return await self._auth(rest)
            case "MAIL":
                return self._mail(rest)
            case "RCPT":
                return self._rcpt(rest)
            case "DATA":
                return await self._data()
            case "RSET":
                self._forget()
                return "250 2.0.0 forgotten"
            case _:
                return _ANSWERS.get(verb, "502 5.5.2 no such command here")

    async def _auth(self, rest: str) -> str:
        mechanism, _, initial = rest.partition(" ")
        match mechanism.upper():
            case "PLAIN":
                given = _decode(initial or await self._ask("334 "))
            case "LOGIN":
                username = _decode(initial or await self._ask("334 VXNlcm5hbWU6"))
                given = b"\0" + username + b"\0" + _decode(await self._ask("334 UGFzc3dvcmQ6"))
            case _:
                return "504 5.5.4 no such mechanism here"
        return "235 2.7.0 welcome" if given == _SIGNED_IN else "535 5.7.8 wrong user or password"

    def _mail(self, rest: str) -> str:
        if not rest.upper().startswith("FROM:"):
            return "501 5.5.4 say MAIL FROM:<address>"
        self._forget()
        self.sender = _address(rest[5:])
        return "250 2.1.0 sender noted"

    def _rcpt(self, rest: str) -> str:
        if self.sender is None:
            return "503 5.5.1 say MAIL FROM first"
        if not rest.upper().startswith("TO:"):
            return "501 5.5.4 say RCPT TO:<address>"
        if len(self.recipients) >= RECIPIENTS_MAX:
            return "452 4.5.3 too many recipients"
        if _address(rest[3:]).startswith("nobody@"):
            return "550 5.1.1 nobody lives here"
        self.recipients.append(_address(rest[3:]))
        return "250 2.1.5 recipient noted"

    async def _data(self) -> str:
        if self.sender is None or not self.recipients:
            return "503 5.5.1 say MAIL FROM and RCPT TO first"
        await self.lines.say("354 go on, and end with a dot")
        text: list[bytes] = []
        left = MAIL_BYTES_MAX
        while (line := await self.lines.hear()) != b".\r\n":
            left -= len(line)
            if left >= 0:
                text.append(line.removeprefix(b"."))
        if left >= 0:
            self.keep(Mail(self.sender, tuple(self.recipients), b"".join(text).decode("utf-8", "replace")))
        self._forget()
        return "250 2.0.0 taken" if left >= 0 else "552 5.3.4 too much"

    def _forget(self) -> None:
        self.sender = None
        self.recipients.clear()

    async def _ask(self, words: str) -> str:
        await self.lines.say(words)
        return await self.lines.hear_words()


def _address(argument: str) -> str:
    return argument.strip().partition(" ")[0].strip("<>")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
