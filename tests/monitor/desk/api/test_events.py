"""Events: a program hears at once what waits, then of each change, until its token opens nothing any more."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientResponse

from monitor.desk import streams
from monitor.desk.streams import STREAMS_EACH_MAX
from monitor.ledger import tokens
from tests.monitor.desk.api.conftest import MONTH, Program, Speak
from tests.monitor.desk.house import House


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns are short, so that the tests are."""
    monkeypatch.setattr(streams, "TURN_S", 0.02)


@asynccontextmanager
async def stream(program: Program) -> AsyncIterator[ClientResponse]:
    """A program that listens."""
    headers = {"Authorization": f"Bearer {program.secret}"}
    async with program.client.get("/api/v1/events", headers=headers) as response:
        yield response


async def news(response: ClientResponse) -> dict[str, Any] | None:
    """The next event, or None if the stream ends before it."""
    async with asyncio.timeout(10):
        async for line in response.content:
            if line.startswith(b"data: "):
                told = json.loads(line.removeprefix(b"data: "))
                return {name: told[name] for name in ("drafts", "incidents")}
    return None


async def test_a_program_hears_what_is_so_and_what_changes(house: House, speak: Speak) -> None:
    """Nobody has to ask every few seconds whether a draft waits."""
    async with stream(await speak("Vera")) as heard:
        assert heard.content_type == "text/event-stream"
        assert await news(heard) == {"drafts": [], "incidents": []}
        await house.fail()
        while (told := await news(heard)) != {"drafts": [1], "incidents": [1]}:
            assert told is not None


async def test_a_stream_ends_with_its_token(house: House, speak: Speak) -> None:
    """Removed or expired, it hears no more."""
    for end in ("removed", "expired"):
        vera = await speak("Vera")
        async with stream(vera) as heard:
            assert await news(heard)
            async with house.ledger.write() as s:
                if end == "removed":
                    await tokens.remove(s, 1, house.now)
            house.now += MONTH if end == "expired" else 0 * MONTH
            while await news(heard) is not None:
                pass


async def test_a_token_holds_so_many_streams(speak: Speak) -> None:
    """One more is refused with when to come back, and a place is free again once one is left."""
    vera, rita = await speak("Vera"), await speak("Rita")
    opened = [stream(vera) for _ in range(STREAMS_EACH_MAX)]
    for one in opened:
        assert await news(await one.__aenter__())
    more = await vera.get("/events")
    assert (more.status, more.headers["Retry-After"]) == (429, "5")
    async with stream(rita) as heard:
        assert await news(heard)
    await opened[0].__aexit__(None, None, None)
    async with asyncio.timeout(10):
        while True:
            async with stream(vera) as heard:
                if heard.status == 200:
                    break
            await asyncio.sleep(0.02)
    for one in opened[1:]:
        await one.__aexit__(None, None, None)


async def test_who_shows_no_token_hears_nothing(speak: Speak) -> None:
    """401 before the first word; and who asks for the headers alone is answered at once."""
    vera = await speak("Vera")
    async with vera.client.get("/api/v1/events") as answer:
        assert answer.status == 401
    headers = {"Authorization": f"Bearer {vera.secret}"}
    async with vera.client.head("/api/v1/events", headers=headers) as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
