"""The next promise is absolute, on whole five minutes, and never too far or too near."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafts.cadence import Due, due, next_update, stale

NOW = datetime(2026, 11, 22, 14, 2, 5, tzinfo=UTC)
MINUTES = st.integers(0, 600).map(lambda minutes: timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("total_loss", "minutes", "expected"),
    [
        (False, 60, "15:00"),
        (True, 60, "14:30"),
        (False, 30, "14:30"),
        (False, 600, "15:00"),
        (True, 600, "14:30"),
        (False, 1, "14:15"),
    ],
)
def test_next_update(total_loss: bool, minutes: int, expected: str) -> None:  # noqa: FBT001 - a column of the table
    """The promise keeps the company's rhythm up to the ceiling: 60 minutes, or 30 for a total loss."""
    every = timedelta(minutes=minutes)
    assert f"{next_update(NOW, total_loss, every, every):%H:%M}" == expected


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(2026, 1, 1)), st.booleans(), MINUTES, MINUTES)  # noqa: DTZ001 - hypothesis wants a naive bound
def test_promise_can_be_kept(now: datetime, total_loss: bool, every: timedelta, every_total: timedelta) -> None:  # noqa: FBT001 - hypothesis passes by position
    """Whatever the settings, a promise is 10 to 60 minutes ahead (30 for a total loss), on whole five minutes."""
    promise = next_update(now, total_loss, every, every_total)
    assert timedelta(minutes=10) <= promise - now <= timedelta(minutes=30 if total_loss else 60)
    assert (promise.minute % 5, promise.second, promise.microsecond) == (0, 0, 0)


@pytest.mark.parametrize(
    ("left_s", "expected"),
    [(601, Due.NOT_YET), (600, Due.DRAFT), (301, Due.DRAFT), (300, Due.CALL), (0, Due.CALL), (-1, Due.LATE)],
)
def test_due(left_s: int, expected: Due) -> None:
    """A draft ten minutes before a promise, a call five before, and lateness is named."""
    assert due(NOW + timedelta(seconds=left_s), NOW) is expected


@pytest.mark.parametrize(("left_s", "expected"), [(300, False), (299, True), (-5, True)])
def test_stale(left_s: int, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    """A waiting draft is rendered anew when its promise is less than five minutes away."""
    assert stale(NOW + timedelta(seconds=left_s), NOW) is expected
