"""Times as a careful person writes them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from drafts.phrases import phrases
from drafts.times import Teller

NOON = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)


def teller(zone: str = "UTC") -> Teller:
    """A teller whose reader knows no day yet."""
    return Teller(ZoneInfo(zone), phrases("en"))


def test_a_date_is_told_once_and_again_when_the_day_changes() -> None:
    """The first time has its date; later ones of that day do not; another day has its own."""
    tell = teller()
    assert tell.when(NOON) == "12:00 UTC on 22 November 2026"
    assert tell.when(NOON + timedelta(hours=1)) == "13:00 UTC"
    assert tell.when(NOON + timedelta(days=1)) == "12:00 UTC on 23 November 2026"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Berlin", "13:00 CET"),
        ("America/Sao_Paulo", "09:00 UTC-3"),
        ("Asia/Kathmandu", "17:45 UTC+5:45"),
        ("Etc/GMT-14", "02:00 UTC+14"),
    ],
)
def test_every_time_has_a_zone(zone: str, expected: str) -> None:
    """A zone without letters of its own is told by its distance from UTC."""
    assert teller(zone).when(NOON).startswith(expected)


def test_summer_and_winter() -> None:
    """The same clock time on both sides of the change can be told apart."""
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert teller("Europe/Berlin").span(before, before + timedelta(hours=1)) == (
        "from 02:30 CEST on 25 October 2026 to 02:30 CET"
    )


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (timedelta(seconds=29), "less than a minute"),
        (timedelta(seconds=30), "1 minute"),
        (timedelta(minutes=11), "11 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=2, minutes=5), "2 hours and 5 minutes"),
        (timedelta(days=1, hours=3, minutes=5), "1 day and 3 hours"),
        (timedelta(days=2, minutes=5), "2 days"),
        (timedelta(seconds=-90), "less than a minute"),
    ],
)
def test_lasted(gap: timedelta, expected: str) -> None:
    """A duration is the difference of the two times as they are told, in words that agree with the number."""
    assert teller().lasted(NOON, NOON + gap) == expected


def test_span() -> None:
    """A span names its day once, if it stays within it."""
    assert teller().span(NOON, NOON + timedelta(minutes=9)) == "from 12:00 to 12:09 UTC on 22 November 2026"
    assert teller().span(NOON, NOON) == "at 12:00 UTC on 22 November 2026"
    assert teller().span(NOON, NOON + timedelta(hours=13)) == (
        "from 12:00 UTC on 22 November 2026 to 01:00 UTC on 23 November 2026"
    )
