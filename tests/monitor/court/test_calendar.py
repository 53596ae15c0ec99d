"""Planned work in time zones, across the change of the clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.court.calendar import Again, Calendar, Once, Window

HOUR = timedelta(hours=1)


def covers(calendar: Calendar, at: datetime) -> bool:
    """Whether some target is under maintenance."""
    return calendar.covers("web", "site", at)


def at(text: str) -> datetime:
    """A moment of 2026 in UTC, such as ``03-29 01:30``."""
    return datetime.fromisoformat(f"2026-{text}:00+00:00")


def test_once() -> None:
    """From its start on, and no longer at its end."""
    calendar = Calendar([Window(Once(at("05-01 10:00"), at("05-01 12:00")))])
    moments = ["05-01 09:59", "05-01 10:00", "05-01 11:59", "05-01 12:00", "05-02 10:30"]
    assert [covers(calendar, at(one)) for one in moments] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("moment", "planned"),
    [
        ("03-22 00:59", False),  # Riga is two hours ahead in winter: 03:00 there is 01:00 in UTC
        ("03-22 01:00", True),
        ("03-22 01:59", True),
        ("03-22 02:00", False),
        ("03-29 00:59", False),  # the clocks jump from 03:00 to 04:00, and cron makes up for the lost hour at once
        ("03-29 01:00", True),
        ("03-29 01:59", True),
        ("03-29 02:00", False),
        ("04-05 00:00", True),  # three hours ahead in summer
        ("04-05 01:00", False),
        ("10-25 00:00", True),  # 03:00 comes twice; it begins once
        ("10-25 00:59", True),
        ("10-25 01:00", False),
        ("11-01 01:00", True),
    ],
)
def test_every_sunday_in_riga(moment: str, *, planned: bool) -> None:
    """CASES X14: an hour that is skipped or repeated makes the window neither shorter nor longer."""
    calendar = Calendar([Window(Again("0 3 * * SUN", HOUR, "Europe/Riga"))])
    assert covers(calendar, at(moment)) is planned


def test_windows_that_overlap_themselves() -> None:
    """Every hour for two hours is always."""
    calendar = Calendar([Window(Again("0 * * * *", 2 * HOUR, "UTC"))])
    assert all(covers(calendar, at("05-01 00:00") + timedelta(minutes=7 * n)) for n in range(100))


def test_the_clock_may_jump_back() -> None:
    """What was worked out for later is not used for earlier."""
    calendar = Calendar([Window(Again("0 3 * * *", HOUR, "UTC"))])
    assert [covers(calendar, at(one)) for one in ("05-02 04:30", "05-01 03:30", "05-02 03:30")] == [False, True, True]


def test_a_date_that_never_comes_plans_nothing() -> None:
    """The thirtieth of February."""
    assert not covers(Calendar([Window(Again("0 3 30 2 *", HOUR, "UTC"))]), at("02-28 03:30"))


def test_it_is_for_whom_it_names() -> None:
    """Targets, components, or everybody."""
    when = Once(at("05-01 10:00"), at("05-01 12:00"))
    now = datetime(2026, 5, 1, 11, tzinfo=UTC)
    window = Calendar([Window(when, targets=frozenset({"web"}), components=frozenset({"mail"}))])
    assert window.covers("web", "site", now)
    assert window.covers("smtp", "mail", now)
    assert not window.covers("dns", "names", now)
    assert Calendar([Window(when)]).covers("dns", "names", now)
