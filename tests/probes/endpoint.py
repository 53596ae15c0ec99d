"""A token endpoint on loopback that answers as a test tells it, and counts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(slots=True)
class Endpoint:
    """Where it is, what it answers, and what it was asked."""

    status: int = 200
    grant: dict[str, object] = field(default_factory=dict)
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append({key: str(value) for key, value in (await request.post()).items()})
        return web.json_response(self.grant, status=self.status)

    def options(self, **more: object) -> dict[str, object]:
        """Options of a target that signs in with its tokens."""
        source = {"token_url": self.url, "client_id": "probe", "client_secret": "client-secret", **more}
        return {"username": "probe@example.test", "oauth": source}


@asynccontextmanager
async def granting(number: int = 1, *, status: int = 200, **grant: object) -> AsyncIterator[Endpoint]:
    """Serve a token endpoint."""
    endpoint = Endpoint(status, {"access_token": f"token-{number}", "token_type": "Bearer", **grant})
    app = web.Application()
    app.router.add_post("/token", endpoint.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        endpoint.url = str(server.make_url("/token"))
        yield endpoint
