"""Who is called next: the ladder as a table, without a record or a clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from monitor.calls import ladder
from monitor.calls.ladder import Callee, Wanted, Way, repeats
from monitor.calls.matter import Matter
from monitor.config import Calls, Hours
from monitor.models import Call, CallState, Role, Signal, Why

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANNA = Callee("Anna", "anna", (Way("mail", frozenset({"sending"})), Way("phone")))
BEN = Callee("Ben", "ben", (Way("pager", keeps_books=True),))
CLEO = Callee("Cleo", "cleo", (Way("chat"),))
PEOPLE = (ANNA, BEN, CLEO)
RING = Signal.RING


def matter(why: Why = Why.CONFIRMED, **facts: object) -> Matter:
    """A failure that was confirmed at noon."""
    return Matter("incident-1/confirmed", why, NOON, "Sending email", **facts)  # type: ignore[arg-type]  # as told


def call(
    route: str, minute: float, state: CallState = CallState.DELIVERED, *, attempts: int = 1, number: int = 0
) -> Call:
    """A ring by this route, so many minutes after noon."""
    person = next(one.name for one in PEOPLE for way in one.ways if way.name == route)
    at = NOON + timedelta(minutes=minute)
    return Call(person=person, route=route, signal=RING, round=number, at=at, state=state, attempts=attempts)


def rung(calls: Sequence[Call], minute: float, **facts: object) -> list[str]:
    """Which routes are to be rung now, and the number of the repeat where it is one."""
    about = matter(**facts)
    now = NOON + timedelta(minutes=minute)
    wanted = ladder.rings(about, ladder.book(calls), PEOPLE, Calls(), now)
    return [f"{one.route} {one.round}" if one.round else one.route for one in wanted]


PENDING, SENDING, DELIVERED, FAILED = CallState.PENDING, CallState.SENDING, CallState.DELIVERED, CallState.FAILED
MAIL, PHONE, PAGER = call("mail", 0), call("phone", 2), call("pager", 5)


@pytest.mark.parametrize(
    ("calls", "minute", "expected"),
    [
        ([], -0.1, []),
        ([], 0, ["mail"]),
        ([], 60, ["mail"]),  # we were away for an hour: the ladder begins now, and nobody is called in vain
        ([call("mail", 60)], 60, []),
        ([call("mail", 60)], 61.9, []),
        ([call("mail", 60)], 62, ["phone"]),
        ([MAIL], 2, ["phone"]),
        ([MAIL, PHONE], 4.9, []),
        ([MAIL, PHONE], 5, ["pager"]),
        ([MAIL, PHONE, PAGER], 9.9, []),
        ([MAIL, PHONE, PAGER], 10, ["mail 1", "chat"]),
        ([MAIL, PHONE, PAGER, call("chat", 10), call("mail", 10, number=1)], 12, ["phone 1"]),
        ([MAIL], 1000, ["mail 18", "phone", "pager"]),  # of the repeats that were missed only the last is made
    ],
)
def test_routes_then_people_then_repeats(calls: list[Call], minute: float, expected: list[str]) -> None:
    """Each after its time, counted from the calls that were made and not from those that should have been."""
    assert rung(calls, minute) == expected


@pytest.mark.parametrize(
    ("state", "attempts", "expected"),
    [
        (PENDING, 0, []),
        (SENDING, 1, []),
        (DELIVERED, 1, []),
        (PENDING, 1, ["phone"]),
        (PENDING, 7, ["phone"]),
        (FAILED, 1, ["phone"]),
    ],
)
def test_nobody_waits_for_a_route_that_failed(state: CallState, attempts: int, expected: list[str]) -> None:
    """After its first failed attempt the next one follows at once, though the first is tried again."""
    assert rung([call("mail", 0, state, attempts=attempts)], 0.1) == expected


def test_nobody_waits_for_a_person_whose_every_route_failed() -> None:
    """The next person's turn is now."""
    both = [call("mail", 0, FAILED), call("phone", 0, PENDING)]
    assert rung(both, 0.1) == ["pager"]


def test_a_route_that_stands_on_what_fails_is_tried_and_not_waited_for() -> None:
    """Mail about a mail outage may get through, and nobody counts on it."""
    assert rung([], 0, broken=frozenset({"sending"})) == ["mail", "phone"]


def test_a_repeat_waits_for_the_ring_that_still_tries() -> None:
    """A route that is stuck is not given more to be stuck with."""
    assert "mail 1" not in rung([call("mail", 0, PENDING, attempts=3)], 30)


def test_two_are_called_at_once_where_that_is_asked() -> None:
    """A promise that was broken calls the next person together with the first."""
    assert rung([], 0, why=Why.LATE, at_once=2) == ["mail", "pager"]


@pytest.mark.parametrize(
    ("minutes", "number"), [(0, 0), (9.9, 0), (10, 1), (29.9, 1), (30, 2), (70, 3), (129, 3), (130, 4), (190, 5)]
)
def test_repeats_become_rare(minutes: float, number: int) -> None:
    """After 10, 20, 40 minutes, and then once an hour."""
    assert repeats(timedelta(minutes=minutes), timedelta(minutes=10)) == number


def test_repeats_that_are_rare_stay_so() -> None:
    """Whoever wants a repeat every two hours gets none every hour."""
    assert repeats(timedelta(hours=5), timedelta(hours=2)) == 2


def order(roles: dict[str, Role], people: Sequence[Callee] = PEOPLE, **facts: object) -> list[str]:
    """Who is called in which order."""
    return [callee.name for callee in ladder.in_order(people, matter(**facts), roles)]


ALL = {"anna": Role.APPROVER, "ben": Role.ADMIN, "cleo": Role.APPROVER}


def test_the_config_says_who_is_called_first() -> None:
    """Anybody can take it up."""
    assert order({}) == ["Anna", "Ben", "Cleo"]


def test_who_took_it_up_is_called_first_about_its_drafts() -> None:
    """It is theirs."""
    assert order(ALL, answers=True, first="cleo") == ["Cleo", "Anna", "Ben"]


def test_who_may_approve_is_called_before_who_may_not() -> None:
    """A responder who took it up can say neither yes nor no."""
    assert order({**ALL, "cleo": Role.RESPONDER}, answers=True, first="cleo") == ["Anna", "Ben", "Cleo"]


NIGHT = Callee("Nina", "nina", (Way("x"),), Hours.parse("22:00-07:00"), "Asia/Tokyo")
DAY = Callee("Dan", "dan", (Way("y"),), Hours.parse("07:00-22:00"), "Asia/Tokyo")


@pytest.mark.parametrize(
    ("hour", "public", "expected"),
    [
        (12, False, ["Nina", "Dan"]),
        (15, False, ["Dan", "Nina"]),
        (15, True, ["Nina", "Dan"]),
        (22, False, ["Nina", "Dan"]),
    ],
)
def test_quiet_hours_turn_the_order_and_no_more(hour: int, public: bool, expected: list[str]) -> None:  # noqa: FBT001 - a row of the table
    """Noon in UTC is nine in the evening in Tokyo; while an incident is public nobody has quiet hours."""
    since = NOON.replace(hour=hour)
    about = Matter("m", Why.CONFIRMED, since, "", public=public)
    assert [callee.name for callee in ladder.in_order((NIGHT, DAY), about, {})] == expected
    assert [callee.name for callee in ladder.in_order((NIGHT,), about, {})] == ["Nina"]


@pytest.mark.parametrize(
    ("calls", "by", "expected"),
    [
        ([], "anna", []),
        ([MAIL], "anna", []),
        ([MAIL], "ben", ["mail"]),
        ([MAIL, PHONE, PAGER], "anna", ["pager"]),
        ([MAIL, PAGER], "ben", ["mail", "pager"]),  # Ben knows, and his pager does not
        ([call("mail", 0, PENDING, attempts=0)], "ben", []),
        ([call("mail", 0, SENDING)], "ben", ["mail"]),
    ],
)
def test_who_was_called_is_told_that_somebody_came(calls: list[Call], by: str, expected: list[str]) -> None:
    """Less the one who came, and less those whom no attempt can have reached."""
    told = list(ladder.taken(matter(taken_by=by), ladder.book(calls), PEOPLE))
    assert [one.route for one in told] == expected
    assert all(one.signal is Signal.TAKEN and one.quiet for one in told)


@pytest.mark.parametrize(
    ("why", "came", "expected"),
    [
        (Why.CONFIRMED, False, ["mail", "pager"]),
        (Why.CONFIRMED, True, ["pager"]),
        (Why.BLIND, False, ["mail", "pager"]),
        (Why.LATE, False, ["pager"]),
        (Why.DUE, False, ["pager"]),
        (Why.APPROVAL, False, ["pager"]),
    ],
)
def test_the_end_is_told_where_somebody_may_be_on_the_way(why: Why, came: bool, expected: list[str]) -> None:  # noqa: FBT001 - a row of the table
    """And always to whoever goes on calling by itself."""
    told = ladder.over(why, ladder.book([MAIL, PAGER]), PEOPLE, came=came)
    assert [one.route for one in told] == expected


def test_nobody_is_told_twice() -> None:
    """What stands in the record is not wanted again."""
    said = Call(person="Ben", route="pager", signal=Signal.OVER, round=0, at=NOON, state=DELIVERED, attempts=1)
    assert list(ladder.over(Why.LATE, ladder.book([PAGER, said]), PEOPLE, came=False)) == []


def test_the_first_ring_alone_is_loud() -> None:
    """Repeats and news wake nobody whom it did not."""
    assert not Wanted("Anna", "mail", RING).quiet
    assert Wanted("Anna", "mail", RING, 1).quiet
    assert Wanted("Anna", "mail", Signal.OVER).quiet
