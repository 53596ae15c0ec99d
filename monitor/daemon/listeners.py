"""The listeners: bound before anything else begins, so that a port in use costs one line and no half a start."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final, NoReturn

from aiohttp import web

from monitor.config import Config, Listen, Metrics

SHUTDOWN_S: Final = 0.5
BACKLOG: Final = 128


class CannotListen(Exception):  # noqa: N818 - it is said to a human, without the word "error"
    """An address that a listener wants is not to be had; its text is one plain sentence."""


@contextmanager
def bound(config: Config) -> Iterator[dict[str, socket.socket]]:  # type: ignore[type-arg]  # any channel will do
    """Bind the page, the desk and the metrics, by section name. Raises CannotListen."""
    sections = {"page": config.page.listen, "desk": config.desk.listen, "metrics": config.metrics.listen}
    with ExitStack() as stack:
        yield {name: stack.enter_context(_bind(name, listen)) for name, listen in sections.items()}


def _bind(section: str, listen: Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        return socket.create_server((listen.host, listen.port), family=family, backlog=BACKLOG)
    except OSError as error:
        why = str(error.strerror or error).partition(" (while")[0]  # Python repeats the address in brackets.
        raise CannotListen(f"[{section}] cannot listen on {listen}: {why}") from error


def secured(rules: Metrics) -> ssl.SSLContext | None:
    """The certificate as it is now, be it that it was renewed since the config was read. Raises CannotListen."""
    try:
        return rules.tls()
    except ValueError as error:
        raise CannotListen(f"[metrics] cannot listen on {rules.listen}: {error}") from error


async def serve(app: web.Application, listener: socket.socket, *, tls: ssl.SSLContext | None = None) -> NoReturn:
    """Serve one application for ever; cancelling lets a request under way end, but not for long."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S, handle_signals=False)
    await runner.setup()
    try:
        await web.SockSite(runner, listener, ssl_context=tls).start()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets this event")
    finally:
        await runner.cleanup()
