"""The rollup says what a patient clerk with a stop-watch would say, whatever the order in which results come."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.ledger.history import History, Noun, micros, time_at
from monitor.ledger.rollup import Rollup, Scope
from monitor.ledger.tape import Row, Tape
from monitor.uptime import SLOT_US, State, Tally, slots

SECOND_US = 1_000_000
START = datetime(2026, 3, 12, 23, 40, tzinfo=UTC)
SECONDS = 1800
STANDS_S = 70
SCOPE = Scope(
    dict.fromkeys(("a", "b", "c", "d"), STANDS_S * SECOND_US),
    {"a": "mail", "b": "mail", "c": "mail", "d": "web"},
)

Look = tuple[str, int, str, bool]
"""Target, second, outcome, planned."""

looks = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.integers(0, SECONDS - 1),
        st.sampled_from(("ok", "degraded", "failed", "unknown")),
        st.booleans(),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda look: look[:2],
)


def row(look: Look) -> Row:
    """As the file has it."""
    target, second, outcome, planned = look
    return (target, micros(START) + second * SECOND_US, outcome, None, 1000, planned, SCOPE.stands_us[target])


def seen(all_looks: Sequence[Look], target: str, second: int) -> State:
    """What is true of a target in one second, by the definition: the look before speaks, if it still stands."""
    before = max((look for look in all_looks if look[0] == target and look[1] <= second), default=None)
    if before is None or second >= before[1] + STANDS_S:
        return State.UNKNOWN
    _, _, outcome, planned = before
    if planned:
        return State.PLANNED
    return State.DOWN if outcome == "failed" else State(outcome)


def component(states: Sequence[State]) -> State:
    """What is true of a component, by the definition."""
    tell = [state for state in states if state in {State.OK, State.DEGRADED, State.DOWN}]
    if not tell:
        return State.PLANNED if State.PLANNED in states else State.UNKNOWN
    if all(state is State.DOWN for state in tell):
        return State.DOWN
    if State.DOWN in tell:
        return State.PARTIAL
    return State.DEGRADED if State.DEGRADED in tell else State.OK


def clerk(all_looks: Sequence[Look], until: int) -> dict[str, list[State]]:
    """Second by second, what is true of each target and component."""
    told = {target: [seen(all_looks, target, second) for second in range(until)] for target in "abcd"}
    for name in ("mail", "web"):
        parts = [told[target] for target, owner in SCOPE.components.items() if owner == name]
        told[name] = [component(states) for states in zip(*parts, strict=True)]
    return told


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(all_looks=looks, order=st.randoms(use_true_random=False), batch=st.integers(1, 20))
async def test_sums_are_those_of_a_stop_watch(
    tmp_path_factory: pytest.TempPathFactory, all_looks: list[Look], order: object, batch: int
) -> None:
    """Every five minutes, day and outage, over midnight, with results that come in any order and in many pieces."""
    mixed = sorted(all_looks, key=lambda look: look[1] + order.randrange(400))  # type: ignore[attr-defined]
    path = tmp_path_factory.mktemp("tape") / "samples.db"
    path.touch()
    with closing(Tape(path)) as tape:
        rollup = Rollup(tape.connection, SCOPE)
        for number in range(0, len(mixed), batch):
            rows = [row(look) for look in mixed[number : number + batch]]
            tape.write(rows)
            rollup.note([one[1] for one in rows])
            rollup.roll(every_us=1)
        rows = [row(("d", SECONDS, "ok", False))]  # the last look ends what is known
        tape.write(rows)
        rollup.note([rows[0][1]])
        while rollup.roll(every_us=1):
            pass
        told = clerk(all_looks, SECONDS)
        history = History(tape, UTC)
        assert stored_slots(tape) == {
            (name, slot): tally for name, states in told.items() for slot, tally in summed(states)
        }
        for noun, names in ((Noun.COMPONENT, ("mail", "web")), (Noun.TARGET, "abcd")):
            days = await history.days(date(2026, 3, 12), date(2026, 3, 13), noun=noun)
            for name in names:
                if name in days:
                    assert [day.tally for day in days[name]] == [tally(told[name][:1200]), tally(told[name][1200:])]
        for name in ("mail", "web"):
            found = await history.outages(name, START, START + timedelta(seconds=SECONDS))
            assert [(one.state, one.since, one.until) for one in found] == outages(told[name])


def tally(states: Sequence[State]) -> Tally:
    """How many microseconds of each."""
    return Tally.of({state: states.count(state) * SECOND_US for state in State})


def summed(states: Sequence[State]) -> list[tuple[int, Tally]]:
    """What each five minutes came to, those left out in which nothing was known."""
    first = micros(START) // SLOT_US
    parts = [(first + number // 300, tally(states[number : number + 300])) for number in range(0, len(states), 300)]
    return [(slot, part) for slot, part in parts if part != Tally()]


def outages(states: Sequence[State]) -> list[tuple[State, datetime, datetime]]:
    """The stretches that failed."""
    found = []
    for state, group in groupby(enumerate(states), lambda one: one[1]):
        seconds = [second for second, _ in group]
        if state in {State.DOWN, State.PARTIAL}:
            until = START + timedelta(seconds=seconds[-1] + 1)
            found.append((state, START + timedelta(seconds=seconds[0]), until))
    return found


def stored_slots(tape: Tape) -> dict[tuple[str, int], Tally]:
    """What the file has, those left out in which nothing was known, and the look that ended it all."""
    last = (micros(START) + SECONDS * SECOND_US) // SLOT_US
    rows = tape.connection.execute(
        "SELECT name, slot, ok, degraded, partial, down, planned FROM series JOIN five_minutes ON series_id = id"
    )
    return {(name, slot): part for name, slot, *sums in rows if (part := Tally(*sums)) != Tally() and slot < last}


def one_tape(tmp_path: Path) -> Tape:
    """A new file."""
    path = tmp_path / "samples.db"
    path.touch()
    return Tape(path)


async def test_what_nobody_rolled_up_is_rolled_up_after_a_restart(tmp_path: Path) -> None:
    """A process that is killed between storing and rolling up loses nothing of the sums."""
    with closing(one_tape(tmp_path)) as tape:
        first = Rollup(tape.connection, SCOPE)
        tape.write([row(("d", second, "ok", False)) for second in range(0, 600, 60)])
        first.note([row(("d", 540, "ok", False))[1]])
        assert first.roll()
        tape.write([row(("d", second, "failed", False)) for second in range(600, 900, 60)])  # and killed here
        after = Rollup(tape.connection, SCOPE)
        tape.write([row(("d", 900, "ok", False))])
        after.note([row(("d", 900, "ok", False))[1]])
        assert after.roll()
        days = await History(tape, UTC).days(START.date(), START.date(), noun=Noun.COMPONENT)
    assert days["web"][0].tally == Tally(ok=600 * SECOND_US, down=300 * SECOND_US)


async def test_days_are_those_of_the_site(tmp_path: Path) -> None:
    """In Riga the night of 29 March 2026 has 23 hours; both its midnights are Riga's."""
    zone = ZoneInfo("Europe/Riga")
    scope = Scope({"d": 4 * 3600 * SECOND_US}, {"d": "web"}, zone)
    begin = datetime(2026, 3, 28, 12, tzinfo=zone)
    with closing(one_tape(tmp_path)) as tape:
        rollup = Rollup(tape.connection, scope)
        ats = [micros(begin) + hour * 3600 * SECOND_US for hour in range(49)]
        tape.write([("d", at, "ok", None, 1, False, scope.stands_us["d"]) for at in ats])
        rollup.note(ats)
        while rollup.roll(every_us=1):
            pass
        days = (await History(tape, zone).days(date(2026, 3, 28), date(2026, 3, 31)))["web"]
    hours = [day.tally.ok / 3600 / SECOND_US for day in days]
    assert hours == [12, 23, 13, 0]
    assert [day.length_us / 3600 / SECOND_US for day in days] == [24, 23, 13, 0]
    assert days[0].unknown_us == 12 * 3600 * SECOND_US


async def test_the_old_is_forgotten_but_never_a_day(tmp_path: Path) -> None:
    """Five minutes go after their time; days stay; a single result goes only when it is rolled up."""
    scope = Scope({"d": 7200 * SECOND_US}, {"d": "web"}, UTC, 2 * 86_400 * SECOND_US)
    with closing(one_tape(tmp_path)) as tape:
        rollup = Rollup(tape.connection, scope)
        ats = [micros(START) + hour * 3600 * SECOND_US for hour in range(24 * 6)]
        tape.write([("d", at, "ok", None, 1, False, scope.stands_us["d"]) for at in ats])
        assert rollup.needs_us > ats[-1]
        rollup.note(ats)
        assert rollup.needs_us <= ats[0]
        while rollup.roll(every_us=1):
            pass
        ((oldest,),) = tape.connection.execute("SELECT min(slot) FROM five_minutes")
        assert oldest * SLOT_US >= ats[-1] - scope.keep_us - SLOT_US
        days = (await History(tape, UTC).days(START.date(), START.date() + timedelta(days=5)))["web"]
    assert [round(day.tally.ok / 3600 / SECOND_US, 3) for day in days] == [0.333, 24, 24, 24, 24, 24]


async def test_a_clock_that_is_set_back_stops_nothing(tmp_path: Path) -> None:
    """Results after a leap of our clock are rolled up where they say they are."""
    with closing(one_tape(tmp_path)) as tape:
        rollup = Rollup(tape.connection, SCOPE)
        for begin in (0, -7200):
            rows = [row(("d", begin + second, "ok", False)) for second in range(0, 601, 60)]
            tape.write(rows)
            rollup.note([one[1] for one in rows])
            assert rollup.roll()
        tallies = stored_slots(tape)
    assert sum(one.ok for (name, _), one in tallies.items() if name == "web") == (600 + 600) * SECOND_US


def test_a_run_is_cut_at_each_five_minutes() -> None:
    """To the microsecond, and nothing twice."""
    found = slots([(State.OK, 1, SLOT_US + 2), (State.DOWN, SLOT_US + 2, 2 * SLOT_US)])  # type: ignore[list-item]
    assert found == {0: Tally(ok=SLOT_US - 1), 1: Tally(ok=2, down=SLOT_US - 2)}


def test_times_come_back_whole() -> None:
    """Microseconds since 1970 are exact."""
    exact = START + timedelta(microseconds=1)
    assert time_at(micros(exact)) == exact
