"""What our own side has lost, and when our own loop stood still."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.daemon.ownside import OwnSide, answers, routes
from monitor.daemon.pace import STALL_S, Pace
from monitor.daemon.wallclock import Own, WallClock

HEADING = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
DEFAULT_4 = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
LOCAL_4 = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
ZERO = "0" * 32
DEFAULT_6 = f"{ZERO} 00 {ZERO} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n"
REJECT_6 = f"{ZERO} 00 {ZERO} 00 {ZERO} ffffffff 00000001 00000000 00200200       lo\n"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """The kernel's tables, with both default routes."""
    (tmp_path / "route").write_text(HEADING + LOCAL_4 + DEFAULT_4)
    (tmp_path / "ipv6_route").write_text(REJECT_6 + DEFAULT_6)
    return tmp_path


def test_default_routes_are_read_by_family(proc: Path) -> None:
    """A local network is no default route, and neither is the one that rejects."""
    assert routes(proc) == {"4", "6"}
    (proc / "route").write_text(HEADING + LOCAL_4)
    (proc / "ipv6_route").write_text(REJECT_6)
    assert routes(proc) == set()


def test_a_system_without_such_tables_has_no_routes(tmp_path: Path) -> None:
    """And loses none."""
    assert routes(tmp_path) == set()


async def test_only_a_loss_counts(proc: Path) -> None:
    """A route that never was is not missed; one that goes is, until it is back."""
    (proc / "ipv6_route").write_text(REJECT_6)
    own = OwnSide([], proc=proc)
    assert await own.lost() == {}
    (proc / "route").write_text(HEADING + LOCAL_4)
    assert await own.lost() == {"4": "our own default route for IPv4 is gone"}
    (proc / "route").write_text(HEADING + DEFAULT_4)
    assert await own.lost() == {}


async def test_a_resolver_that_never_answered_is_not_missed(proc: Path) -> None:
    """A machine without one may need none."""
    own = OwnSide(["no such name"], proc=proc)
    for _ in range(3):
        assert "dns" not in await own.lost()


async def test_a_resolver_that_falls_silent_is_missed(proc: Path) -> None:
    """Once it has failed to answer twice in a row, and until it answers again."""
    said = [True, False, False, True]
    own = OwnSide(["www.example.test"], proc=proc, ask=lambda _: asyncio.sleep(0, said.pop(0)), ask_every=1)
    assert [list(await own.lost()) for _ in range(4)] == [[], [], ["dns"], []]


async def test_that_a_name_exists_is_an_answer() -> None:
    """This machine's own name needs no network."""
    assert await answers("localhost")


async def test_a_stall_of_our_own_is_noticed() -> None:
    """By the measure, and by a look that ends before the measure wakes up."""
    lags: list[float] = []
    pace = Pace(lags.append)
    clock = asyncio.get_running_loop().time
    async with asyncio.TaskGroup() as tasks:
        measure = tasks.create_task(pace.measure())
        await asyncio.sleep(0.01)
        began_s = clock()
        assert not pace.stalled_since(began_s, now_s=clock())
        time.sleep(STALL_S + 0.5)  # noqa: ASYNC251 - the loop is to stand still
        assert pace.stalled_since(began_s, now_s=clock())
        while not lags:
            await asyncio.sleep(0.01)
        assert pace.stalled_since(began_s, now_s=clock())
        assert not pace.stalled_since(clock(), now_s=clock())
        measure.cancel()
    assert max(lags) > STALL_S


class Wall:
    """A wall clock that the test puts forward and back, and what was told of its steps."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
        self.steps_s: list[float] = []
        self.clock = WallClock(lambda: self.now, lambda step_s: self.steps_s.append(round(step_s, 3)))

    def runs(self, seconds: float) -> None:
        """Time passes on it."""
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize("step_s", [7200.0, 3.0, -3.0, -7200.0])
def test_a_step_of_our_clock_is_noticed_once(step_s: float) -> None:
    """Forward as after a sleep, or back; a look that was under way is spoilt, and the next one is not."""
    wall = Wall()
    wall.clock.check(now_s=100.0)
    wall.runs(5 + step_s)
    assert wall.clock.stepped_since(104.0, now_s=105.0)
    wall.runs(5)
    assert wall.clock.stepped_since(104.0, now_s=110.0)
    assert not wall.clock.stepped_since(106.0, now_s=110.0)
    assert wall.steps_s == [step_s]


def test_a_clock_that_is_put_right_bit_by_bit_does_not_step() -> None:
    """As time servers do it: half a millisecond a second, for days."""
    wall = Wall()
    for second in range(20_000):
        wall.clock.check(now_s=float(second))
        wall.runs(1.0005)
    assert wall.steps_s == []


async def test_what_was_wrong_with_us_is_said_in_a_sentence() -> None:
    """Of a look that it spoilt; of any other nothing."""
    wall = Wall()
    own = Own(Pace(lambda _: None), wall.clock)
    own.check_clock()
    now_s = asyncio.get_running_loop().time()
    assert own.spoilt(0.1, now_s=now_s) == ""
    wall.runs(3600)
    assert own.spoilt(0.1, now_s=now_s) == "our own clock stepped during this look"


async def test_the_clock_is_checked_as_often_as_the_routes(proc: Path) -> None:
    """Once a second, whether looks end or not."""
    checks: list[float] = []
    own = OwnSide([], proc=proc)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(own.observe(lambda _: None, lambda: checks.append(1.0)))
        while not checks:
            await asyncio.sleep(0)
        task.cancel()
    assert checks == [1.0]
