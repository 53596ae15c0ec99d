"""What our own side has lost, and when our own loop stood still."""

import asyncio
import time
from pathlib import Path

import pytest

from monitor.daemon.ownside import OwnSide, answers, routes
from monitor.daemon.pace import STALL_S, Pace

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
