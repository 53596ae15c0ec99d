"""The sample IMAP server (RFC 9051, the part that a look needs): one user, one empty mailbox."""

import base64
import re
from dataclasses import dataclass
from typing import Final

from monitor.sample.lines import Lines
from monitor.sample.parts import PASSWORD, USERNAME

COMMANDS_MAX: Final = 1000
LITERAL_BYTES_MAX: Final = 1024
LITERALS_MAX: Final = 8

_LITERAL = re.compile(rb"\{(\d{1,9})(\+?)\}\r\n$")
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_CAPABILITIES: Final = "IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN"
_ANSWERS: Final = {
    "CAPABILITY": (f"* CAPABILITY {_CAPABILITIES}", "OK that is all"),
    "NOOP": ("OK done",),
    "CLOSE": ("OK done",),
    "LOGOUT": ("* BYE until next time", "OK done"),
}
_PLAIN: Final = base64.b64encode(f"\0{USERNAME}\0{PASSWORD}".encode()).decode()


@dataclass(slots=True)
class ImapTalk:
    """How the server talks with one visitor."""

    lines: Lines
    signed_in: bool = False

    async def run(self) -> None:
        """Greet, and answer every command until LOGOUT."""
        await self.lines.say(f"* OK [CAPABILITY {_CAPABILITIES}] sample ready")
        for _ in range(COMMANDS_MAX):
            words = await self._command()
            tag, verb = (words[0] if words else "*"), (words[1].upper() if len(words) > 1 else "")
            for line in await self._answer(verb, words[2:]):
                await self.lines.say(f"{tag} {line}" if not line.startswith("* ") else line)
            if verb == "LOGOUT":
                return

    async def _answer(self, verb: str, words: list[str]) -> tuple[str, ...]:
        match verb:
            case "LOGIN":
                return self._sign_in(words == [USERNAME, PASSWORD])
            case "AUTHENTICATE":
                return await self._authenticate(words)
            case "SELECT" | "EXAMINE" | "STATUS" if self.signed_in:
                return self._select(verb, words)
            case _:
                return _ANSWERS.get(verb, ("BAD no such command here, or not now",))

    def _sign_in(self, right: bool) -> tuple[str, ...]:  # noqa: FBT001 - the one thing it is told
        self.signed_in = right
        return (
            f"OK [CAPABILITY {_CAPABILITIES}] welcome" if right else "NO [AUTHENTICATIONFAILED] wrong user or password",
        )

    async def _authenticate(self, words: list[str]) -> tuple[str, ...]:
        if not words or words[0].upper() != "PLAIN":
            return ("NO [CANNOT] no such mechanism here",)
        if len(words) == 1:
            await self.lines.say("+ ")
            words = [*words, await self.lines.hear_words()]
        return self._sign_in(words[1] == _PLAIN)

    def _select(self, verb: str, words: list[str]) -> tuple[str, ...]:
        if not words or words[0].upper() != "INBOX":
            return ("NO [NONEXISTENT] no such mailbox",)
        if verb == "STATUS":
            return "* STATUS INBOX (MESSAGES 0)", "OK done"
        rights = "READ-ONLY" if verb == "EXAMINE" else "READ-WRITE"
        return (
            "* FLAGS (\\Seen)",
            "* 0 EXISTS",
            "* 0 RECENT",
            "* OK [UIDVALIDITY 1] ids are valid",
            f"OK [{rights}] done",
        )

    async def _command(self) -> list[str]:
        """Read one command, literals included (RFC 9051, 4.3), as its words."""
        words: list[str] = []
        for _ in range(LITERALS_MAX):
            line = await self.lines.hear()
            literal = _LITERAL.search(line)
            text = line[: literal.start()] if literal else line
            words += [_unquote(match) for match in _WORD.finditer(text.decode("utf-8", "replace"))]
            if literal is None:
                return words
            words.append(await self._literal(int(literal[1]), literal[2] == b""))
        raise ValueError("too many literals in one command")

    async def _literal(self, length: int, waits: bool) -> str:  # noqa: FBT001 - as the grammar has it
        if length > LITERAL_BYTES_MAX:
            raise ValueError("a literal that is too long")
        if waits:
            await self.lines.say("+ go on")
        return (await self.lines.hear_exactly(length)).decode("utf-8", "replace")


def _unquote(match: re.Match[str]) -> str:
    return re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2]
