"""A real daemon on a real nginx: a killed server is a draft long before its next slot."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from monitor.schedule import offset_s
from tests.e2e.ownup import HOUSE, Ownup
from tests.peers.nginx import Nginx
from tests.peers.ports import Block

ROOT = Path(__file__).parents[3]
INTERVAL_S = 600.0
START_S = 8.0  # long enough for the daemon to start, or the test would wait for the slot after

CONFIG = (
    HOUSE
    + """[[component]]
id = "website"
name = "Website"
[[target]]
name = "{name}"
kind = "http"
component = "website"
url = "http://127.0.0.1:{nginx}/"
interval = "10m"
"""
)


def soon() -> str:
    """A name whose next slot is neither now nor far."""
    wanted_s = time.monotonic() + START_S
    return min(
        (f"web-{number}" for number in range(2000)),
        key=lambda name: (offset_s(name, INTERVAL_S) - wanted_s) % INTERVAL_S,
    )


@pytest.fixture
async def ownup(tmp_path: Path, ports: Block, nginx: Nginx) -> AsyncIterator[Ownup]:
    """A daemon that looks at nginx every ten minutes."""
    config = nginx.directory / "nginx.conf"
    config.write_text(config.read_text().replace("keepalive_timeout 5s", "keepalive_timeout 75s"))
    nginx.stop()
    nginx.start()
    text = CONFIG.format(name=soon(), nginx=nginx.http, desk=ports.port(), page=ports.port(), metrics=ports.port())
    daemon = Ownup(tmp_path, text, {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]})
    await daemon.start()
    yield daemon
    await daemon.kill()


async def shows(ownup: Ownup, line: str, *, within_s: float) -> None:
    """Wait until ``/metrics`` has this line."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(within_s):
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(ownup.metrics) as answer:
                    if line in (await answer.text()).splitlines():
                        return
            await asyncio.sleep(0.02)


async def test_a_killed_server_is_a_draft_at_once(ownup: Ownup, nginx: Nginx) -> None:
    """Ten minutes lie between two looks, and the draft is there within seconds of the kill."""
    await shows(ownup, "ownup_tripwires 1.0", within_s=30)
    nginx.kill()
    await shows(ownup, "ownup_drafts_waiting 1.0", within_s=10)
    await shows(ownup, "ownup_trips_total 1.0", within_s=5)
    await shows(ownup, "ownup_tripwires 0.0", within_s=5)
    assert await ownup.stop() == 0
