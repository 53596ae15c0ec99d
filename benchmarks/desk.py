"""How long every page of the desk takes: ``python -m benchmarks.desk`` (see ``--help``).

It fills a record with 2,000 targets, 500 incidents and a year of history, one of them an outage of half of the house,
runs a real daemon on it that looks at a real nginx, and asks for each page again and again. It fails if the 99th
percentile of one of them reaches 200 ms, or its size 60 kB. The CPU time is the daemon's own, less what looking takes
meanwhile; it tells on a machine that has other work to do.
"""

import argparse
import asyncio
import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import aiohttp
import psutil
import trustme

from benchmarks import large
from benchmarks.large import Size
from benchmarks.thousand import daemon
from monitor.desk.app import ROUTES
from monitor.desk.number import ROW
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger
from tests.peers.nginx import Nginx
from tests.peers.ports import Block

P99_MS_MAX: Final = 200.0
BYTES_MAX: Final = 60_000
SETTLE_S: Final = 30
IDLE_S: Final = 10
WARM: Final = 3
APART: Final = frozenset({"/live", "/login", "/oidc", "/oidc/return", "/welcome/{token}"})
"""What is no page for who is signed in."""


@dataclass(frozen=True, slots=True)
class Took:
    """What one page takes: milliseconds, and bytes."""

    p50_ms: float
    p99_ms: float
    cpu_ms: float
    bytes: int


def pages(size: Size) -> list[str]:
    """One of every sort; of an open incident, since those have most to show, and of the one that is half the house."""
    last, draft = size.incidents, 7 * (size.incidents - size.open) + 5 * size.open
    return [
        "/",
        "/brief",
        "/reply",
        "/readiness",
        "/subscribers",
        "/targets",
        "/targets?page=50",
        "/targets?component=c1",
        "/incidents/new",
        f"/incidents/{last}",
        f"/incidents/{last - 1}",
        "/incidents/1",
        f"/incidents/{last}/reparation",
        f"/updates/{draft}",
        f"/updates/{draft}/edit",
        f"/updates/{draft - 5}",
        "/updates/1",
    ]


def forgotten(listed: list[str]) -> list[str]:
    """The pages of the router that the list has none of."""
    plain = [path.partition("?")[0] for path in listed]
    wanted = [route.path for route in ROUTES if route.method == "GET" and route.path not in APART]
    return [path for path in wanted if not any(re.fullmatch(_pattern(path), one) for one in plain)]


def _pattern(path: str) -> str:
    return path.replace(f"{{id:{ROW}}}", "[0-9]+")


async def measure(session: aiohttp.ClientSession, child: psutil.Process, url: str, times: int, idle: float) -> Took:
    """Ask for a page so many times; ``idle`` is the share of a core that the daemon takes anyway."""
    took_ms: list[float] = []
    body = b""
    for turn in range(times + WARM):
        if turn == WARM:
            took_ms, began, spent = [], time.perf_counter(), _cpu_s(child)
        asked = time.perf_counter()
        async with session.get(url, allow_redirects=False) as answer:
            body = await answer.read()
            assert answer.status == 200, (url, answer.status)  # noqa: S101 - a page that is none measures nothing
        took_ms.append((time.perf_counter() - asked) * 1000)
    cpu_s = _cpu_s(child) - spent - idle * (time.perf_counter() - began)
    p99 = sorted(took_ms)[-(len(took_ms) // 100 + 1)]
    return Took(statistics.median(took_ms), p99, cpu_s * 1000 / times, len(body))


def _cpu_s(child: psutil.Process) -> float:
    times = child.cpu_times()
    return float(times.user + times.system)


async def idle_share(child: psutil.Process) -> float:
    """The share of a core that looking takes."""
    began = _cpu_s(child)
    await asyncio.sleep(IDLE_S)
    return (_cpu_s(child) - began) / IDLE_S


async def furnish(directory: Path, size: Size, nginx: Nginx, block: Block) -> tuple[str, str, str]:
    """Write config and record; gives the addresses of desk and metrics, and a cookie."""
    page, desk, metrics = block.port(), block.port(), block.port()
    settings = large.config(directory, size, healthy=nginx.http, listeners=(page, desk, metrics))
    now = datetime.now(UTC)
    async with (
        Ledger.open(settings.storage, directory) as ledger,
        Samples.open(settings.storage, directory) as samples,
    ):
        secret = await large.fill(ledger, settings, size, now)
        large.look(samples, settings, size, now)
    return f"http://127.0.0.1:{desk}", f"http://127.0.0.1:{metrics}/metrics", secret


async def report(home: str, secret: str, child: psutil.Process, size: Size, times: int) -> bool:
    """Print the table; false if an objective is missed."""
    idle = await idle_share(child)
    print(f"looking alone takes {idle * 100:.1f} % of a core")
    print(f"{'page':<28} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'bytes':>8}")
    kept = True
    async with aiohttp.ClientSession(cookies={"ownup": secret}, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        for path in pages(size):
            took = await measure(session, child, home + path, times, idle)
            print(f"{path:<28} {took.p50_ms:8.1f} {took.p99_ms:8.1f} {took.cpu_ms:8.1f} {took.bytes:8}", flush=True)
            kept &= took.p99_ms < P99_MS_MAX and took.bytes <= BYTES_MAX
    return kept


async def main() -> int:
    """Fill, serve, measure, print a table."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--targets", type=int, default=2000)
    wanted.add_argument("--incidents", type=int, default=500)
    wanted.add_argument("--times", type=int, default=100)
    wanted.add_argument("--settle", type=int, default=SETTLE_S)
    asked = wanted.parse_args()
    size = Size(targets=asked.targets, incidents=asked.incidents, hit=asked.targets // 2)
    if missing := forgotten(pages(size)):
        sys.exit(f"no page of these is asked for: {', '.join(missing)}")
    block = Block()
    with tempfile.TemporaryDirectory() as name, Nginx(block, trustme.CA().issue_cert("localhost")) as nginx:
        directory = Path(name)
        home, metrics, secret = await furnish(directory, size, nginx, block)
        text = directory.joinpath("ownup.toml").read_text()
        async with daemon(directory, text, metrics) as child:
            await asyncio.sleep(asked.settle)
            kept = await report(home, secret, child, size, asked.times)
    print(f"every page in {P99_MS_MAX:.0f} ms and {BYTES_MAX} bytes: {'yes' if kept else 'NO'}")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
