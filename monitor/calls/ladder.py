"""The ladder: who is to be called now, by which route. Pure: from a matter, the calls so far, the people and the time.

A person's routes come one after the other, then the next person's, each after its time; nobody waits for a route that
has failed, or that stands on what fails now. Whoever was called is called again, more and more rarely, until somebody
comes.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from monitor.calls.matter import Matter
from monitor.config import Calls, Hours
from monitor.models import Call, CallState, Role, Signal, Why

REPEAT_CEILING: Final = timedelta(hours=1)
MAY_ANSWER: Final = frozenset({Role.APPROVER, Role.ADMIN})

# Of these everybody who was called is told how it went on; of the others the desk and the page tell enough.
_TOLD: Final = frozenset({Why.CONFIRMED, Why.BLIND})


@dataclass(frozen=True, slots=True)
class Way:
    """One route of a person. ``keeps_books`` where the other side must be told the end, or goes on by itself."""

    name: str
    carried_by: frozenset[str] = frozenset()
    keeps_books: bool = False


@dataclass(frozen=True, slots=True)
class Callee:
    """One of us: who they are at the desk, by which ways they are reached, and when they would rather sleep."""

    name: str
    desk_user: str
    ways: tuple[Way, ...]
    quiet_hours: Hours | None = None
    timezone: str = "UTC"
    language: str = "en"

    def sleeps(self, at: datetime) -> bool:
        """Whether these are quiet hours of theirs."""
        local = at.astimezone(ZoneInfo(self.timezone)).time()
        return self.quiet_hours is not None and self.quiet_hours.hold(local)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One call to be made: of whom, by which way, and what it says; ``round`` is 0 at first and counts repeats."""

    person: str
    route: str
    signal: Signal
    round: int = 0

    @property
    def quiet(self) -> bool:
        """Whether it should wake nobody whom the first one did not."""
        return self.signal is not Signal.RING or self.round > 0


Book = Mapping[tuple[str, str, Signal, int], Call]
"""The calls about one matter, by person, route, signal and round."""


def book(calls: Sequence[Call]) -> Book:
    """The calls about one matter, to be looked up."""
    return {(call.person, call.route, call.signal, call.round): call for call in calls}


def in_order(people: Sequence[Callee], matter: Matter, roles: Mapping[str, Role]) -> list[Callee]:
    """In which order people are called about a matter.

    Those who can help come before those who cannot, among them first who has taken the incident up, then those who are
    not in their quiet hours, else as the config has them. While an incident is public there are no quiet hours.
    """

    def place(callee: Callee) -> tuple[bool, bool, bool]:
        helps = not matter.answers or roles.get(callee.desk_user) in MAY_ANSWER
        sleeps = not matter.public and callee.sleeps(matter.since)
        return not helps, callee.desk_user != matter.first, sleeps

    return sorted(people, key=place)


def rings(matter: Matter, calls: Book, people: Sequence[Callee], rules: Calls, now: datetime) -> Iterator[Wanted]:
    """Who is to be rung now about a matter that waits for somebody."""
    start = matter.since
    for place, callee in enumerate(people):
        if start > now:
            return
        rung = yield from _person(matter, calls, callee, rules, start, now)
        if place + 1 >= matter.at_once:
            start = rung


def _person(
    matter: Matter, calls: Book, callee: Callee, rules: Calls, start: datetime, now: datetime
) -> Generator[Wanted, None, datetime]:
    """Ring one person by the routes that are due; returns when the next person's turn is."""
    due, first, hopeless = start, now, True
    for place, way in enumerate(callee.ways):
        if due > now:
            break
        ring = calls.get((callee.name, way.name, Signal.RING, 0))
        at = ring.at if ring else now
        first = first if place else at
        yield from _again(calls, callee, way, rules, now) if ring else [Wanted(callee.name, way.name, Signal.RING)]
        futile = _futile(way, ring, matter)
        hopeless = hopeless and futile
        due = at if futile else at + timedelta(seconds=rules.next_route_after)
    return now if hopeless else first + timedelta(seconds=rules.next_person_after)


def _again(calls: Book, callee: Callee, way: Way, rules: Calls, now: datetime) -> Iterator[Wanted]:
    """The repeat that is due, unless an earlier ring still tries to get through."""
    mine = [call for key, call in calls.items() if key[:3] == (callee.name, way.name, Signal.RING)]
    if any(call.state in {CallState.PENDING, CallState.SENDING} for call in mine):
        return
    number = repeats(now - mine[0].at, timedelta(seconds=rules.repeat_every))
    if number > max(call.round for call in mine):
        yield Wanted(callee.name, way.name, Signal.RING, number)


def repeats(since: timedelta, every: timedelta) -> int:
    """How many repeats are due so long after the first ring: each pause is twice the last, up to an hour."""
    number, at, pause = 0, every, every
    while at <= since:
        pause = max(every, min(2 * pause, REPEAT_CEILING))
        number, at = number + 1, at + pause
    return number


def _futile(way: Way, ring: Call | None, matter: Matter) -> bool:
    """Whether nobody should wait for what this way brings."""
    failed = ring is not None and ring.state in {CallState.PENDING, CallState.FAILED} and ring.attempts > 0
    return failed or bool(way.carried_by & matter.broken)


def taken(matter: Matter, calls: Book, people: Sequence[Callee]) -> Iterator[Wanted]:
    """Who is told that somebody has come: all who were called, but not the one who came."""
    for callee, way in _called(calls, people):
        if way.keeps_books or callee.desk_user != matter.taken_by:
            yield from _once(calls, callee, way, Signal.TAKEN)


def over(why: Why, calls: Book, people: Sequence[Callee], *, came: bool) -> Iterator[Wanted]:
    """Who is told that nobody need come any more: all who were called, unless somebody ``came`` and they know."""
    for callee, way in _called(calls, people):
        if way.keeps_books or (why in _TOLD and not came):
            yield from _once(calls, callee, way, Signal.OVER)


def _called(calls: Book, people: Sequence[Callee]) -> Iterator[tuple[Callee, Way]]:
    """Everybody who was rung, or may have been: at least one attempt was made."""
    tried = {(call.person, call.route) for call in calls.values() if call.signal is Signal.RING and call.attempts}
    return ((callee, way) for callee in people for way in callee.ways if (callee.name, way.name) in tried)


def _once(calls: Book, callee: Callee, way: Way, signal: Signal) -> Iterator[Wanted]:
    if (callee.name, way.name, signal, 0) not in calls:
        yield Wanted(callee.name, way.name, signal)
