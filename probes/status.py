"""What a POP3 server answers (RFC 1939): ``+OK`` or ``-ERR``, and to some commands lines up to a lone dot."""

import re
from dataclasses import dataclass
from typing import Final

from probes.dialogue import Dialogue
from probes.finding import Failed
from probes.reason import Reason

LINES_MAX: Final = 128
ANSWER: Final = re.compile(rb"\+OK|-ERR|\+ ")

_STATUS = re.compile(r"(\+OK|-ERR|\+)(?: (?:\[([^\]]*)\] ?)?(.*))?", re.DOTALL)
_REASONS: Final = {  # the response codes of RFC 2449 and RFC 3206
    "AUTH": Reason.AUTH,
    "IN-USE": Reason.UNAVAILABLE,
    "LOGIN-DELAY": Reason.LIMIT,
    "SYS/PERM": Reason.UNAVAILABLE,
    "SYS/TEMP": Reason.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class Status:
    """One status line: ``word`` is ``+OK``, ``-ERR``, or ``+`` for a challenge; ``code`` is such as ``SYS/TEMP``."""

    word: str
    code: str
    text: str

    @property
    def ok(self) -> bool:
        """Whether the server says yes."""
        return self.word == "+OK"

    def reason(self, otherwise: Reason) -> Reason:
        """What its code says, or else this."""
        return _REASONS.get(self.code, otherwise)

    def said(self, talk: Dialogue) -> str:
        """How the status reads in a sentence: ``-ERR [SYS/TEMP] 'try later'``."""
        code = f"[{self.code}]" if self.code else ""
        return " ".join(filter(None, (self.word, code, talk.quoted(self.text) if self.text else "")))

    def refusal(self, talk: Dialogue, asked: str, otherwise: Reason) -> Failed:
        """What it means that the server answered so."""
        return Failed(self.reason(otherwise), f"{talk.peer} answered {self.said(talk)} to {asked}")


async def hear_status(talk: Dialogue) -> Status:
    """Hear one status line. Raises Failed, with ``protocol`` if it is none."""
    line = (await talk.hear()).decode("utf-8", "backslashreplace")
    match = _STATUS.fullmatch(line)
    if match is None:
        raise talk.lose(Reason.PROTOCOL, f"said {talk.quoted(line)}, which is no POP3 status")
    word, code, text = match.groups(default="")
    return Status(word, code.upper(), text.strip())


async def hear_lines(talk: Dialogue) -> tuple[str, ...]:
    """Hear the lines that follow some statuses, up to the lone dot."""
    lines: list[str] = []
    while len(lines) < LINES_MAX:
        line = (await talk.hear()).decode("utf-8", "backslashreplace")
        if line == ".":
            return tuple(lines)
        lines.append(line.removeprefix("."))
    raise talk.lose(Reason.PROTOCOL, f"sent a list of more than {LINES_MAX} lines")


async def ask(talk: Dialogue, phase: str, line: bytes, *, shown: str | None = None) -> Status:
    """Say one command, and hear its status, as one stage."""
    verb = line.partition(b" ")[0].decode()
    with talk.stage(phase, f"its answer to {verb}"):
        await talk.say(line, shown=shown)
        return await hear_status(talk)
