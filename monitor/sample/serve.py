"""The sample host itself: its parts, its sinks and the control port, in one process."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from importlib.resources import files
from typing import Final

from aiohttp import web

from monitor.sample.door import Door, LineDoor, WebDoor
from monitor.sample.imap import ImapTalk
from monitor.sample.leash import leash
from monitor.sample.lines import Lines
from monitor.sample.parts import Part, Ports, Standing
from monitor.sample.sink import Sink
from monitor.sample.smtp import Mail, SmtpTalk

_SHOP: Final = files("monitor.sample").joinpath("shop.html").read_text("utf-8")


async def serve(ports: Ports, announce: Callable[[Ports], None], *, leashed: bool) -> None:
    """Serve until SIGTERM or SIGINT, or, on a leash, until standard input closes; OSError if a port is taken.

    ``announce`` is told the ports once all of them answer.
    """
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if leashed:
        await leash(ended.set)
    async with AsyncExitStack() as stack:
        announce(await _open(ports, stack))
        await ended.wait()


async def _open(ports: Ports, stack: AsyncExitStack) -> Ports:
    """Open every door, to be shut when the stack unwinds; give the ports, now that the kernel has chosen."""
    sink = Sink()
    parts: dict[Part, Door] = {
        Part.WEB: WebDoor(ports.web, _shop),
        Part.SMTP: LineDoor(ports.smtp, _smtp(_drop)),
        Part.IMAP: LineDoor(ports.imap, _imap),
    }
    others = (
        WebDoor(ports.sink_web, sink.application),
        LineDoor(ports.sink_smtp, _smtp(sink.keep)),
        WebDoor(ports.control, lambda: _control(parts)),
    )
    doors = (*parts.values(), *others)
    for door in doors:
        await door.open()
        stack.push_async_callback(door.shut)
    return Ports(*(door.port for door in doors))


def _control(parts: Mapping[Part, Door]) -> web.Application:
    async def act(request: web.Request) -> web.Response:
        part = request.match_info["part"]
        if part not in list(Part):
            raise web.HTTPNotFound(text=f"there is no part {part!r}: there are {', '.join(Part)}\n")
        door = parts[Part(part)]
        await (door.shut() if request.match_info["deed"] == "break" else door.open())
        return await state(request)

    async def state(request: web.Request) -> web.Response:
        del request
        return web.json_response(
            {part: Standing.WORKING if door.is_open else Standing.BROKEN for part, door in parts.items()}
        )

    application = web.Application()
    application.add_routes([web.post("/{deed:break|repair}/{part}", act), web.get("/state", state)])
    return application


def _shop() -> web.Application:
    async def page(request: web.Request) -> web.Response:
        del request
        return web.Response(text=_SHOP, content_type="text/html")

    application = web.Application()
    application.add_routes([web.get("/", page)])
    return application


def _smtp(keep: Callable[[Mail], None]) -> Callable[[Lines], Awaitable[None]]:
    return lambda lines: SmtpTalk(lines, keep).run()


def _imap(lines: Lines) -> Awaitable[None]:
    return ImapTalk(lines).run()


def _drop(mail: Mail) -> None:
    """Take a mail and forget it: this host has no neighbours."""
    del mail
