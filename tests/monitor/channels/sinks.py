"""Real ends of the channels: an SMTP server and an HTTP server that keep what they receive and answer as told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Mail:
    """One mail that the sink took: its envelope and its letter."""

    mail_from: str
    rcpt_tos: list[str]
    raw: bytes

    @property
    def letter(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)


@dataclass
class MailSink:
    """An SMTP server. ``rcpt`` and ``data`` hold its answers; what is not told is taken."""

    port: int = 0
    rcpt: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the server calls its hooks like this
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        self.asked.append(address)
        answer = self.rcpt.get(address, "250 2.1.5 taken")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        del server, session
        answer = self.data.pop(0) if self.data else f"250 2.0.0 queued as {len(self.mails) + 1}"
        if answer.startswith("2"):
            self.mails.append(Mail(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content or b""))
        return answer


@asynccontextmanager
async def mail_sink(
    *,
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
    password: str | None = None,
    sink: MailSink | None = None,
) -> AsyncIterator[MailSink]:
    """Serve a MailSink on a free port of loopback."""
    sink = sink or MailSink()

    def session() -> SMTP:
        return SMTP(
            sink,
            hostname="sink.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=password is not None,
            authenticator=lambda _server, _session, _envelope, _mechanism, given: AuthResult(
                success=given.password == (password or "").encode(), handled=False
            ),
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=implicit)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()


@asynccontextmanager
async def line_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Serve one talk on a free port of loopback, for servers that no library would play."""
    talks: set[asyncio.Task[None]] = set()

    async def held(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())
        try:
            await talk(reader, writer)
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(held, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Hook:
    """One request that the sink received."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"


async def taken(request: web.Request) -> web.StreamResponse:
    """Take it without a word."""
    del request
    return web.Response(status=204)


@dataclass
class HookSink:
    """An HTTP server. ``answers`` are used up one a request; then ``usual`` answers everything."""

    port: int = 0
    answers: list[Answer] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    usual: Answer = taken

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.hooks.append(Hook(request.path_qs, request.headers, await request.read(), request.method))
        return await (self.answers.pop(0) if self.answers else self.usual)(request)


@asynccontextmanager
async def hook_sink(*, tls: ssl.SSLContext | None = None) -> AsyncIterator[HookSink]:
    """Serve a HookSink on a free port of loopback."""
    sink = HookSink()
    server = web.Server(sink.take)
    runner = web.ServerRunner(server, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    sink.port = runner.addresses[0][1]
    try:
        yield sink
    finally:
        await runner.cleanup()


def answer(status: int, body: str = "", **headers: str) -> Answer:
    """An answer with this status, body and headers."""

    async def give(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(status=status, text=body, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return give


async def reset(request: web.Request) -> web.StreamResponse:
    """Take the body, then cut the line without a word: the sender cannot know that it was taken."""
    request.transport.abort()
    return web.Response()


async def hang(request: web.Request) -> web.StreamResponse:
    """Take the body and never answer."""
    del request
    await asyncio.Event().wait()
    return web.Response()
