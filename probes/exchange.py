"""One HTTP exchange over a wire: the request is written, and llhttp reads an answer that is bounded in every part."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from probes.finding import Failed, Finding
from probes.inflate import OVERHEAD_BYTES, BadCodingError, codings_of, inflate
from probes.reason import Reason
from probes.transcript import harmless
from probes.wire import Wire

HEAD_BYTES_MAX: Final = 65536
HEADERS_MAX: Final = 200
INTERIM_MAX: Final = 8
INTERIM: Final = frozenset({100, *range(102, 200)})
SENT_AT_ONCE_BYTES: Final = 65536
TLS_CONTENT_TYPES: Final = range(20, 25)
# A body that comes in chunks of one byte costs six bytes each.
FRAMING_PER_BODY_BYTE: Final = 6


@dataclass(slots=True)
class Answer:
    """What the server answered so far. Names of headers are in lower case."""

    status: int = 0
    phrase: str = ""
    version: str = ""
    headers: dict[str, list[str]] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """The header of this name; several of them are joined as one list (RFC 9110, section 5.3)."""
        values = self.headers.get(name)
        return ", ".join(values) if values else None

    @property
    def content_length(self) -> int | None:
        """The length that the server announced, if it did."""
        length = self.get("content-length")
        return int(length) if length and length.isdecimal() else None

    def __str__(self) -> str:
        return f"{self.status} {self.phrase}".rstrip()


class Exchange:
    """A request on a fresh wire, and its answer. ``lasts`` tells that the server left the wire open after it."""

    def __init__(self, wire: Wire, *, body_bytes_max: int, bodiless: bool) -> None:
        """Prepare to ask; ``bodiless`` is true for HEAD, whose answer has no body whatever its headers say."""
        self.answer = Answer()
        self.body = bytearray()
        self.lasts = False
        self._wire = wire
        self._bodiless = bodiless
        self._body_bytes_max = self._raw_bytes_max = body_bytes_max
        self._received = self._headers = self._interim = 0
        self._first = b""
        self._headed = self._complete = False
        self._finding: Finding | None = None
        self._parser = HttpResponseParser(self)
        # Customers' browsers forgive these; a check that did not would tell of outages that nobody has.
        self._parser.set_dangerous_leniencies(
            lenient_data_after_close=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )

    async def ask(self, request: bytes) -> Answer:
        """Send the request, and wait for the status and the headers. Raises Finding."""
        if len(request) <= SENT_AT_ONCE_BYTES:
            await self._wire.send(request)
            await self._hear_head()
        else:
            # A server may refuse a large request before it has read it all, and then read no further.
            async with asyncio.TaskGroup() as group:
                sender = group.create_task(self._wire.send(request))
                await self._hear_head()
                sender.cancel()
        if self._finding and not self._headed:
            raise self._finding
        return self.answer

    async def read(self) -> bytes:
        """Wait for the whole body, and undo its content coding. Raises Finding."""
        while not self._complete and not self._finding:
            data = await self._wire.receive()
            if data:
                self._feed(data)
            else:
                self._end()
        if self._finding:
            raise self._finding
        self.body = bytearray(self._decoded())
        return bytes(self.body)

    async def _hear_head(self) -> None:
        try:
            while not self._headed and not self._finding:
                data = await self._wire.receive()
                self._first = self._first or data
                if data:
                    self._feed(data)
                else:
                    self._end()
        except Finding as found:
            self._finding = found

    def _feed(self, data: bytes) -> None:
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._complete = True
        except HttpParserError as error:
            if not self._complete and not self._finding:
                self._finding = Failed(Reason.PROTOCOL, self._not_http(error))
        overhead = self._received - len(self.body)
        if overhead > HEAD_BYTES_MAX + FRAMING_PER_BODY_BYTE * len(self.body) and not self._complete:
            self._finding = self._finding or Failed(Reason.PROTOCOL, f"more than {HEAD_BYTES_MAX} bytes of headers")

    def _end(self) -> None:
        """The stream has ended: that ends a body without a length, and cuts short everything else."""
        answer = self.answer
        if not self._received:
            self._finding = Failed(Reason.CONNECTION_CLOSED, "the server closed the connection without an answer")
        elif not self._headed:
            self._finding = Failed(Reason.CONNECTION_CLOSED, "the server closed the connection within its headers")
        elif answer.content_length is None and "chunked" not in (answer.get("transfer-encoding") or "").lower():
            self._complete = True
        else:
            of = f" of {answer.content_length}" if answer.content_length else ""
            self._finding = Failed(Reason.BODY_INCOMPLETE, f"the body ended after {len(self.body)}{of} bytes")

    def _not_http(self, error: HttpParserError) -> str:
        if self._headed:
            return f"the answer breaks the rules of HTTP: {error}"
        if self._first[0] in TLS_CONTENT_TYPES:
            return "the server answered our plain HTTP with TLS: its url should begin with https://"
        line = harmless(self._first.split(b"\n", 1)[0])
        return f"the answer is not HTTP: '{line}' ({error})"

    def _decoded(self) -> bytes:
        codings = codings_of(self.answer.get("content-encoding") or "")
        try:
            body = inflate(bytes(self.body), codings, self._body_bytes_max)
        except BadCodingError as error:
            raise Failed(Reason.DECODE, f"the body is not {'+'.join(codings)}: {error}") from error
        if len(body) > self._body_bytes_max:
            self.body = bytearray(body[: self._body_bytes_max])
            raise self._too_large()
        return body

    def _too_large(self) -> Failed:
        return Failed(Reason.BODY_TOO_LARGE, f"the body is larger than {self._body_bytes_max} bytes")

    # From here on: what llhttp calls. An exception stops it, and comes back as an HttpParserError.

    def on_message_begin(self) -> None:
        """An answer begins: the only one, or one after an interim answer (RFC 9110, section 15.2)."""
        self.answer = Answer()

    def on_status(self, phrase: bytes) -> None:
        """A piece of the reason phrase."""
        self.answer.phrase += harmless(phrase)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer: those come too late to count."""
        if self._headed:
            return
        self.answer.headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("utf-8", "replace"))
        self._headers += 1
        if self._headers > HEADERS_MAX:
            self._finding = Failed(Reason.PROTOCOL, f"more than {HEADERS_MAX} headers")
            raise StopIteration

    def on_headers_complete(self) -> None:
        """The head stands."""
        self.answer.status = self._parser.get_status_code()
        self.answer.version = self._parser.get_http_version()
        self._headed = self.answer.status not in INTERIM
        self._complete = self._headed and self._bodiless
        if codings_of(self.answer.get("content-encoding") or ""):
            self._raw_bytes_max = self._body_bytes_max + OVERHEAD_BYTES

    def on_body(self, data: bytes) -> None:
        """A piece of the body."""
        if self._complete:
            return
        self.body += data[: self._raw_bytes_max - len(self.body) + 1]
        if len(self.body) > self._raw_bytes_max:
            del self.body[self._body_bytes_max :]
            self._finding = self._too_large()
            raise StopIteration

    def on_message_complete(self) -> None:
        """The answer is complete, unless it was an interim one."""
        self._complete = self._headed
        self.lasts = self._headed and self._parser.should_keep_alive()
        self._interim += 1
        if self._interim > INTERIM_MAX:
            self._finding = self._finding or Failed(Reason.PROTOCOL, f"more than {INTERIM_MAX} interim answers")
        if self._complete or self._finding:
            raise StopIteration
