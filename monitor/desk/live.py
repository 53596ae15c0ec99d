"""Live pages: a stream of server-sent events that says "something changed", upon which a page fetches itself anew.

It carries no content, so that there is one way by which words get to a screen. It ends with the session, never keeps
one alive, and is bounded: so many streams at all, and so many a person, since a browser opens only six connections.
"""

import re
from contextlib import suppress
from typing import Final

from aiohttp import web

from monitor.desk.number import ROW
from monitor.desk.streams import Streams
from monitor.desk.visit import Visit, limits
from monitor.ledger import people

CHECK_EVERY: Final = 15
"""A stream is told that it stands, and its session is looked at, every so many turns without news."""

_DRAFT: Final = re.compile(rf"/updates/({ROW})(/edit)?")


async def get(visit: Visit) -> web.StreamResponse:
    """Stream until the session, the connection or the daemon ends; 204 asks a browser not to try again."""
    streams = visit.desk.streams
    with streams.open(visit.person_id) as granted:
        if not granted or visit.request.method == "HEAD":
            return web.Response(status=204)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        await response.prepare(visit.request)
        try:
            with suppress(ConnectionError):
                await _tell(visit, streams, response)
        finally:
            _leave(visit, streams)
        return response


async def _tell(visit: Visit, streams: Streams, response: web.StreamResponse) -> None:
    told, turns = await _news(visit, streams), 0
    await response.write(b"retry: 5000\n\n")
    while not streams.closing.is_set():
        if turns % CHECK_EVERY == 0:
            if not await _signed_in(visit):
                await response.write(b"event: ended\ndata: \n\n")
                return
            await response.write(b": here\n\n")
            _stay(visit, streams)
        await streams.turn()
        turns += 1
        news = await _news(visit, streams)
        if news != told:
            told = news
            await response.write(b"data: changed\n\n")


async def _news(visit: Visit, streams: Streams) -> tuple[str, tuple[str, ...]]:
    draft = _draft(visit)
    others = streams.presence.others(int(draft[1]), visit.person_id, visit.seat.clock()) if draft else ()
    return await streams.stamp(), others


async def _signed_in(visit: Visit) -> bool:
    async with visit.seat.ledger.read() as s:
        return await people.signed_in(s, visit.browser, now=visit.seat.clock(), **limits(visit.seat)) is not None


def _draft(visit: Visit) -> re.Match[str] | None:
    return _DRAFT.fullmatch(visit.request.query.get("at", ""))


def _stay(visit: Visit, streams: Streams) -> None:
    if (draft := _draft(visit)) and visit.person:
        who = visit.person_id, visit.person.name
        streams.presence.note(int(draft[1]), who, visit.seat.clock(), edits=bool(draft[2]))


def _leave(visit: Visit, streams: Streams) -> None:
    if draft := _draft(visit):
        streams.presence.leave(int(draft[1]), visit.person_id)
