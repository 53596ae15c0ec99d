"""A web server on loopback that answers each path with the very bytes it was given, and remembers what was asked."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from probes.http import Http
from probes.look import Outcome, Reason, Result, look


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Page = bytes | Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Web:
    """Where it listens, and what it was asked."""

    port: int
    scheme: str = "http"
    asked: list[Asked] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """The paths it was asked for, in order."""
        return [asked.path for asked in self.asked]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """The address of a page."""
        return f"{self.scheme}://{host}:{self.port}{path}"


def reply(body: bytes | str = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; ``content_type`` stands for ``Content-Type``."""
    raw = body.encode() if isinstance(body, str) else body
    lines = {"content-length": str(len(raw))} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + raw


def redirect(location: str, status: int = 302, **headers: str) -> bytes:
    """An answer that sends us elsewhere."""
    return reply(b"", f"{status} Found", location=location, **headers)


async def silence(_asked: Asked, _writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


@asynccontextmanager
async def web(
    pages: Mapping[str, Page] | Page, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Web]:
    """Serve pages by path, or the same page at every path."""
    site = Web(0, "https" if context else "http")
    talks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        talks.add(talk)
        writers.append(writer)
        with suppress(EOFError, OSError, asyncio.CancelledError):
            asked = await _asked(reader)
            site.asked.append(asked)
            page = (
                pages.get(asked.path, reply("no such page", "404 Not Found")) if isinstance(pages, Mapping) else pages
            )
            if isinstance(page, bytes):
                writer.write(page)
                await writer.drain()
            else:
                await page(asked, writer)
        writer.close()

    server = await asyncio.start_server(serve, host, 0, ssl=context, backlog=1000)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks)
        for writer in writers:
            writer.transport.abort()
        for _ in range(3):  # the loop closes what was aborted in its next turns
            await asyncio.sleep(0)


async def _asked(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.splitlines()
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, _ = first.split()
    return Asked(method, path, headers, body)


async def look_web(url: str, **options: object) -> Result:
    """One look at an address, with a short timeout unless told."""
    return await look(Http(**{"name": "web", "component": "web", "url": url, "timeout": 2.0, **options}))


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


OK = (Outcome.OK, None)


def failed(reason: Reason) -> tuple[Outcome, Reason]:
    """The verdict of a look that found a customer failed."""
    return Outcome.FAILED, reason
