"""The worksheet of reparation: what was measured, what each plan's terms owe for it, and a human's decision."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.offer import Reparation, offer, percent
from monitor.config import Component, Plan
from monitor.desk.seat import Seat
from monitor.desk.times import Times, span
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import incidents, people, sightings
from monitor.ledger.history import Day
from monitor.models import Act, ActKind, Incident
from monitor.reparation import SECOND_US, Weighed, weigh
from monitor.uptime import Tally

MONTHS_MAX: Final = 6
DECISIONS: Final = frozenset({ActKind.AMENDS, ActKind.NO_AMENDS})


@dataclass(frozen=True, slots=True)
class Line:
    """One component in one month by one plan, in words: what was measured, and what it comes to."""

    plan: str
    component: str
    month: str
    is_over: bool
    measured: tuple[tuple[str, str], ...]
    uptime: str
    owed: str
    at_worst: str
    given: str
    offer: str


@dataclass(frozen=True, slots=True)
class Worksheet:
    """What an incident's months come to, and what a human has decided ("" as yet)."""

    incident: Incident
    lines: tuple[Line, ...]
    decision: str


async def get(visit: Visit) -> web.Response:
    """Show what this incident's months come to by every plan that promises what it hit."""
    sheet = await worksheet(visit.seat, visit.number(), visit.times)
    return visit.page(
        "reparation.html",
        again=visit.request.path,
        incident=sheet.incident,
        lines=sheet.lines,
        plans=visit.seat.config.plan,
        decision=sheet.decision,
    )


async def worksheet(seat: Seat, incident_id: int, times: Times) -> Worksheet:
    """Work it out. Raises Refusal if there is no such incident, or nothing has confirmed it."""
    async with seat.ledger.read() as s:
        incident = await incidents.get(s, incident_id)
        if incident is None or incident.confirmed_at is None:
            raise Refusal(404, "There is no such incident.", "The overview shows what is open and what was.")
        hit = await _hit(s, incident)
        decided = [act for act in await incidents.acts(s, incident_id) if act.kind in DECISIONS]
        names = {person.id: person.name for person in await people.everyone(s)}
    lines = tuple([line async for line in _lines(seat, times, incident, hit)])
    return Worksheet(incident, lines, _decision(decided, names, times))


async def _hit(s: AsyncSession, incident: Incident) -> set[str]:
    """The components that it hit, by our looks or by what people noticed."""
    seen = {member.component_id for member in await incidents.members(s, incident.id) if member.confirmed_at}
    return seen | {sighting.component_id for sighting in await sightings.of_incident(s, incident.id)}


def _decision(decided: Sequence[Act], names: dict[int, str], times: Times) -> str:
    """The latest decision, in a sentence; empty if nobody has decided yet."""
    if not decided:
        return ""
    act = decided[-1]
    what = "We give: " if act.kind is ActKind.AMENDS else "Nothing, because: "
    return f"{what}{act.words} ({names[act.person_id]}, {times.at(act.at)})"


async def _lines(seat: Seat, times: Times, incident: Incident, hit: set[str]) -> AsyncIterator[Line]:
    ended = incident.recovered_at or incident.resolved_at or times.now
    first_day, last_day = (at.astimezone(times.zone).date() for at in (incident.opened_at, ended))
    for first, following in _months(first_day, last_day):
        known = await _known(seat, first, following)
        for plan in seat.config.plan:
            for component in _promised(seat, plan, hit):
                days = known.get(component.id, ())
                yield _line(seat, times, plan, component, month=(first, following), days=days)


async def _known(seat: Seat, first: date, following: date) -> Mapping[str, Sequence[Day]]:
    """What each day of the month came to, by component."""
    if seat.samples is None:
        return {}
    return await seat.samples.history.days(first, following - timedelta(days=1))


def _promised(seat: Seat, plan: Plan, hit: set[str]) -> Iterator[Component]:
    for component in seat.config.component:
        if component.id in hit and (not plan.components or component.id in plan.components):
            yield component


def _months(first: date, last: date) -> list[tuple[date, date]]:
    """The months from one day to another, each from its first day to that of the next; the latest, if they are many."""
    months = []
    month = first.replace(day=1)
    while month <= last:
        following = (month + timedelta(days=31)).replace(day=1)
        months.append((month, following))
        month = following
    return months[-MONTHS_MAX:]


def _line(
    seat: Seat, times: Times, plan: Plan, component: Component, *, month: tuple[date, date], days: Sequence[Day]
) -> Line:
    first, following = month
    tally = sum((day.tally for day in days), Tally())
    weighed = weigh(
        plan, tally, length_us=_length_us(first, following, times.zone), so_far_us=sum(d.length_us for d in days)
    )
    language = seat.config.notices.language
    worth = Reparation(
        language=language,
        plan=plan.name,
        component=component.name,
        month=first,
        down=timedelta(microseconds=weighed.down_us),
        owed=weighed.owed,
        given=weighed.given,
    )
    return Line(
        plan=plan.name,
        component=component.name,
        month=times.month(first),
        is_over=times.today() >= following,
        measured=tuple(_measured(tally, weighed)) if days else (),
        uptime=_share(weighed.uptime),
        owed=percent(weighed.owed, "en") or "nothing",
        at_worst=percent(weighed.owed_at_worst, "en") if weighed.owed_at_worst != weighed.owed else "",
        given=percent(weighed.given, "en") or "nothing",
        offer=offer(worth),
    )


def _measured(tally: Tally, weighed: Weighed) -> Iterator[tuple[str, str]]:
    """How long each state lasted; what did not occur is left out, but never that nothing failed."""
    told = {
        "Down": tally.down,
        "Failing in part": tally.partial,
        "Planned work": tally.planned,
        "We could not tell": weighed.unknown_us,
    }
    for what, lasted_us in told.items():
        if lasted_us or what == "Down":
            yield what, span(lasted_us / SECOND_US)


def _share(uptime: float) -> str:
    """Two digits, cut and not rounded: nothing is made better than it was."""
    return f"{int(uptime * 10_000) / 100:.2f}%"


def _length_us(first: date, following: date, zone: ZoneInfo) -> int:
    begins, ends = (datetime(day.year, day.month, 1, tzinfo=zone).astimezone(UTC) for day in (first, following))
    return (ends - begins) // timedelta(microseconds=1)
