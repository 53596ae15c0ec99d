"""Our side of an IMAP talk (RFC 9051 section 6): commands one at a time, each with its tag and its answer."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from probes.dialogue import Dialogue
from probes.finding import Failed
from probes.reason import Reason
from probes.response import CONTINUATION, UNTAGGED, Response, hear_response
from probes.sasl import SignIn
from probes.transcript import MASK

INITIAL_BYTES_MAX: Final = 8000  # RFC 7162 section 4 asks servers to take commands of 8192 bytes

_FINAL: Final = frozenset({"OK", "NO", "BAD"})
_QUOTABLE = re.compile(rb"[ -~]{0,1000}")


@dataclass(frozen=True, slots=True)
class Answer:
    """How the server ended a command, and what it said untagged on the way."""

    final: Response
    untagged: tuple[Response, ...]

    @property
    def ok(self) -> bool:
        """Whether the command succeeded."""
        return self.final.status == "OK"


class Commands:
    """Gives commands, one at a time. Each method raises Failed if no whole answer comes."""

    def __init__(self, talk: Dialogue) -> None:
        """Begin to count tags."""
        self.talk = talk
        self._count = 0

    async def give(self, verb: str, *words: bytes, shown: str | None = None, leaving: bool = False) -> Answer:
        """Give a command with words of any bytes; ``shown`` stands in the transcript for words that are secret."""
        first, *literals = _lines(verb, words)
        left = iter(literals)
        return await self._run(first, lambda _: _next(left, verb), shown=shown, leaving=leaving)

    async def authenticate(self, signing_in: SignIn, *, at_once: bool) -> Answer:
        """Sign in by SASL; ``at_once`` sends the initial response along (SASL-IR, RFC 4959)."""
        command = f"AUTHENTICATE {signing_in.name}"
        initial = signing_in.begin(INITIAL_BYTES_MAX if at_once else 0)
        first = command.encode() + (b" " + initial if initial else b"")
        return await self._run(first, signing_in.answer, shown=f"{command} {MASK}" if initial else command)

    async def idle(self) -> bool:
        """Fall silent (IDLE, RFC 2177), after which no command can be given; False if the server will not."""
        self._count += 1
        await self.talk.say(f"a{self._count} IDLE".encode())
        while (response := await hear_response(self.talk)).tag == UNTAGGED:
            pass
        return response.tag == CONTINUATION

    async def listen(self, within_s: float) -> None:
        """Wait until the server tells news of its own accord (IDLE, RFC 2177), but no longer than so many seconds.

        It may be over at once: the server may refuse, or have news all the time.
        """
        self._count += 1
        tag = f"a{self._count}"
        await self.talk.say(f"{tag} IDLE".encode())
        while (response := await hear_response(self.talk)).tag != tag:
            if response.tag == CONTINUATION:
                await self.talk.audible(within_s)
                await self.talk.say(b"DONE")
            elif response.status == "BYE":
                raise response.farewell(self.talk)

    async def capabilities(self, phase: str) -> frozenset[str]:
        """Ask for the server's capabilities, as a stage of its own; one that does not know the command has none."""
        with self.talk.stage(phase, "its answer to CAPABILITY"):
            answer = await self.give("CAPABILITY")
        if answer.final.status == "NO":
            raise answer.final.refusal(self.talk, "CAPABILITY", Reason.PROTOCOL)
        offers = (said.rest.upper().split() for said in answer.untagged)
        return frozenset(word for verb, *words in offers if verb == "CAPABILITY" for word in words)

    async def _run(
        self, first: bytes, respond: Callable[[bytes], bytes], *, shown: str | None, leaving: bool = False
    ) -> Answer:
        self._count += 1
        tag = f"a{self._count}"
        await self.talk.say(f"{tag} ".encode() + first, shown=shown and f"{tag} {shown}")
        untagged: list[Response] = []
        while (response := await hear_response(self.talk)).tag != tag:
            if response.tag == CONTINUATION:
                await self.talk.say(respond(response.rest.encode()), shown=MASK)
            elif response.tag != UNTAGGED:
                raise self._unwanted(response)
            elif response.status == "BYE" and not leaving:
                raise response.farewell(self.talk)
            else:
                untagged.append(response)
        if response.status not in _FINAL:
            raise self._unwanted(response)
        return Answer(response, tuple(untagged))

    def _unwanted(self, response: Response) -> Failed:
        said = self.talk.quoted(f"{response.tag} {response.rest}")
        return self.talk.lose(Reason.PROTOCOL, f"said {said} instead of {self.talk.awaited}")


def _lines(verb: str, words: Sequence[bytes]) -> list[bytes]:
    """A command's lines: words in quotes where they can be, else as literals, each of which begins a line."""
    lines = [verb.encode()]
    for word in words:
        if _QUOTABLE.fullmatch(word):
            lines[-1] += b' "' + word.replace(b"\\", rb"\\").replace(b'"', rb"\"") + b'"'
        else:
            lines[-1] += b" {%d}" % len(word)
            lines.append(word)
    return lines


def _next(left: Iterator[bytes], verb: str) -> bytes:
    for line in left:
        return line
    raise Failed(Reason.PROTOCOL, f"the server asks for more than {verb} has to say")
