"""A real daemon that is killed while it calls people: nobody is forgotten, and nobody is called twice for one thing."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.e2e.ownup import HOUSE, Ownup
from tests.monitor.channels.sinks import HookSink, hang, hook_sink
from tests.peers.ports import Block

ROOT = Path(__file__).parents[3]

CONFIG = (
    HOUSE
    + """[[component]]
id = "website"
name = "Website"
[[target]]
name = "web"
kind = "tcp"
component = "website"
host = "127.0.0.1"
port = {nobody}
interval = "1s"
confirm = ["100ms", "100ms"]
[[route]]
kind = "pagerduty"
name = "pager"
routing_key = "${{KEY}}"
url = "http://127.0.0.1:{gateway}/v2/enqueue"
retry_first = "100ms"
retry_ceiling = "200ms"
[[person]]
name = "Ada"
routes = ["pager"]
"""
)


@pytest.fixture
async def sink() -> AsyncIterator[HookSink]:
    """The gateway that pages Ada."""
    async with hook_sink() as sink:
        yield sink


@pytest.fixture
async def ownup(tmp_path: Path, ports: Block, sink: HookSink) -> AsyncIterator[Ownup]:
    """A daemon whose one target is down from the beginning, and which has not started yet."""
    numbers = {name: ports.port() for name in ("nobody", "desk", "page", "metrics")}
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "KEY": "samplekeysamplekeysamplekey00000"}
    daemon = Ownup(tmp_path, CONFIG.format(gateway=sink.port, **numbers), environ)
    yield daemon
    await daemon.kill()


async def hooks(sink: HookSink, count: int) -> list[dict[str, object]]:
    """Wait until so many events came."""
    async with asyncio.timeout(30):
        while len(sink.hooks) < count:
            await asyncio.sleep(0.02)
    return [json.loads(hook.body) for hook in sink.hooks]


async def test_a_call_under_way_at_a_kill_is_made_again_and_one_that_got_through_is_not(
    ownup: Ownup, sink: HookSink
) -> None:
    """Killed while the gateway is silent: the same event follows the restart; killed after it: none does."""
    sink.answers += [hang]
    await ownup.start()
    await hooks(sink, 1)
    await ownup.kill()
    await ownup.start()
    first, again = await hooks(sink, 2)
    assert first == again
    await delivered(ownup)
    await ownup.kill()
    await ownup.start()
    await looked(ownup)
    assert len(sink.hooks) == 2


async def test_what_is_confirmed_and_not_yet_called_at_a_kill_is_called_after_it(ownup: Ownup, sink: HookSink) -> None:
    """The gateway refuses everything until the daemon has been killed and started again."""
    broken = True

    async def refuse(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(status=503 if broken else 202)

    sink.answers += [refuse] * 1000
    await ownup.start()
    await hooks(sink, 2)
    await ownup.kill()
    tried = len(sink.hooks)
    broken = False
    await ownup.start()
    events = await hooks(sink, tried + 1)
    await delivered(ownup)
    assert len({json.dumps(event) for event in events}) == 1
    assert len(sink.hooks) == tried + 1


async def delivered(ownup: Ownup) -> None:
    """Wait until the daemon has written down that the last call got through."""
    async with asyncio.timeout(15):
        while '"outcome": "delivered"' not in ownup.log():
            await asyncio.sleep(0.05)


async def looked(ownup: Ownup) -> None:
    """Wait until the daemon has seen twice more that it is down, and whoever calls has had the time to."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(15):
        while True:
            async with session.get(ownup.metrics) as answer:
                if re.search(r'ownup_results_total\{[^}]*"failed"[^}]*\} [2-9]', await answer.text()):
                    return
            await asyncio.sleep(0.05)
