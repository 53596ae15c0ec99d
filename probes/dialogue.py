"""A talk in lines over a wire: bounded and timed, and able to turn to TLS without being fooled.

Whoever reads knows which line ends an answer (SMTP's ``250 ``, IMAP's tag): nothing here waits for a wished-for text,
so that a refusal is heard as a refusal and not as silence.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

from probes.finding import Failed
from probes.notebook import Notebook
from probes.reason import Reason
from probes.tls import Secured
from probes.transcript import harmless
from probes.wire import Wire, open_wire

LINE_BYTES_MAX: Final = 64 * 1024
TALK_BYTES_MAX: Final = 1024 * 1024
TALK_LINES_MAX: Final = 1000
QUOTE_CHARS_MAX: Final = 200

# A stage gives up this long before the whole look does, so that the detail can say what was missing.
LAST_WORD_S: Final = 0.01
# A farewell is good manners; no customer needs it.
FAREWELL_S: Final = 1.0


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
        self.lost = False
        self._target = target
        self._host = host
        self._clock = asyncio.get_running_loop().time
        self._ends_at = notes.began + target.timeout - LAST_WORD_S
        self._deadline = self._ends_at
        self._patience = ""
        self.awaited = ""
        self.closed = Reason.CONNECTION_CLOSED
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
        limit_s = limit_s or self._target.stage_timeout
        self.awaited, self.closed = awaited, closed
        deadline = self._clock() + limit_s if limit_s else self._ends_at
        self._deadline = min(deadline, self._ends_at)
        in_stage = limit_s is not None and deadline <= self._ends_at
        self._patience = f"within {limit_s:g} s" if in_stage else f"within the {self._target.timeout:g} s of this look"
        with self.notes.phase(name, silence=silence):
            yield

    async def say(self, line: bytes, *, shown: str | None = None) -> None:
        """Say one line; ``shown`` stands in the transcript instead of a line that holds a secret."""
        self.notes.say("us", line if shown is None else shown)
        try:
            async with asyncio.timeout_at(self._deadline):
                await self.wire.send(line + b"\r\n")
        except TimeoutError:
            raise self._late() from None

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
        self._lines_left -= 1
        if self._lines_left < 0:
            raise self.lose(Reason.PROTOCOL, f"said more than {TALK_LINES_MAX} lines in one talk")
        self.notes.say("them", line)
        return line

    async def hear_exactly(self, count: int) -> bytes:
        """Hear so many bytes, whatever they are (an IMAP literal, RFC 9051 section 4.3)."""
        if count > LINE_BYTES_MAX:
            raise self.lose(Reason.PROTOCOL, f"announced {count} bytes at once")
        while len(self._buffer) < count:
            await self._more()
        return self._take(count)

    async def start_tls(self) -> None:
        """Turn to TLS, after STARTTLS was granted.

        What the server said beyond its answer was said by whoever holds the line, before encryption: the wire gets it
        back, and refuses (``starttls_injection``, CVE-2011-0411).
        """
        self.wire.unread(self._take(len(self._buffer)))
        self.lost = True
        await self.wire.start_tls(self._target, self.notes, self._host)
        self.lost = False

    @contextmanager
    def farewell(self, name: str) -> Iterator[None]:
        """Take leave: by now the verdict stands, so this may neither take long nor fail."""
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

    async def _line_end(self) -> int:
        """Where the first line ends, or where it has become too long."""
        while (end := self._buffer.find(b"\n", self._searched)) < 0:
            self._searched = len(self._buffer)
            if self._searched > LINE_BYTES_MAX:
                return self._searched
            await self._more()
        return end

    async def _more(self) -> None:
        try:
            async with asyncio.timeout_at(self._deadline):
                data = await self.wire.receive()
        except TimeoutError:
            raise self._late() from None
        except Failed as found:
            self.lost = True
            if found.reason is not Reason.CONNECTION_CLOSED:
                raise
            raise self._cut_off(self.closed, f"reset the connection before {self.awaited}") from found
        if not data:
            raise self._cut_off(self.closed, f"closed the connection before {self.awaited}")
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise self.lose(Reason.PROTOCOL, f"said more than {TALK_BYTES_MAX // 1024} KiB in one talk")
        self._buffer += data

    def _late(self) -> Failed:
        return self._cut_off(self.notes.silence, f"did not send {self.awaited} {self._patience}")

    def _cut_off(self, reason: Reason, what: str) -> Failed:
        if self._buffer:
            self.notes.say("note", b"cut off in the middle of: " + self._buffer)
        return self.lose(reason, what)

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
