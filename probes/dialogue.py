"""A talk in lines over a wire: bounded and timed, and able to turn to TLS without being fooled.

Whoever reads knows which line ends an answer (SMTP's ``250 ``, IMAP's tag): nothing here waits for a wished-for text,
so that a refusal is heard as a refusal and not as silence.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

from probes.finding import Failed, Finding
from probes.notebook import Notebook
from probes.reason import Reason
from probes.tls import Secured
from probes.transcript import harmless
from probes.wire import Wire, open_wire

LINE_BYTES_MAX: Final = 64 * 1024
TALK_BYTES_MAX: Final = 1024 * 1024
TALK_LINES_MAX: Final = 1000
QUOTE_CHARS_MAX: Final = 200

# A farewell is good manners; no customer needs it.
FAREWELL_S: Final = 1.0

_ANYTHING: Final = re.compile(b"")


class Dialogue:
    """One talk with one server. All that is said stands in the notebook's transcript, and in a stage of it.

    ``peer`` is how sentences call the server: "the mail server". ``awaited`` is what we wait for, and ``closed`` the
    reason to give if the connection ends before it. ``lost`` tells that the talk fell apart: no more can be said.
    """

    def __init__(self, wire: Wire, notes: Notebook, target: Secured, *, host: str, peer: str) -> None:
        """Begin a talk over an open wire."""
        self.wire = wire
        self.notes = notes
        self.peer = peer
        self.awaited = "an answer"
        self.closed = Reason.CONNECTION_CLOSED
        self.lost = False
        self._target = target
        self._host = host
        self._instead = ""
        self._limit_s: float | None = None
        self._deadline: float | None = None
        self._buffer = bytearray()
        self._searched = 0
        self._bytes_left = TALK_BYTES_MAX
        self._lines_left = TALK_LINES_MAX

    @contextmanager
    def stage(
        self,
        name: str,
        awaited: str,
        *,
        silence: Reason = Reason.TIMEOUT,
        closed: Reason = Reason.CONNECTION_CLOSED,
        limit_s: float | None = None,
    ) -> Iterator[None]:
        """Begin a stage, which is a phase of the look.

        ``awaited`` completes the sentence "did not send …". ``silence`` and ``closed`` are the reasons to give if
        nothing, or the end of the connection, comes instead within ``limit_s`` (``stage_timeout`` unless told).
        """
        self.awaited, self.closed, self._instead = awaited, closed, ""
        self._limit_s = limit_s or self._target.stage_timeout
        self._deadline = asyncio.get_running_loop().time() + self._limit_s if self._limit_s else None
        with self.notes.phase(name, silence=silence):
            self.notes.overdue = self._missing(self._target.timeout)
            yield

    def heard_instead(self, reason: Reason, words: bytes | str) -> None:
        """What was heard is not what is awaited: from now on, silence or a closed connection are for this reason."""
        self.closed = self.notes.silence = reason
        self._instead = f"; the last it said was {self.quoted(words)}"
        self.notes.overdue = self._missing(self._target.timeout)

    async def say(self, line: bytes, *, shown: str | None = None) -> None:
        """Say one line; ``shown`` stands in the transcript instead of a line that holds a secret."""
        self.notes.say("us", line if shown is None else shown)
        await self._put(line + b"\r\n")

    async def hear(self, *, unended: bool = False) -> bytes:
        """Hear one line, without its end; a bare LF ends it too, since many servers do worse.

        ``unended`` takes the last words before the connection ended for a line as well.
        Raises Failed: the stage's reason if the server is silent or gone, ``protocol`` if it says too much.
        """
        try:
            end = await self._line_end()
        except Failed:
            if not (unended and self._buffer):
                raise
            end = len(self._buffer)
        if end > LINE_BYTES_MAX:
            raise self.lose(Reason.PROTOCOL, f"sent a line of more than {LINE_BYTES_MAX // 1024} KiB")
        line = self._take(end + 1).rstrip(b"\r\n")
        self._count_line()
        self.notes.say("them", line)
        return line

    async def hear_exactly(self, count: int) -> bytes:
        """Hear so many bytes, whatever they are (an IMAP literal, RFC 9051 section 4.3)."""
        if count > LINE_BYTES_MAX:
            raise self.lose(Reason.PROTOCOL, f"announced {count} bytes at once")
        while len(self._buffer) < count:
            await self._more()
        return self._take(count)

    async def audible(self, within_s: float) -> bool:
        """Wait until there is something to hear, but no longer: silence is nobody's fault here."""
        if not self._buffer:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self._more_until(None)
        return bool(self._buffer)

    def renew(self) -> None:
        """Let a long talk go on: from here the server may say as much again as in a whole one."""
        self._bytes_left, self._lines_left = TALK_BYTES_MAX, TALK_LINES_MAX

    async def start_tls(self, *, answer: re.Pattern[bytes] = _ANYTHING) -> None:
        """Turn to TLS, after STARTTLS was granted. ``answer`` is what an answer of this protocol begins with.

        What came along with the grant was said by whoever holds the line, before encryption. If it could pass for an
        answer it was meant to: the wire gets it back, and refuses (``starttls_injection``, CVE-2011-0411). Anything
        else fools nobody; the server just cannot do TLS (``tls_handshake``).
        """
        left = self._take(len(self._buffer))
        if left and not answer.match(left):
            raise self.lose(Reason.TLS_HANDSHAKE, f"granted STARTTLS, and then said {self.quoted(left)}")
        self.wire.unread(left)
        self.lost = True
        await self.wire.start_tls(self._target, self.notes, self._host)
        self.lost = False

    @contextmanager
    def concluding(self) -> Iterator[None]:
        """Write down what is found, and go on to take leave; a talk that fell apart ends here, with the finding."""
        try:
            yield
        except Finding as found:
            if self.lost:
                raise
            self.notes.concern(found)

    @contextmanager
    def farewell(self, name: str) -> Iterator[None]:
        """Take leave: by now the verdict stands, so this may neither take long nor fail."""
        self.notes.settled = True
        with self.stage(name, "its farewell", limit_s=FAREWELL_S), suppress(Failed):
            yield

    def lose(self, reason: Reason, what: str) -> Failed:
        """Give the talk up, because of what the server did."""
        self.lost = True
        return Failed(reason, f"{self.peer} {what}")

    def quoted(self, raw: bytes | str) -> str:
        """The server's words as they may stand in a sentence of ours: masked, harmless, short and in quotes."""
        text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
        text = harmless(self.notes.transcript.mask(text))
        return f"'{text}'" if len(text) <= QUOTE_CHARS_MAX else f"'{text[: QUOTE_CHARS_MAX - 1]}…'"

    async def _put(self, raw: bytes) -> None:
        try:
            async with asyncio.timeout_at(self._deadline):
                await self.wire.send(raw)
        except TimeoutError:
            raise self._late() from None

    def _count_line(self) -> None:
        self._lines_left -= 1
        if self._lines_left < 0:
            raise self.lose(Reason.PROTOCOL, f"said more than {TALK_LINES_MAX} lines in one talk")

    async def _line_end(self) -> int:
        """Where the first line ends, or where it has become too long."""
        while (end := self._buffer.find(b"\n", self._searched)) < 0:
            self._searched = len(self._buffer)
            if self._searched > LINE_BYTES_MAX:
                return self._searched
            await self._more()
        return end

    async def _more_until(self, deadline: float | None) -> None:
        try:
            async with asyncio.timeout_at(deadline):
                data = await self.wire.receive()
        except Failed as found:
            self.lost = True
            if found.reason is not Reason.CONNECTION_CLOSED:
                raise
            raise self._gone("reset") from found
        if not data:
            raise self._gone("closed")
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise self.lose(Reason.PROTOCOL, f"said more than {TALK_BYTES_MAX // 1024} KiB in one talk")
        self._buffer += data

    async def _more(self) -> None:
        try:
            await self._more_until(self._deadline)
        except TimeoutError:
            raise self._late() from None

    def _late(self) -> Failed:
        self._note_rest()
        self.lost = True
        return Failed(self.notes.silence, self._missing(self._limit_s or self._target.timeout))

    def _gone(self, how: str) -> Failed:
        self._note_rest()
        return self.lose(self.closed, f"{how} the connection before {self.awaited}{self._instead}")

    def _missing(self, seconds: float) -> str:
        return f"{self.peer} did not send {self.awaited} within {seconds:g} s{self._instead}"

    def _note_rest(self) -> None:
        if self._buffer:
            self.notes.say("note", b"cut off in the middle of: " + self._buffer)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._searched = 0
        return taken


@asynccontextmanager
async def open_dialogue(
    target: Secured, notes: Notebook, *, host: str, port: int, implicit_tls: bool, peer: str
) -> AsyncIterator[Dialogue]:
    """Connect, turn to TLS first thing if it is implicit, and close in every case."""
    async with open_wire(target, notes, host, port) as wire:
        if implicit_tls:
            await wire.start_tls(target, notes, host)
        yield Dialogue(wire, notes, target, host=host, peer=peer)
