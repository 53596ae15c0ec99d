"""A real daemon that readers subscribe to."""

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from tests.e2e.ownup import HOUSE, Ownup
from tests.monitor.channels.sinks import mail_sink
from tests.peers.ports import Block

ROOT = Path(__file__).parents[3]
ADDRESS = "ann.of.arbor@a.test"

CONFIG = (
    HOUSE
    + """[[component]]
id = "website"
name = "Website"
[subscribers]
secret = "${{SECRET}}"
[[channel]]
kind = "subscribers"
name = "readers"
host = "127.0.0.1"
port = {mail}
tls_mode = "none"
mail_from = "status@example.test"
"""
)


async def test_a_reader_subscribes_and_is_named_in_no_log_and_no_metric(tmp_path: Path, ports: Block) -> None:
    """From the form to the mail, and by its link to a subscription that the metrics count."""
    numbers = {name: ports.port() for name in ("desk", "page", "metrics")}
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "SECRET": "s" * 32}
    async with mail_sink() as sink, aiohttp.ClientSession() as reader:
        sink.data.append(f"451 4.3.0 {ADDRESS} later")
        daemon = Ownup(tmp_path, CONFIG.format(mail=sink.port, **numbers), environ)
        try:
            await daemon.start()
            page = daemon.page.rstrip("/")
            await reader.post(f"{page}/subscribe", data={"way": "email", "address": ADDRESS})
            async with asyncio.timeout(20):
                while not sink.mails:
                    await asyncio.sleep(0.05)
            (link,) = re.findall(r"http\S+/confirm/\S+", sink.mails[0].letter.get_content())
            assert (await reader.post(page + urlsplit(link).path)).status == 200
            said = ""
            async with asyncio.timeout(20):
                while 'ownup_subscribers{state="confirmed",way="email"} 1.0' not in said:
                    said = await (await reader.get(f"{daemon.metrics.rstrip('/')}")).text()
        finally:
            await daemon.kill()
    assert ADDRESS not in said + daemon.log()
    assert "a subscriber is asked later" in daemon.log()
