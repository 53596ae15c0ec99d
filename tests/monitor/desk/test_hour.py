"""The picture of the last hour."""

from datetime import UTC, datetime, timedelta

from monitor.desk.hour import Bar, picture
from monitor.ledger.samples import Sample
from probes.finding import Outcome

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def sample(minutes_ago: float, outcome: Outcome) -> Sample:
    """One look."""
    return Sample(NOW - timedelta(minutes=minutes_ago), outcome, None, 0.1)


def test_a_minute_shows_its_worst_look() -> None:
    """A failed look is seen although a good one came in the same minute; minutes alike are one bar; gaps stay empty."""
    looks = [
        *(sample(60 - minute, Outcome.OK) for minute in range(10)),
        sample(30, Outcome.OK),
        sample(29.5, Outcome.FAILED),
        sample(29, Outcome.DEGRADED),
    ]
    drawn = picture(looks, NOW)
    assert drawn.bars == (Bar(0, 10, Outcome.OK), Bar(30, 1, Outcome.FAILED), Bar(31, 1, Outcome.DEGRADED))
    assert drawn.caption == "1 of 13 looks failed"


def test_what_is_outside_the_hour_is_not_drawn() -> None:
    """Neither what is older, nor what a wrong clock puts ahead."""
    assert picture([sample(61, Outcome.OK), sample(-1, Outcome.OK)], NOW).bars == ()


def test_no_looks_are_said_to_be_none() -> None:
    """An empty picture says so in words."""
    assert picture([], NOW).caption == "no looks on record"
