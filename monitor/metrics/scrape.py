"""The answer to a scrape, sent piece by piece, so that no look waits until all of it is made."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Final

from aiohttp import hdrs, web

from monitor.metrics.dialect import Dialect, takes_gzip

_GZIP: Final = 16 + zlib.MAX_WBITS
_INLINE_BYTES_MAX: Final = 16 * 1024  # A thread costs more than squeezing so little.


async def answer(request: web.Request, pieces: Iterable[bytes], dialect: Dialect) -> web.StreamResponse:
    """Send the pieces, squeezed if the client asks for that."""
    zipped = takes_gzip(request.headers.get("Accept-Encoding", ""))
    response = web.StreamResponse(headers={"Content-Type": dialect, "Vary": "Accept, Accept-Encoding"})
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    with suppress(ConnectionError):  # Who hung up wants no answer, and that is no error of ours.
        await response.prepare(request)
        if request.method != hdrs.METH_HEAD:
            async for part in _zipped(pieces) if zipped else _plain(pieces):
                await response.write(part)
        await response.write_eof()
    return response


async def _plain(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
        await asyncio.sleep(0)


async def _zipped(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    """At the quickest level, beside the loop: the usual one takes twice as long, and saves an eighth."""
    squeezer = zlib.compressobj(1, wbits=_GZIP)
    for piece in pieces:
        inline = len(piece) <= _INLINE_BYTES_MAX
        part = squeezer.compress(piece) if inline else await asyncio.to_thread(squeezer.compress, piece)
        if part:
            yield part
    yield squeezer.flush()
