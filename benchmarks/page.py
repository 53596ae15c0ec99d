"""A busy public page and the desk of the same daemon, on one core: ``python -m benchmarks.page`` (see ``--help``).

Readers (hey, of Debian's package of that name) ask for the front page at a steady rate from another core, if there is
one, while somebody works at the desk. Then a copy of a large page is written. It prints the figures; the exit code is 1
if one of the objectives is missed.
"""

import argparse
import asyncio
import os
import re
import shutil
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp
import psutil
import uvloop

from monitor.config import Component, Site
from monitor.models import Stage
from monitor.page.copy import Copy
from monitor.page.moment import Case, Moment, Post
from monitor.page.setting import Setting
from tests.e2e.ownup import HOUSE, Ownup
from tests.peers.ports import Block

DESK_EVERY_S: Final = 0.05

DESK_P99_S_MAX: Final = 0.200
COPY_S_MAX: Final = 1.0

COMPONENT: Final = '[[component]]\nid = "c{number}"\nname = "Service {number}"\n'
PASSWORD: Final = "correct horse battery staple"  # noqa: S105 - of a desk that lives for twenty seconds
WORDS: Final = (
    "**You cannot send mail.** Since 14:02 UTC all of our checks of sending have failed. Reading mail works. We have "
    "checked the network; it works. We do not know yet why.\n\nWe will write again by 15:00 UTC.\n\nAda Winter"
)


class UnexpectedError(Exception):
    """What was measured was not what it should be."""


@dataclass(slots=True)
class Seen:
    """What readers and the desk saw, in seconds."""

    rate: float = 0.0
    page_s: tuple[float, ...] = ()
    bytes: float = 0.0
    desk_s: list[float] = field(default_factory=list)
    cpu_share: float = 0.0

    @property
    def borne(self) -> float:
        """How many pages a second of the whole core's time gives, however much of it others took meanwhile."""
        return self.rate / self.cpu_share


async def crowd(url: str, seen: Seen, words: argparse.Namespace) -> None:
    """Readers who ask at a steady rate (hey, of Debian): it must be borne beside the desk, not at its cost."""
    each = words.rate // words.readers + 1
    how = ("-z", f"{words.seconds:.0f}s", "-c", str(words.readers), "-q", str(each), "-disable-redirects")
    accepts = ("-disable-compression",) if words.plain else ("-H", "Accept-Encoding: gzip")
    tool = await asyncio.create_subprocess_exec("hey", *how, *accepts, url, stdout=PIPE)
    said = (await tool.communicate())[0].decode()
    if tool.returncode or "Error distribution" in said or re.findall(r"\[(\d+)\]\s+\d+ responses", said) != ["200"]:
        raise UnexpectedError(said)
    seen.rate = _told(said, r"Requests/sec:\s+([\d.]+)")
    seen.page_s = tuple(_told(said, rf"{share}% in ([\d.]+) secs") for share in ("50", "99"))
    seen.bytes = _told(said, r"Size/request:\s+(\d+) bytes")


def _told(said: str, pattern: str) -> float:
    match = re.search(pattern, said)
    if match is None:
        raise UnexpectedError(said)
    return float(match[1])


async def worker(session: aiohttp.ClientSession, url: str, seen: Seen, until: float) -> None:
    """Somebody who is signed in and opens the overview again and again."""
    while (began := time.perf_counter()) < until:
        async with session.get(url) as answer:
            if answer.status != 200 or "sign out" not in (await answer.text()).lower():
                raise UnexpectedError(f"the desk answered {answer.status}")
        seen.desk_s.append(time.perf_counter() - began)
        await asyncio.sleep(DESK_EVERY_S)


async def sign_in(session: aiohttp.ClientSession, link: str) -> None:
    """Use the one-time link of the first start."""
    async with session.get(link) as answer:
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', await answer.text()))
    fields = {**hidden, "name": "Ada Winter", "password": PASSWORD, "again": PASSWORD}
    async with session.post(link, data=fields) as answer:
        if answer.status != 200:
            raise UnexpectedError(await answer.text())


async def busy(words: argparse.Namespace) -> Seen:
    """The daemon on the first core, everybody else on the last."""
    block, cores = Block(), sorted(os.sched_getaffinity(0))
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder:
        config = HOUSE.format(desk=block.port(), page=block.port(), metrics=block.port())
        config += "".join(COMPONENT.format(number=number) for number in range(words.components))
        daemon = Ownup(Path(folder), config, environ=dict(os.environ))
        await daemon.start()
        os.sched_setaffinity(_pid(daemon), cores[:1])
        os.sched_setaffinity(0, cores[-1:])
        try:
            # The desk's cookie is bound to its address, and aiohttp keeps none of a bare address unless told to.
            async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
                await sign_in(session, daemon.link)
                await _watched(words, daemon, session, seen)
        finally:
            await daemon.stop()
            os.sched_setaffinity(0, cores)
    return seen


async def _watched(words: argparse.Namespace, daemon: Ownup, session: aiohttp.ClientSession, seen: Seen) -> None:
    process, until = psutil.Process(_pid(daemon)), time.perf_counter() + words.seconds
    began_s, began = sum(process.cpu_times()[:2]), time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(crowd(daemon.page, seen, words))
        tasks.create_task(worker(session, daemon.desk, seen, until))
    seen.cpu_share = (sum(process.cpu_times()[:2]) - began_s) / (time.perf_counter() - began)


def _pid(daemon: Ownup) -> int:
    if daemon.process is None:
        raise UnexpectedError("the daemon is not there")
    return daemon.process.pid


def large(components: int, incidents: int) -> Moment:
    """A page with a long past: three messages an incident, the last of them open."""
    named = tuple(Component(id=f"c{number}", name=f"Service {number}") for number in range(components))
    begin = datetime(2026, 1, 1, tzinfo=UTC)

    def case(number: int) -> Case:
        at = begin + timedelta(hours=17 * number)
        stages = (Stage.RESOLVED, Stage.MONITORING, Stage.INVESTIGATING)
        posts = tuple(
            Post(
                3 * number + place,
                stage,
                f"Message {place} of {number}",
                f"{WORDS} ({number})",
                at + timedelta(hours=3 - place),
                None,
            )
            for place, stage in enumerate(stages if number else stages[1:])
        )
        return Case(number + 1, at, posts, named[number % components :][:1], total=True)

    cases = tuple(case(number) for number in reversed(range(incidents)))
    return Moment(Setting(Site(), named), cases, begin + timedelta(days=400), begin, "en")


def copied(words: argparse.Namespace) -> tuple[float, float, int]:
    """The processor's seconds for a first copy, and for one after a publication, and how many files it has."""
    moment = large(words.components, words.incidents)
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder), (), 60)
        began = time.process_time()
        copy.write(moment)
        first_s = time.process_time() - began
        newer = large(words.components, words.incidents + 1)
        began = time.process_time()
        copy.write(newer)
        return first_s, time.process_time() - began, sum(1 for file in Path(folder).rglob("*") if file.is_file())


def part(values: Sequence[float], share: float) -> float:
    """A quantile."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="default: %(default)s")
    parser.add_argument("--rate", type=int, default=5000, help="front pages a second; default: %(default)s")
    parser.add_argument("--readers", type=int, default=64, help="at once; default: %(default)s")
    parser.add_argument("--components", type=int, default=200, help="default: %(default)s")
    parser.add_argument("--incidents", type=int, default=500, help="of the copy; default: %(default)s")
    parser.add_argument("--plain", action="store_true", help="readers that cannot unpack gzip")
    words = parser.parse_args()
    if shutil.which("hey") is None:
        parser.error("hey is not installed: apt-get install hey")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seen = runner.run(busy(words))
    first_s, again_s, files = copied(words)
    objectives = (
        ("front pages a second of the core", seen.borne >= words.rate, f"{seen.borne:,.0f}"),
        (
            "the desk meanwhile, p99",
            part(seen.desk_s, 0.99) < DESK_P99_S_MAX,
            f"{part(seen.desk_s, 0.99) * 1000:.1f} ms",
        ),
        (f"a copy of {words.incidents} incidents", first_s < COPY_S_MAX, f"{first_s:.2f} s, {files} files"),
    )
    print(f"{words.components} components, {words.seconds:g} s, {len(seen.desk_s)} looks at the desk")
    for name, kept, told in objectives:
        print(f"  {name:34} {told:>24} {'' if kept else 'MISSED'}")
    middle_ms, late_ms = (length_s * 1000 for length_s in seen.page_s)
    print(f"  {'front pages a second, as served':34} {seen.rate:,.0f}")
    print(f"  {'a front page, median and p99':34} {middle_ms:.1f} and {late_ms:.1f} ms")
    print(f"  {'bytes of a front page':34} {seen.bytes:,.0f}")
    print(f"  {'the desk, median':34} {part(seen.desk_s, 0.5) * 1000:.1f} ms")
    print(f"  {'of the core, the daemon used':34} {seen.cpu_share:.0%}")
    print(f"  {'the copy after a publication':34} {again_s:.2f} s")
    return 0 if all(kept for _, kept, _ in objectives) else 1


if __name__ == "__main__":
    sys.exit(main())
