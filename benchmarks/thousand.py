"""A thousand HTTP targets on one real nginx, by a real daemon: ``python -m benchmarks.thousand`` (see ``--help``).

It prints what the daemon tells of its own punctuality, what it costs, and how fast ``/metrics`` answers; the exit
code is 1 if one of the objectives is missed.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
import psutil
import trustme
from prometheus_client.parser import text_string_to_metric_families

from tests.peers.nginx import Nginx
from tests.peers.ports import Block

START_S: Final = 60.0
SCRAPE_EVERY_S: Final = 1.0
MB: Final = 1e6

LAG_P99_S_MAX: Final = 0.250
RSS_MB_MAX: Final = 200.0
SCRAPE_S_MAX: Final = 0.100

CONFIG: Final = """
[defaults]
interval = "{interval}s"
timeout = "5s"
[page]
listen = "127.0.0.1:{page}"
[desk]
listen = "127.0.0.1:{desk}"
url = "http://127.0.0.1:{desk}"
[metrics]
listen = "127.0.0.1:{metrics}"
[storage]
directory = "."
[[component]]
id = "website"
name = "Website"
"""

TARGET: Final = """
[[target]]
name = "site-{number}"
kind = "http"
component = "website"
url = "http://127.0.0.1:{port}/?{number}"
body_must_match = ["shops are open"]
"""

Samples = dict[str, float]


@dataclass(slots=True)
class Course:
    """What was seen while the daemon ran."""

    scrapes_s: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    first: Samples = field(default_factory=dict)
    last: Samples = field(default_factory=dict)

    def grown(self, prefix: str) -> float:
        """By how much the series whose name and labels begin so have grown together."""
        return sum(value - self.first.get(name, 0.0) for name, value in self.last.items() if name.startswith(prefix))

    def paced_look_s(self) -> float:
        """Processor time for each look in the second half, when every target has been met and greeted."""
        half = len(self.looks) // 2
        return (self.cpu_s[-1] - self.cpu_s[half]) / max(self.looks[-1] - self.looks[half], 1)

    def lag_p99_s(self) -> float:
        """The upper edge of the histogram's bucket in which the 99th percentile lies: never too good."""
        wanted = 0.99 * self.grown("ownup_schedule_lag_seconds_count")
        edges = [name for name in self.last if name.startswith("ownup_schedule_lag_seconds_bucket")]
        edge = next(name for name in edges if self.last[name] - self.first.get(name, 0.0) >= wanted)
        return float(edge.partition("le=")[2])


async def watch(process: psutil.Process, url: str, seconds: float) -> Course:
    """Scrape once a second, as impatient Prometheus servers do."""
    course = Course()
    end = time.monotonic() + seconds
    async with aiohttp.ClientSession() as session:
        course.first = await _scrape(session, url, course)
        while time.monotonic() < end:
            await asyncio.sleep(SCRAPE_EVERY_S)
            course.last = await _scrape(session, url, course)
            course.rss_mb.append(process.memory_info().rss / MB)
            course.cpu_s.append(_cpu_s(process))
            course.looks.append(course.grown("ownup_results_total"))
    return course


async def _scrape(session: aiohttp.ClientSession, url: str, course: Course) -> Samples:
    began = time.monotonic()
    async with session.get(url) as answer:
        text = await answer.text()
    course.scrapes_s.append(time.monotonic() - began)
    return {
        ",".join([sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))]): sample.value
        for family in text_string_to_metric_families(text)
        if family.name.startswith("ownup_")
        for sample in family.samples
    }


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@asynccontextmanager
async def daemon(directory: Path, config: str, url: str) -> AsyncIterator[psutil.Process]:
    """A daemon on this config, from the moment on which ``/metrics`` answers."""
    path = directory / "config.toml"
    path.write_text(config)
    with directory.joinpath("log").open("wb") as log:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "monitor", "run", "--config", str(path)), stdout=log, stderr=log
        )
    try:
        async with asyncio.timeout(START_S), aiohttp.ClientSession() as session:
            while not await _answers(session, url):
                if child.returncode is not None:
                    sys.exit(directory.joinpath("log").read_text())
                await asyncio.sleep(0.1)
        yield psutil.Process(child.pid)
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def report(course: Course, *, targets: int, interval: int, seconds: float) -> bool:
    """Print the table; false if an objective is missed."""
    scrapes = sorted(course.scrapes_s)
    looks = course.looks[-1]
    objectives = (
        ("schedule lag, p99 (bucket's edge)", course.lag_p99_s(), LAG_P99_S_MAX, "s"),
        ("resident memory, highest", max(course.rss_mb), RSS_MB_MAX, "MB"),
        ("/metrics answers, slowest", scrapes[-1], SCRAPE_S_MAX, "s"),
    )
    print(f"{targets} targets every {interval} s, for {seconds:g} s, Python {sys.version.split()[0]}")
    for name, value, limit, unit in objectives:
        print(f"  {name:36}{value:9.3f} {unit:4} {'<' if value < limit else 'NOT <'} {limit:g}")
    print(f"  {'/metrics answers, median':36}{scrapes[len(scrapes) // 2]:9.3f} s")
    print(f"  {'looks':36}{looks:9.0f}      of {targets * seconds / interval:.0f} due")
    print(f"  {'looks that were not ok':36}{looks - _ok(course):9.0f}")
    print(f"  {'starts skipped':36}{course.grown('ownup_slots_skipped_total'):9.0f}")
    print(f"  {'processor, start included':36}{course.cpu_s[-1]:9.3f} s")
    print(f"  {'processor, a look, second half':36}{course.paced_look_s() * 1e6:9.0f} µs")
    return all(value < limit for _, value, limit, _ in objectives)


def _ok(course: Course) -> float:
    return sum(
        value - course.first.get(name, 0.0)
        for name, value in course.last.items()
        if name.startswith("ownup_results_total,outcome=ok")
    )


async def measure(targets: int, interval: int, seconds: float) -> bool:
    """Set up, run, and report."""
    block = Block()
    certificate = trustme.CA().issue_cert("localhost")
    page, desk, metrics = block.port(), block.port(), block.port()
    with tempfile.TemporaryDirectory() as directory, Nginx(block, certificate) as nginx:
        config = CONFIG.format(interval=interval, page=page, desk=desk, metrics=metrics)
        config += "".join(TARGET.format(number=number, port=nginx.http) for number in range(targets))
        url = f"http://127.0.0.1:{metrics}/metrics"
        async with daemon(Path(directory), config, url) as process:
            course = await watch(process, url, seconds)
    return report(course, targets=targets, interval=interval, seconds=seconds)


def main() -> int:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=1000, help="default: %(default)s")
    parser.add_argument("--interval", type=int, default=10, help="seconds between two looks; default: %(default)s")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to watch; default: %(default)s")
    options = parser.parse_args()
    return 0 if asyncio.run(measure(options.targets, options.interval, options.seconds)) else 1


if __name__ == "__main__":
    sys.exit(main())
