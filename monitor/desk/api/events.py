"""Events: a stream that tells programs what waits and what is open, at once and whenever something has changed."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from datetime import datetime
from typing import Final

from aiohttp import web
from pydantic import BaseModel

from monitor.desk.api.ask import Ask
from monitor.desk.api.problem import Problem
from monitor.ledger import drafts, incidents, tokens
from monitor.ledger.tokens import Standing

CHECK_EVERY: Final = 15
"""A stream is told that it stands, and its token is looked at, every so many turns without news."""


class News(BaseModel):
    """What is so now: the numbers of the drafts that wait, and of the incidents that are open."""

    at: datetime
    drafts: tuple[int, ...]
    incidents: tuple[int, ...]


async def listen(ask: Ask) -> AsyncGenerator[News | None, None]:
    """Listen to server-sent events, whose ``data`` is a News: at once, and again within a second of each change.

    The stream ends when its token opens nothing any more, or the daemon ends. A token may hold four at a time.
    """
    streams = ask.streams
    with streams.open(("token", ask.bearer.token.id)) as granted:
        if not granted:
            raise Problem(429, "Too many streams are open.", "Close one of yours first.", headers={"Retry-After": "5"})
        told, turns = "", 0
        while not streams.closing.is_set():
            if turns % CHECK_EVERY == 0 and not await _opens(ask):
                return
            stamp = await streams.stamp()
            if stamp != told:
                told = stamp
                yield await _news(ask)
            elif turns % CHECK_EVERY == 0:
                yield None
            await streams.turn()
            turns += 1


async def sent(request: web.Request, news: AsyncGenerator[News | None, None]) -> web.StreamResponse:
    """Send each as it comes; None says that the stream stands. A refusal comes before the first."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    async with aclosing(news):
        first = await anext(news, None)
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        with suppress(ConnectionError):
            await response.write(b"retry: 5000\n\n" + _event(first))
            async for one in news:
                await response.write(_event(one))
    return response


def _event(news: News | None) -> bytes:
    return f"data: {news.model_dump_json(ensure_ascii=True)}\n\n".encode() if news else b": here\n\n"


async def _opens(ask: Ask) -> bool:
    async with ask.read() as s:
        bearer = await tokens.get(s, ask.bearer.token.id)
    return bearer is not None and bearer.standing(ask.seat.clock()) is Standing.GOOD


async def _news(ask: Ask) -> News:
    async with ask.read() as s:
        waiting, opened = await drafts.waiting(s), await incidents.open_all(s)
    return News(
        at=ask.seat.clock(),
        drafts=tuple(draft.id for draft in waiting),
        incidents=tuple(incident.id for incident in opened),
    )
