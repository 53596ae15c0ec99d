"""What is learned of a server that drops idle connections while it is well."""

import pytest

from monitor.habit import PATIENCE_S_MAX, Habit


@pytest.mark.parametrize(
    ("remembered_s", "age_s", "explained"),
    [
        ((), 5.0, False),
        ((5.0,), 5.0, False),
        ((5.0, 5.1), 5.05, True),
        ((5.0, 5.1), 4.0, False),
        ((5.0, 5.1), 7.0, False),
        ((60.0, 66.0), 63.0, True),
        ((1.0, 1.2), 1.25, True),
        ((1.0, 1.2), 1.6, False),
        ((3.0, 40.0, 41.0), 40.0, True),
        ((3.0, 17.0, 29.0, 40.0, 41.0), 40.0, False),
        ((3.0, 17.0, 29.0, 40.0), 22.0, False),
    ],
)
def test_a_time_out_comes_again(remembered_s: tuple[float, ...], age_s: float, *, explained: bool) -> None:
    """It takes two drops at about this age, and half of all; scattered ones are restarts, and explain nothing."""
    assert Habit(remembered_s).explains(age_s) is explained


def test_a_new_time_out_is_learned_in_place_of_the_old() -> None:
    """Only the last drops count, so that a changed setting is understood."""
    habit = Habit()
    for age_s in (5.0,) * 8 + (75.0,) * 4:
        habit = habit.false_alarm(age_s)
    assert habit.explains(75.0)
    for _ in range(8):
        habit = habit.false_alarm(75.0)
    assert not habit.explains(5.0)
    assert len(habit.dropped_after_s) == 8


def test_patience_grows_with_false_alarms_and_shrinks_with_right_ones() -> None:
    """Twice as long after each for nothing, with a ceiling; a right one ends it, and a wire that held takes one off."""
    habit = Habit()
    waits_s = []
    for age_s in (1.0, 20.0, 400.0):
        waits_s.append(habit.patience_s)
        habit = habit.false_alarm(age_s)
    assert waits_s == [5.0, 10.0, 20.0]
    assert habit.held().patience_s == 20.0
    assert habit.right_alarm().patience_s == 5.0
    for _ in range(100):
        habit = habit.false_alarm(1.0)
    assert habit.patience_s == PATIENCE_S_MAX
