"""The grid: fixed, spread, without drift, and honest about what it skipped."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.schedule import Schedule, offset_s


def slots(schedule: Schedule, moments: list[float]) -> list[float]:
    """When the starts taken at these moments were due."""
    return [start.due_s for now_s in moments for start in schedule.due(now_s)]


def test_slots_do_not_drift_when_looks_start_late() -> None:
    """However late each start is taken, the next slot stays on the grid."""
    schedule = Schedule()
    schedule.add("shop", 10.0, now_s=0.0)
    due = slots(schedule, [9.99 + 10 * k for k in range(50)])
    assert [round(b - a, 6) for a, b in pairwise(due)] == [10.0] * 49


def test_slots_that_passed_in_a_stall_are_counted_and_not_piled_up() -> None:
    """After a stall of 35 seconds one look starts, and three are counted as skipped."""
    schedule = Schedule()
    schedule.add("shop", 10.0, now_s=0.0)
    first = schedule.next_due_s()
    assert first is not None
    assert len(list(schedule.due(first + 35.0))) == 1
    assert schedule.skipped == 3


def test_a_thousand_targets_are_spread_over_their_interval() -> None:
    """CASES X17: no second of a minute holds more than twice its share."""
    seconds = [int(offset_s(f"target-{n}", 60.0)) for n in range(1000)]
    assert max(seconds.count(second) for second in range(60)) < 2 * 1000 / 60


def test_an_extra_start_leaves_the_grid_alone() -> None:
    """A confirming look comes when asked for, and the next slot is where it was."""
    schedule = Schedule()
    schedule.add("shop", 10.0, now_s=0.0)
    slot = schedule.next_due_s()
    assert slot is not None
    schedule.ask("shop", slot - 0.5)
    taken = list(schedule.due(slot))
    assert [(start.due_s, start.extra) for start in taken] == [(slot - 0.5, True), (slot, False)]
    assert schedule.next_due_s() == slot + 10.0


def test_a_removed_target_is_looked_at_no_more() -> None:
    """Neither its slot nor an extra start survives its removal."""
    schedule = Schedule()
    schedule.add("shop", 10.0, now_s=0.0)
    schedule.ask("shop", 1.0)
    schedule.remove("shop")
    assert not list(schedule.due(100.0))
    assert schedule.next_due_s() is None


def test_a_target_that_is_added_again_has_one_slot() -> None:
    """A reload that changes an interval leaves no second grid behind."""
    schedule = Schedule()
    schedule.add("shop", 10.0, now_s=0.0)
    schedule.remove("shop")
    schedule.add("shop", 20.0, now_s=0.0)
    assert len(slots(schedule, [float(second) for second in range(200)])) == 10


@given(st.text(min_size=1), st.floats(1, 86400), st.floats(0, 1e9))
def test_the_next_slot_lies_ahead_and_within_one_interval(name: str, interval_s: float, now_s: float) -> None:
    """Whatever the clock says, a new target's first look is at most one interval away."""
    schedule = Schedule()
    schedule.add(name, interval_s, now_s=now_s)
    due_s = schedule.next_due_s()
    assert due_s is not None
    assert now_s - 1e-3 <= due_s <= now_s + interval_s + 1e-3
