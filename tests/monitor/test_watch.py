"""The watch: on time, never twice at once, and with a limit on everything."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from monitor.watch import Limits, Watch
from probes.finding import Failed, Outcome
from probes.look import Result
from probes.notebook import Notebook
from probes.reason import Reason
from probes.target import Target

LIMITS = Limits(starts_per_second=10_000, in_flight_max=100)


class Gate(Target):
    """A kind of the test's own: every look waits until the test opens the gate."""

    async def look(self, notes: Notebook) -> None:
        del notes
        UNDER_WAY[self.name] += 1
        MOST_AT_ONCE[self.name] = max(MOST_AT_ONCE[self.name], UNDER_WAY[self.name])
        try:
            await OPEN[self.name].wait()
        finally:
            UNDER_WAY[self.name] -= 1
        if self.name.startswith("bad"):
            raise Failed(Reason.STATUS, "as the test wishes")


UNDER_WAY: Counter[str] = Counter()
MOST_AT_ONCE: Counter[str] = Counter()
OPEN: dict[str, asyncio.Event] = {}


def gate(name: str, *, is_open: bool = True, **options: Any) -> Gate:
    """A target whose looks end at once, or only when the test opens its gate."""
    UNDER_WAY[name] = MOST_AT_ONCE[name] = 0
    OPEN[name] = asyncio.Event()
    if is_open:
        OPEN[name].set()
    plain = Gate(kind="gate", name=name, component="web", timeout="5s")
    return plain.model_copy(update={"interval": 0.02, **options})


class Ear:
    """Hears Results, and lets a test wait for as many as it wants."""

    def __init__(self, again_s: float | None = None) -> None:
        self.results: list[Result] = []
        self.again_s = again_s
        self._more = asyncio.Event()

    def __call__(self, target: Target, result: Result) -> float | None:
        del target
        self.results.append(result)
        self._more.set()
        return self.again_s

    async def until(self, count: int) -> list[Result]:
        """Wait until this many Results were heard."""
        async with asyncio.timeout(10):
            while len(self.results) < count:
                self._more.clear()
                await self._more.wait()
        return self.results


@asynccontextmanager
async def watching(ear: Ear, *targets: Target, limits: Limits = LIMITS) -> AsyncIterator[Watch]:
    """A watch that runs for as long as the block lasts."""
    watch = Watch(ear, limits, on_lag=lambda _: None)
    watch.set_targets(targets)
    task = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_every_target_is_looked_at_again_and_again() -> None:
    """Results come for every target, slot after slot."""
    ear = Ear()
    async with watching(ear, gate("a"), gate("b")):
        results = await ear.until(10)
    assert {result.target for result in results} == {"a", "b"}
    assert {result.outcome for result in results} == {Outcome.OK}


async def test_a_target_is_never_looked_at_twice_at_once() -> None:
    """Slots that find the target still being looked at are counted, and another target is not delayed by it."""
    ear = Ear()
    async with watching(ear, gate("hangs", is_open=False), gate("other")) as watch:
        await ear.until(10)
        assert watch.skipped > 0
        assert MOST_AT_ONCE["hangs"] == 1
        OPEN["hangs"].set()
        async with asyncio.timeout(5):
            while "hangs" not in {result.target for result in ear.results}:
                await ear.until(len(ear.results) + 1)


async def test_looks_in_flight_have_a_limit() -> None:
    """Overload skips slots, and counts them, instead of piling looks up."""
    ear = Ear()
    hanging = [gate(f"h{n}", is_open=False) for n in range(10)]
    async with watching(ear, *hanging, limits=Limits(starts_per_second=1000, in_flight_max=3)) as watch:
        async with asyncio.timeout(5):
            while watch.skipped < 10:
                await asyncio.sleep(0.01)
        assert sum(UNDER_WAY[target.name] for target in hanging) == 3


class Waiter(Gate):
    """A kind whose looks are mostly waiting."""

    waits = True


async def test_waiting_takes_up_no_room() -> None:
    """However many wait, as many others may be looked at as before, and the waiting ones are limited by no one."""
    ear = Ear()
    waiting = [Waiter.model_construct(**dict(gate(f"w{n}", is_open=False))) for n in range(5)]
    hanging = [gate(f"h{n}", is_open=False) for n in range(5)]
    async with watching(ear, *waiting, *hanging, limits=Limits(starts_per_second=1000, in_flight_max=2)) as watch:
        async with asyncio.timeout(5):
            while watch.skipped < 30:
                await asyncio.sleep(0.01)
        assert sum(UNDER_WAY[target.name] for target in waiting) == 5
        assert sum(UNDER_WAY[target.name] for target in hanging) == 2


async def test_a_confirming_look_comes_when_the_judge_asks() -> None:
    """What ``hear`` gives back is when the next look starts, whatever the interval says."""
    ear = Ear(again_s=0.0)
    async with watching(ear, gate("bad", interval=0.5)) as watch:
        watch.ask("bad", in_s=0.0)
        results = await ear.until(5)
    spread_s = (results[4].started_at - results[0].started_at).total_seconds()
    assert spread_s < 0.4


async def looks_at_once(watch: Watch, ear: Ear, name: str, *, least: int = 1) -> int:
    """Two looks end and the next hang, ``least`` of them; gives how many did at once until five slots had passed."""
    await ear.until(2)
    OPEN[name].clear()
    async with asyncio.timeout(5):
        while UNDER_WAY[name] < least:
            await asyncio.sleep(0.001)
        skipped = watch.skipped
        while watch.skipped < skipped + 5:
            await asyncio.sleep(0.01)
    return MOST_AT_ONCE[name]


async def test_a_look_that_hangs_is_hedged() -> None:
    """Where the last look was good, the first two confirming looks begin while this one hangs, and no more of them."""
    ear = Ear()
    async with watching(ear, gate("shop", confirm=(0.0, 0.01, 0.02, 0.03))) as watch:
        assert await looks_at_once(watch, ear, "shop", least=3) == 3


async def test_what_hangs_since_long_is_not_hedged() -> None:
    """Where the last look failed nothing is urgent any more: one look at a time."""
    ear = Ear()
    async with watching(ear, gate("bad", confirm=(0.0, 0.0))) as watch:
        assert await looks_at_once(watch, ear, "bad") == 1


async def test_hedges_take_room_like_all_looks() -> None:
    """Where as many looks are under way as may be, a hanging one gets no second."""
    ear = Ear()
    limits = Limits(starts_per_second=1000, in_flight_max=1)
    async with watching(ear, gate("shop", confirm=(0.0, 0.01)), limits=limits) as watch:
        assert await looks_at_once(watch, ear, "shop") == 1


async def test_a_result_of_old_settings_is_not_heard() -> None:
    """A reload that changes a target under way throws that look's answer away."""
    ear = Ear()
    old = gate("shop", is_open=False)
    async with watching(ear, old) as watch:
        async with asyncio.timeout(5):
            while not UNDER_WAY["shop"]:
                await asyncio.sleep(0.001)
        watch.set_targets([old.model_copy(update={"timeout": 7.0, "interval": 3600.0}), gate("next")])
        OPEN["shop"].set()
        results = await ear.until(3)
    assert {result.target for result in results} == {"next"}


async def test_stopping_the_watch_leaves_no_look_behind() -> None:
    """Cancelling ends every look under way."""
    async with watching(Ear(), gate("left", is_open=False)):
        async with asyncio.timeout(5):
            while not UNDER_WAY["left"]:
                await asyncio.sleep(0.001)
    assert UNDER_WAY["left"] == 0
