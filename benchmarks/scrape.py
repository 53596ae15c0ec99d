"""A scrape of ten thousand targets, beside client objects: ``python -m benchmarks.scrape`` (see ``--help``).

It prints what a scrape over a real socket costs and how soon it is answered, by how much it delays the loop that looks
run on, and what the same series cost as objects of prometheus_client; the exit code is 1 if an objective is missed.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import uvloop
from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from monitor.config import Metrics
from monitor.metrics.app import make
from monitor.metrics.dialect import Dialect
from monitor.metrics.gauges import Gauges
from monitor.metrics.health import Pulse
from monitor.metrics.series import Series
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.http import Http
from probes.look import Certificate, Result

NOW: Final = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
TICK_S: Final = 0.001
MB: Final = 1e6

CPU_S_MAX: Final = 0.100
ANSWER_S_MAX: Final = 0.200
LAG_S_MAX: Final = 0.020
RATIO_MIN: Final = 10.0

CERTIFICATE: Final = Certificate("shop", "CA", ("shop",), NOW, NOW, NOW + timedelta(days=60), "00", "TLSv1.3", "X")
WAYS: Final = {"plain": (), "gzip": ("-H", "Accept-Encoding: gzip")}
PHASES: Final = ("resolve", "connect", "tls", "processing", "transfer")


def target(number: int) -> Http:
    """One of many web sites."""
    return Http(name=f"site-{number}", component=f"shop-{number % 100}", url=f"https://shop.example.com/{number}")


def result(number: int) -> Result:
    """What a look at it gives: durations that are like no other target's, since gzip lives by likeness."""
    chance = Random(number)  # noqa: S311 - the same chance every time, and no secret
    return Result(
        target=f"site-{number}",
        kind="http",
        outcome=Outcome.OK,
        reason=None,
        detail="",
        started_at=NOW,
        duration_s=chance.uniform(0.05, 0.5),
        phases={phase: chance.uniform(0.001, 0.1) for phase in PHASES},
        certificate=CERTIFICATE,
        evidence=(),
        numbers={"status_code": 200.0, "redirects": 0.0, "ssl": 1.0},
    )


def filled(targets: int) -> tuple[Series, float]:
    """What a daemon has that looked once at each of so many targets, and what each look cost there."""
    series = Series()
    sites = [target(number) for number in range(targets)]
    results = [result(number) for number in range(targets)]
    series.expect(sites)
    began_s = time.process_time()
    for site, one in zip(sites, results, strict=True):
        series.hear(site, one, Verdict.UP)
    return series, (time.process_time() - began_s) / targets


def as_objects(text: str) -> CollectorRegistry:
    """The same series as objects of prometheus_client, each as it would be set by a look."""
    registry = CollectorRegistry()
    for family in text_string_to_metric_families(text):
        names = tuple(family.samples[0].labels)
        gauge = Gauge(family.name, family.documentation, names, registry=registry)
        for sample in family.samples:
            gauge.labels(**sample.labels).set(sample.value)
    return registry


@dataclass(slots=True)
class Lag:
    """How late the loop wakes at worst, and how long it worked at most without going round.

    The latter counts the processor's time of its own thread, which a busy machine makes no longer.
    """

    worst_s: float = 0.0
    step_s: float = 0.0

    async def measure(self) -> None:
        """Until cancelled."""
        while True:
            due_s, worked_s = time.perf_counter() + TICK_S, time.thread_time()
            await asyncio.sleep(TICK_S)
            self.worst_s = max(self.worst_s, time.perf_counter() - due_s)
            self.step_s = max(self.step_s, time.thread_time() - worked_s)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one scrape cost us, and how long its client waited."""

    cpu_s: float
    answer_s: float
    lag_s: float
    step_s: float
    bytes: int


async def scrape(port: int, *options: str) -> Cost:
    """Let curl, a process of its own, scrape once."""
    lag = Lag()
    watching = asyncio.get_running_loop().create_task(lag.measure())
    began_s = time.process_time()
    child = await asyncio.create_subprocess_exec(
        *("curl", "-s", "-o", "/dev/null", "-w", "%{time_total} %{size_download}", *options),
        f"http://127.0.0.1:{port}/metrics",
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await child.communicate()
    cpu_s = time.process_time() - began_s
    watching.cancel()
    answer_s, size = said.split()
    return Cost(cpu_s, float(answer_s), lag.worst_s, lag.step_s, int(size))


async def over_http(series: Series, times: int) -> dict[str, list[Cost]]:
    """Scrape so often, plainly and as Prometheus does, which asks for gzip."""
    gauges, now = Gauges(version="0"), datetime.now(UTC)
    app = make(gauges, series, Pulse(0.0), rules=Metrics(), clock=lambda: now, reload=lambda: True)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        return {way: [await scrape(port, *options) for _ in range(times)] for way, options in WAYS.items()}
    finally:
        await runner.cleanup()


def cpu_of_objects(registry: CollectorRegistry) -> float:
    """What prometheus_client needs to write the same."""
    began_s = time.process_time()
    generate_latest(registry)
    return time.process_time() - began_s


def median(costs: Sequence[Cost]) -> Cost:
    """Each figure's median: what else the machine does can only make it worse."""
    return Cost(**{name: sorted(getattr(c, name) for c in costs)[len(costs) // 2] for name in Cost.__slots__})


def report(plain: Cost, zipped: Cost, objects_s: float) -> bool:
    """Print the table; false if an objective is missed."""
    objectives = (
        ("processor", plain.cpu_s * 1e3, CPU_S_MAX * 1e3, "ms"),
        ("answered", plain.answer_s * 1e3, ANSWER_S_MAX * 1e3, "ms"),
        ("the loop's worst delay meanwhile", plain.lag_s * 1e3, LAG_S_MAX * 1e3, "ms"),
        ("its longest step", plain.step_s * 1e3, LAG_S_MAX * 1e3, "ms"),
        ("processor, to that of client objects", plain.cpu_s / objects_s, 1 / RATIO_MIN, ""),
    )
    for name, value, limit, unit in objectives:
        print(f"  {name:44}{value:9.3f} {unit:3} (at most {limit:g})")
    print(f"  {'with gzip: processor, mostly beside the loop':44}{zipped.cpu_s * 1e3:9.3f} ms")
    print(f"  {'with gzip: answered':44}{zipped.answer_s * 1e3:9.3f} ms, {zipped.bytes / MB:.1f} MB")
    print(f"  {'with gzip: its longest step':44}{zipped.step_s * 1e3:9.3f} ms")
    print(f"  {'client objects: processor to write them':44}{objects_s * 1e3:9.3f} ms")
    return all(value <= limit for _, value, limit, _ in objectives)


def main() -> int:
    """Fill, scrape, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=10_000, help="default: %(default)s")
    parser.add_argument("--times", type=int, default=9, help="how many scrapes; default: %(default)s")
    words = parser.parse_args()
    series, look_s = filled(words.targets)
    text = b"".join(series.pieces(Dialect.TEXT)).decode()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        costs = runner.run(over_http(series, words.times))
    objects_s = cpu_of_objects(as_objects(text))
    lines = sum(not line.startswith("#") for line in text.splitlines())
    print(f"{words.targets} targets, {lines} series, {len(text) / MB:.1f} MB; medians of {words.times} scrapes")
    kept = report(median(costs["plain"]), median(costs["gzip"]), objects_s)
    print(f"  {'a look: processor to write its lines':44}{look_s * 1e6:9.1f} µs")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
