"""A server that talks in lines as a script tells it, on loopback; and looks at it with short timeouts."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from probes.imap import Imap
from probes.look import Result, look
from probes.pop3 import Pop3
from probes.smtp import Smtp
from probes.tcp import Tcp

Script = Callable[["Visitor"], Awaitable[None]]


@dataclass(slots=True)
class Visitor:
    """One connection, seen from the server; ``heard`` is every line that any visitor said."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: list[bytes]

    async def say(self, *lines: str | bytes) -> None:
        """Say lines, in one segment."""
        raw = (line.encode() if isinstance(line, str) else line for line in lines)
        self.writer.write(b"".join(line + b"\r\n" for line in raw))
        await self.writer.drain()

    async def hear(self) -> bytes:
        """The next line, without its end; raises EOFError when the visitor is gone."""
        line = await self.reader.readline()
        if not line:
            raise EOFError
        self.heard.append(line.rstrip(b"\r\n"))
        return self.heard[-1]

    async def hear_exactly(self, count: int) -> bytes:
        """So many bytes."""
        raw = await self.reader.readexactly(count)
        self.heard.append(raw)
        return raw

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """Turn to TLS."""
        await self.writer.start_tls(context)

    async def stay_silent(self) -> None:
        """Say nothing until the visitor leaves."""
        while await self.reader.read(65536):
            pass


@dataclass(slots=True)
class Server:
    """Where it listens, and what it heard."""

    port: int
    heard: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def serving(script: Script, context: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serve every visitor by the script."""
    server = Server(0)
    talks: set[asyncio.Task[None]] = set()

    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        with suppress(EOFError, ConnectionError, ssl.SSLError, asyncio.CancelledError):
            await script(Visitor(reader, writer, server.heard))
        writer.close()

    listener = await asyncio.start_server(welcome, "127.0.0.1", 0, ssl=context, limit=2**20)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks)


def answering(
    greeting: str | bytes, answers: Mapping[str, str | bytes], context: ssl.SSLContext | None = None
) -> Script:
    """A script that greets, and then answers each line by the first key that it begins with (``*`` is any).

    A line that is granted STARTTLS turns to ``context``; an answer ``""`` is silence, and ``"close"`` leaves.
    A ``{tag}`` in an answer is the line's first word, as IMAP wants it, and keys match what follows it.
    """

    async def script(visitor: Visitor) -> None:
        await visitor.say(greeting)
        while True:
            line = (await visitor.hear()).decode("utf-8", "replace")
            tag, _, command = line.partition(" ")
            key = next((key for key in answers if line.startswith(key) or command.startswith(key)), "*")
            answer = answers.get(key, "502 5.5.2 not here")
            if answer == "close":
                return
            if answer:
                text = answer if isinstance(answer, bytes) else answer.replace("{tag}", tag).encode()
                await visitor.say(text)
            if (
                key in {"STARTTLS", "STLS"}
                and context is not None
                and any(yes in str(answer) for yes in ("220", " OK", "+OK"))
            ):
                await visitor.start_tls(context)

    return script


async def look_smtp(server: Server, **options: object) -> Result:
    """One look at a server by SMTP, plain unless told."""
    return await look(Smtp(**_common(server, options, tls_mode="none")))


async def look_imap(server: Server, **options: object) -> Result:
    """One look at a server by IMAP, plain unless told."""
    return await look(Imap(**_common(server, options, tls_mode="none")))


async def look_pop3(server: Server, **options: object) -> Result:
    """One look at a server by POP3, plain unless told."""
    return await look(Pop3(**_common(server, options, tls_mode="none")))


async def look_tcp(server: Server, **options: object) -> Result:
    """One look at a server by a scripted talk."""
    return await look(Tcp(**_common(server, options, tls_mode="none")))


def _common(server: Server, options: Mapping[str, object], **defaults: object) -> dict[str, object]:
    where = {"name": "mail", "component": "mail", "host": "localhost", "connect_to": "127.0.0.1", "port": server.port}
    return {**where, "timeout": 2.0, **defaults, **options}


def said(result: Result) -> list[str]:
    """The transcript as a reader sees it: ``> `` for us, ``< `` for them, ``- `` for a note."""
    marks = {"us": ">", "them": "<", "note": "-"}
    return [f"{marks[line.who]} {line.text}" for line in result.evidence]
