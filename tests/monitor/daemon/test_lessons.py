"""What looking has taught us is not forgotten by a restart, and costs next to nothing to keep."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.engine import Engine

from monitor.config import Storage
from monitor.court.court import Court, Rules
from monitor.court.latency import PHASE_SAMPLES_MAX, PHASES_MAX, SAMPLES_MAX, Times, Usual
from monitor.court.mind import Mind
from monitor.court.testimony import Testimony
from monitor.court.topology import Node, Topology
from monitor.daemon.lessons import TIMES_EVERY, Lesson, Lessons
from monitor.habit import REMEMBERED, Habit
from monitor.ledger import lessons
from monitor.ledger.store import Ledger
from monitor.verdict import Belief
from probes.finding import Outcome
from probes.reason import Reason

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PHASES = {"connect": 0.02, "greeting": 0.01}
SPANS = st.floats(0, 100)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """An open record."""
    async with Ledger.open(Storage(), tmp_path) as opened:
        yield opened


def life(ledger: Ledger, *names: str, habits: dict[str, Habit] | None = None) -> tuple[Lessons, Court]:
    """One life of a daemon that looks at these."""
    topology = Topology(Node(name, name, f"{name}.test", slow_times=5.0) for name in names)
    minds = {name: Mind(Belief(), NOON) for name in names}
    court = Court(topology, Rules(), minds)
    return Lessons(ledger, {} if habits is None else habits, minds, topology, lambda: NOON), court


def look(court: Court, name: str, phases: dict[str, float], times: int = 1) -> Outcome:
    """Some good looks; gives what the last one counts as."""
    for _ in range(times):
        told = Testimony(name, Outcome.OK, None, NOON, sum(phases.values()), phases=phases, address="192.0.2.7")
        heard = court.hear(told, now_s=0.0)
    return heard.testimony.outcome


async def test_the_next_life_knows_what_this_one_learned(ledger: Ledger) -> None:
    """The idle time-out of a server, the address behind a name, and how long each phase usually takes."""
    habit = Habit((5.0, 5.1, 4.9), false_alarms=2)
    this, court = life(ledger, "web", "mail", habits={"web": habit})
    look(court, "web", PHASES, times=40)
    await this.end()
    following, court = life(ledger, "web", "mail")
    await following.recall()
    assert following.habits == {"web": habit}
    assert following.topology.addresses == {"web": ("192.0.2.7",)}
    assert look(court, "web", PHASES) is Outcome.OK
    assert look(court, "web", PHASES | {"greeting": 1.0}) is Outcome.DEGRADED
    assert look(court, "mail", PHASES | {"greeting": 1.0}) is Outcome.OK


async def test_what_memory_has_is_newer(ledger: Ledger) -> None:
    """A reload keeps the habits, and the samples tell more of usual times than a lesson of an hour ago."""
    this, court = life(ledger, "web", habits={"web": Habit((5.0,))})
    look(court, "web", PHASES, times=40)
    await this.end()
    newer = {"web": Habit((75.0,))}
    following, court = life(ledger, "web", habits=newer)
    look(court, "web", {"connect": 9.0}, times=50)
    await following.recall()
    assert newer == {"web": Habit((75.0,))}
    assert len(court.minds["web"].usual.whole) == 50


async def test_who_is_looked_at_no_more_is_forgotten(ledger: Ledger) -> None:
    """A target that comes back under an old name is another one."""
    this, court = life(ledger, "web", "old")
    look(court, "old", PHASES)
    await this.end()
    following, _ = life(ledger, "web")
    await following.recall()
    async with ledger.read() as s:
        assert set(await lessons.everything(s)) == {"web"}


async def test_it_is_written_seldom(ledger: Ledger) -> None:
    """A habit at the next turn, addresses and usual times once an hour, and never a write for a look."""
    names = [f"t{number}" for number in range(240)]
    this, court = life(ledger, *names)
    for name in names:
        look(court, name, PHASES)
    this.habits["t7"] = Habit((5.0,))
    assert "t7" in set(this.due())
    await this.write(["t7"])
    turns = [list(this.due()) for _ in range(TIMES_EVERY)]
    assert max(map(len, turns)) == 2
    assert sorted(name for turn in turns for name in turn) == sorted(names)


async def test_many_are_written_in_parts(ledger: Ledger) -> None:
    """No transaction holds up the judge for long, and a look costs none."""
    commits: list[Any] = []
    event.listen(Engine, "commit", count := _counter(commits))
    try:
        this, court = life(ledger, *(f"t{number}" for number in range(120)))
        for name in this.known():
            look(court, name, PHASES)
        before = len(commits)
        await this.end()
    finally:
        event.remove(Engine, "commit", count)
    assert (before, len(commits)) == (0, 3)


def _counter(commits: list[Any]) -> Callable[[Any], None]:
    def count(connection: Any) -> None:
        commits.append(connection)

    return count


@given(
    ages_s=st.lists(SPANS, max_size=REMEMBERED),
    false_alarms=st.integers(0, 1000),
    addresses=st.lists(st.ip_addresses().map(str), max_size=4),
    whole=st.lists(SPANS, max_size=300),
    phases=st.dictionaries(st.sampled_from(["connect", "tls", "first byte"]), st.lists(SPANS, max_size=100)),
)
def test_a_lesson_is_read_as_it_was_written(
    ages_s: list[float], false_alarms: int, addresses: list[str], whole: list[float], phases: dict[str, list[float]]
) -> None:
    """To a tenth of a millisecond, whatever was learned."""
    times = Times(Usual(whole), {name: Usual(of, keep=PHASE_SAMPLES_MAX) for name, of in phases.items()})
    words = Lesson(Habit(tuple(ages_s), false_alarms), tuple(addresses), times).words()
    again = Lesson.of(words)
    assert again.words() == words
    assert (again.addresses, again.habit.false_alarms) == (tuple(addresses), false_alarms)
    assert len(again.times.whole) == min(len(whole), SAMPLES_MAX)
    told = zip(times.whole.durations_s, again.times.whole.durations_s, strict=True)
    assert all(abs(one - other) <= 0.0001 for one, other in told)


def test_a_lesson_has_a_limit() -> None:
    """Some kilobytes for whoever is looked at in the most phases for the longest time."""
    long = Usual([99.9999] * SAMPLES_MAX)
    phases = {f"a rather long phase {n}": Usual([99.9999] * PHASE_SAMPLES_MAX, keep=64) for n in range(PHASES_MAX)}
    assert len(Lesson(Habit((99.9,) * REMEMBERED, 10**6), ("2001:db8::1",) * 4, Times(long, phases)).words()) < 10_000


async def test_a_record_from_before_it_has_none(ledger: Ledger) -> None:
    """The first start learns from nothing, and an outage in it is judged as ever."""
    this, court = life(ledger, "web")
    await this.recall()
    told = Testimony("web", Outcome.FAILED, Reason.STATUS, NOON)
    assert [plea.move for plea in court.hear(told, now_s=0.0).pleas] == ["join"]
