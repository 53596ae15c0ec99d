"""Times in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.desk.times import Times, span

NOW = datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "moment", "written"),
    [
        ("UTC", NOW, "14:02:11 UTC"),
        ("UTC", NOW - timedelta(days=1), "21 Nov 2026, 14:02:11 UTC"),
        ("Europe/Riga", NOW, "16:02:11 EET"),
        ("Europe/Riga", NOW + timedelta(hours=8), "23 Nov 2026, 00:02:11 EET"),
    ],
)
def test_a_time_has_its_zone_and_its_day_if_it_is_another(zone: str, moment: datetime, written: str) -> None:
    """The day is that of the readers' zone, and stands only where it is not today."""
    assert Times(ZoneInfo(zone), NOW).at(moment) == written


def test_a_promise_is_told_in_minutes() -> None:
    """Seconds would promise more than anybody keeps; how far ahead it is stands beside it."""
    times = Times(ZoneInfo("UTC"), NOW)
    promise = NOW.replace(minute=35, second=0)
    assert (times.minute(promise), times.since(promise)) == ("14:35 UTC", "in 32 min")
    assert times.since(NOW - timedelta(seconds=50)) == "50 s ago"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (86400, "1 day"),
        (200000, "2 days"),
    ],
)
def test_a_length_is_told_in_its_largest_units(seconds: float, words: str) -> None:
    """Twelve seconds, four minutes, three hours and five minutes, two days."""
    assert span(seconds) == words
