"""A talk in lines with one visitor, every line bounded."""

from asyncio import LimitOverrunError, StreamReader, StreamWriter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lines:
    """Both ends of one connection."""

    reader: StreamReader
    writer: StreamWriter

    async def hear(self) -> bytes:
        """One line with its CRLF; ValueError if it is longer than the reader's limit, EOFError if it never ends."""
        try:
            return await self.reader.readuntil(b"\r\n")
        except LimitOverrunError as error:
            raise ValueError("a line without an end") from error

    async def hear_words(self) -> str:
        """One line as text, without its end."""
        return (await self.hear()).decode("utf-8", "replace").strip()

    async def hear_exactly(self, length_bytes: int) -> bytes:
        """As many bytes as were announced; EOFError if the visitor leaves before."""
        return await self.reader.readexactly(length_bytes)

    async def say(self, words: str) -> None:
        """Say one line (or several, with CRLF between them)."""
        self.writer.write(words.encode() + b"\r\n")
        await self.writer.drain()
