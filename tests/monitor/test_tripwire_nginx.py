"""Tripwires on a real nginx: it may drop idle connections, be reloaded, and be killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any

import pytest
import trustme
import uvloop

from monitor.habit import Habit
from monitor.tripwire import Tripwires
from monitor.watch import Limits, Watch
from probes.http import Http
from probes.look import Outcome, Result
from probes.target import Target
from tests.peers.nginx import Nginx
from tests.peers.ports import Block

Run = Callable[[Coroutine[Any, Any, None]], None]

on_both_loops = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])


@pytest.fixture
def hasty(ports: Block, server_certificate: trustme.LeafCert) -> Iterator[Nginx]:
    """An nginx that drops idle connections after a second."""
    nginx = Nginx(ports, server_certificate)
    config = nginx.directory / "nginx.conf"
    config.write_text(config.read_text().replace("keepalive_timeout 5s", "keepalive_timeout 1s"))
    with nginx:
        yield nginx


@dataclass
class Story:
    """A watch over one target, and what came of it."""

    watch: Watch
    wires: Tripwires
    habits: dict[str, Habit]
    results: list[Result] = field(default_factory=list)

    async def until(self, looks: int) -> None:
        """Wait for so many looks in all."""
        async with asyncio.timeout(30):
            while len(self.results) < looks:
                await asyncio.sleep(0.005)

    @property
    def outcomes(self) -> set[Outcome]:
        """What the looks gave."""
        return {result.outcome for result in self.results}


@asynccontextmanager
async def watching(nginx: Nginx, *, interval: str) -> AsyncIterator[Story]:
    """Look at nginx, with tripwires as the daemon has them."""
    web = Http(name="web", component="web", url=f"http://127.0.0.1:{nginx.http}/", interval=interval)

    def hear(target: Target, result: Result) -> None:
        story.results.append(result)
        story.wires.learn(target.name, result.outcome)

    habits: dict[str, Habit] = {}
    with closing(Tripwires(lambda name, in_s: story.watch.ask(name, in_s=in_s), habits, held_max=10)) as wires:
        story = Story(Watch(hear, Limits(1000, 100), on_lag=lambda _: None, hold=wires.hold), wires, habits)
        story.watch.set_targets([web])
        task = asyncio.create_task(story.watch.run())
        story.watch.ask("web", in_s=0.0)
        try:
            await story.until(looks=1)
            yield story
        finally:
            task.cancel()
            await asyncio.wait([task])


@on_both_loops
def test_a_killed_server_is_seen_at_any_interval(run: Run, nginx: Nginx) -> None:
    """An hour lies between two slots, and the failure is there at once."""

    async def story() -> None:
        async with watching(nginx, interval="1h") as seen:
            nginx.kill()
            await seen.until(looks=2)
            assert [result.outcome for result in seen.results] == [Outcome.OK, Outcome.FAILED]
            assert len(seen.wires) == 0

    run(story())


@on_both_loops
def test_a_reload_costs_one_look(run: Run, nginx: Nginx) -> None:
    """New workers take over, the old ones drop their idle connections, and the one look that follows is well."""

    async def story() -> None:
        async with watching(nginx, interval="1h") as seen:
            os.kill(int((nginx.directory / "pid").read_text()), signal.SIGHUP)
            await seen.until(looks=2)
            await asyncio.sleep(0.2)
            assert seen.outcomes == {Outcome.OK}
            assert len(seen.results) == 2
            assert len(seen.wires) == 1

    run(story())


@on_both_loops
def test_an_idle_time_out_is_no_fault(run: Run, hasty: Nginx) -> None:
    """Every connection is dropped after a second: no look fails, and soon there are no extra looks."""

    async def story() -> None:
        async with watching(hasty, interval="2s") as seen:
            async with asyncio.timeout(30):
                while not (seen.wires.tripped and seen.habits["web"].explains(1.0)):
                    await asyncio.sleep(0.05)
            tripped, looks = seen.wires.tripped, len(seen.results)
            await seen.until(looks=looks + 3)
            assert seen.wires.tripped == tripped <= 2
            assert seen.outcomes == {Outcome.OK}

    run(story())
