"""``POST /ping/KEY``: a sign of life from work that has no session, only a key that nobody can guess."""

from collections.abc import Awaitable, Callable

from aiohttp import web

Hear = Callable[[str], Awaitable[bool]]
"""Takes the key of a sign of life; False if nobody has it."""


def answer(hear: Hear) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answer 204 to a key, and 404 to anything else. What is sent along is not read."""

    async def take(request: web.Request) -> web.Response:
        known = await hear(request.match_info["key"])
        return web.Response(status=204 if known else 404)

    return take


async def nobody(_key: str) -> bool:
    """Nobody sends signs of life."""
    return False
