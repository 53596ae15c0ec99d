"""Our own line is cut, in network namespaces: we accuse nobody, say that we are blind, and wake up without a storm."""

import time
from collections.abc import Callable, Iterator

import pytest

from benchmarks.cut_off import LONE, Daemon, Pace, daemon
from benchmarks.line import WORLD, ip, why_not

PATIENCE_S = 60.0
LINK, NAMES, SIX = "our own link goes down", "only the resolver falls silent", "only IPv6 is cut"


@pytest.fixture(scope="module")
def ownup() -> Iterator[Daemon]:
    """A daemon with sixty targets at the far end of a line, all of them known to be well."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with daemon(Pace(interval="2s", timeout="1500ms", dark_s=1.0, light_s=3.0)) as one:
        until(lambda: one.get("/metrics").count('verdict="up"} 1') >= 60)
        yield one


def until(true: Callable[[], bool]) -> None:
    """Wait for it, for as long as the slowest machine may need."""
    give_up = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def number(ownup: Daemon, series: str) -> float:
    """What a series of ours says now."""
    lines = ownup.get("/metrics").splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(series)), 0.0)


def test_a_black_hole_trips_the_wire_and_is_no_failure_itself(ownup: Daemon) -> None:
    """Packets are dropped: the kernel gives up, we look long before the next slot, and believe what that look sees."""
    looks = f'ownup_results_total{{target="four{LONE}",outcome="ok"}}'
    address = f"10.78.{LONE}.1/32"
    before, trips, seen = ownup.counts(), number(ownup, "ownup_trips_total"), number(ownup, looks)
    ip("-n", WORLD, "addr", "del", address, "dev", "lo")
    until(lambda: number(ownup, "ownup_trips_total") > trips)
    ip("-n", WORLD, "addr", "add", address, "dev", "lo")  # in time for the second try of the look's connection
    until(lambda: number(ownup, looks) > seen)
    assert ownup.counts() == before


@pytest.mark.parametrize("cut", [LINK, NAMES, SIX])
def test_a_cut_line_accuses_nobody(ownup: Daemon, cut: str) -> None:
    """No draft and one alarm, which the metric and ``/-/ready`` repeat; when it is healed nothing comes after."""
    seen = ownup.endure(cut)
    assert (seen.incidents, seen.drafts, seen.alarms) == (0, 0, 1), ownup.log()
    assert max(seen.known_s, seen.healed_s) < PATIENCE_S


def test_who_really_goes_is_told(ownup: Daemon) -> None:
    """The same daemon is not deaf: one target that vanishes alone gets its draft."""
    seen = ownup.lose_one()
    assert (seen.incidents, seen.drafts, seen.alarms) == (1, 1, 0), ownup.log()
