"""What an SMTP server answers (RFC 5321 section 4.2): a code, its lines, and which of them is the last."""

import re
from dataclasses import dataclass
from typing import Final

from probes.dialogue import Dialogue
from probes.finding import Degraded, Failed, Finding
from probes.reason import Reason

REPLY_LINES_MAX: Final = 128
POSITIVE: Final = 2  # the classes of RFC 5321 section 4.2.1 are a code's first digit
TRANSIENT: Final = 4

ANSWER: Final = re.compile(rb"[2-5]\d\d[ -]")

_LINE = re.compile(r"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"\A([245]\.\d{1,3}\.\d{1,3})(?:\s+|\Z)")  # RFC 3463
CLOSING_DOWN: Final = 421  # may answer any command (RFC 5321 section 3.8)


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole reply: its code, and its lines without their codes."""

    code: int
    lines: tuple[str, ...]

    @property
    def enhanced(self) -> str:
        """The enhanced status code of RFC 3463, such as ``5.1.1``, or nothing."""
        match = _ENHANCED.match(self.lines[0])
        return match[1] if match else ""

    @property
    def text(self) -> str:
        """What the server says in words, its lines joined and their enhanced codes left out."""
        return " ".join(_ENHANCED.sub("", line, count=1).strip() for line in self.lines).strip()

    @property
    def transient(self) -> bool:
        """Whether the server says "not now" (4xx) rather than "no" (5xx)."""
        return self.code // 100 == TRANSIENT

    @property
    def positive(self) -> bool:
        """Whether the server says "yes" (2xx)."""
        return self.code // 100 == POSITIVE

    def said(self, talk: Dialogue) -> str:
        """How the reply reads in a sentence: ``550 5.1.1 'User unknown'``."""
        text = talk.quoted(self.text) if self.text else ""
        return " ".join(filter(None, (str(self.code), self.enhanced, text)))


async def hear_reply(talk: Dialogue) -> Reply:
    """Hear one whole reply, however many lines it has. Raises Failed, with ``protocol`` if it breaks the rules."""
    lines: list[str] = []
    while len(lines) < REPLY_LINES_MAX:
        line = (await talk.hear()).decode("utf-8", "backslashreplace")
        match = _LINE.fullmatch(line)
        if match is None:
            raise talk.lose(Reason.PROTOCOL, f"said {talk.quoted(line)}, which is no SMTP reply")
        lines.append(match[3] or "")
        if match[2] != "-":
            return Reply(int(match[1]), tuple(lines))
    raise talk.lose(Reason.PROTOCOL, f"sent a reply of more than {REPLY_LINES_MAX} lines")


async def ask(talk: Dialogue, phase: str, line: str) -> Reply:
    """Say one command, and hear the reply to it, as one stage."""
    verb = line.partition(":<")[0] if ":<" in line else line.partition(" ")[0]
    with talk.stage(phase, f"its answer to {verb}"):
        await talk.say(line.encode())
        return await hear_reply(talk)


def refusal(talk: Dialogue, reply: Reply, asked: str, reason: Reason, *, for_now: Reason | None = None) -> Finding:
    """What an unwanted reply means: "no" is Failed with ``reason``, "not now" is Degraded with ``for_now`` if given.

    A server that is closing down says so in answer to anything, and is unavailable.
    """
    detail = f"{talk.peer} answered {reply.said(talk)} to {asked}"
    if reply.code == CLOSING_DOWN:
        return Failed(Reason.UNAVAILABLE, detail)
    if reply.transient and for_now:
        return Degraded(for_now, detail)
    return Failed(reason, detail)
