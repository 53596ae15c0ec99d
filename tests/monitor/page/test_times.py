"""Times and lengths as a stranger reads them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.page.times import Times

NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
ZURICH = Times(ZoneInfo("Europe/Zurich"), NOW)


def test_times_name_their_zone_and_year() -> None:
    """A time can be read by somebody elsewhere, or in a year."""
    assert ZURICH.full(NOW) == "29 March 2026, 00:30 CET"
    assert ZURICH.full(NOW + timedelta(hours=2)) == "29 March 2026, 03:30 CEST"
    assert Times(ZoneInfo("UTC"), NOW).full(NOW) == "28 March 2026, 23:30 UTC"


def test_today_is_the_readers_day() -> None:
    """Of a time today the clock is enough; the day begins where the readers live."""
    assert ZURICH.brief(NOW + timedelta(hours=2)) == "03:30 CEST"
    assert ZURICH.brief(NOW - timedelta(hours=1)) == "28 March 2026, 23:30 CET"


@pytest.mark.parametrize(("seconds", "late"), [(-60, 0), (0, 0), (59, 0), (60, 1), (3599, 59)])
def test_lateness_counts_whole_minutes(seconds: int, late: int) -> None:
    """A promise is kept until its minute is over."""
    assert ZURICH.late_minutes(NOW - timedelta(seconds=seconds)) == late


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (150, "2 hours 30 minutes"),
        (1440, "1 day"),
        (4000, "2 days"),
    ],
)
def test_lengths_are_words(minutes: int, words: str) -> None:
    """Two units at most, and one of a thing is one."""
    assert ZURICH.span(minutes) == words
