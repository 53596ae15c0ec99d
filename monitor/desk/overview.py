"""The overview: what waits for a human first, then what is open, how everything stands, and what was."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import UpdateKind
from monitor.desk import aftercare, duty, sample, targets
from monitor.desk.incident import named, summary
from monitor.desk.seat import Seat
from monitor.desk.update import KINDS
from monitor.desk.visit import Visit
from monitor.ledger import claims, components, drafts, incidents, people, sightings, story
from monitor.models import Incident, IncidentUpdate, Person
from monitor.verdict import Verdict

DRAFTS_MAX: Final = 10
OPEN_MAX: Final = 30
RECENT_MAX: Final = 8
CHECKS_MAX: Final = 8
CLOCKS_MAX: Final = 20
PARTS_MAX: Final = 40
GAPS_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that waits."""

    update: IncidentUpdate
    kind: str
    ready: bool
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A component now: the worst of its targets' verdicts, and how many of them share it."""

    id: str
    name: str
    verdict: Verdict
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """An incident in a list."""

    incident: Incident
    name: str
    sentence: str


async def get(visit: Visit) -> web.Response:
    """Show the overview."""
    async with visit.seat.ledger.read() as s:
        accounts = await people.everyone(s)
        names = {person.id: person.name for person in accounts if person.id is not None}
        waiting = await _waiting(s, names)
        opened = await incidents.open_all(s)
        open_now = opened[:OPEN_MAX]
        closed = [past for past in await incidents.recent(s, RECENT_MAX + OPEN_MAX) if past.resolved_at][:RECENT_MAX]
        reviews, due = await aftercare.reviews(s, visit), await aftercare.due(s, visit)
        rows = await _rows(s, visit, [*open_now, *closed])
        desk = await _desk(s, visit, accounts, [incident.id for incident in opened])
    return visit.page(
        "overview.html",
        again="/",
        **desk,
        **await _checks(visit),
        everyone=names,
        waiting=waiting[:DRAFTS_MAX],
        ready=sum(draft.ready for draft in waiting),
        more=max(0, len(waiting) - DRAFTS_MAX),
        reviews=reviews,
        due=due,
        open=rows[: len(open_now)],
        recent=rows[len(open_now) :],
        **_components(visit.seat),
        sample=await sample.state(visit.seat),
    )


async def _desk(s: AsyncSession, visit: Visit, accounts: Sequence[Person], opened: Sequence[int]) -> dict[str, Any]:
    """Who is there, by which ways words go out, and which promises run."""
    config, promised = visit.seat.config, await story.promised(s, opened)
    ways = await duty.ways(s, config, visit.now)
    missing = (*duty.out_of_order(visit.seat, ways), *visit.desk.readiness.missing)
    return {
        "subscribed": any(channel.subscribed for channel in config.channel),
        "clocks": sorted(promised.items(), key=lambda clock: clock[1])[:CLOCKS_MAX],
        "ways": ways,
        "called": duty.called(config, visit.now),
        "approvers": duty.approvers(accounts),
        "gaps": list(islice(duty.gaps(config, accounts, missing), GAPS_MAX)),
    }


async def _checks(visit: Visit) -> dict[str, Any]:
    """The checks that are not well, and how many there are of all."""
    verdicts, found = visit.seat.verdicts(), targets.order(visit.seat)
    unwell = [one for one in found if verdicts.get(one.name, Verdict.UNKNOWN) is not Verdict.UP]
    rows = await targets.rows(visit.seat, (unwell or found)[:CHECKS_MAX], visit.now)
    return {"checks": rows, "unwell": len(unwell), "all_checks": len(found)}


async def _waiting(s: AsyncSession, names: Mapping[int, str]) -> list[Waiting]:
    """Those that may be approved come first, then the oldest; nobody waits for a review tonight."""
    updates = await drafts.waiting(s, without=(UpdateKind.REVIEW,))
    told = {update.incident_id for update in updates}
    known, acts = await incidents.some(s, told), await incidents.acts_of(s, told)
    found = []
    for update in updates:
        ready = known[update.incident_id].confirmed_at is not None or update.kind is not UpdateKind.FIRST
        held = claims.holding(acts.get(update.incident_id, ()))
        found.append(Waiting(update, KINDS[update.kind], ready, names[held.person_id] if held else None))
    return sorted(found, key=lambda draft: not draft.ready)


async def _rows(s: AsyncSession, visit: Visit, listed: Sequence[Incident]) -> list[Row]:
    ids = [incident.id for incident in listed]
    hit, noticed = await story.hit_by(s, ids), await sightings.of_incidents(s, ids)
    names = {component.id: component.name for component in await components.everything(s)}
    return [
        Row(incident, named(incident, [*mine, *told], names), summary(incident, failing, visit.times, told))
        for incident in listed
        for mine, told in [(hit.get(incident.id, ()), noticed.get(incident.id, ()))]
        for failing in [sum(part.failing for part in mine)]
    ]


def _components(seat: Seat) -> dict[str, Any]:
    """Every component; of more than a page can bear those that are not well, and then the first."""
    every = list(parts(seat))
    shown = every if len(every) <= PARTS_MAX else sorted(every, key=lambda part: part.verdict is Verdict.UP)
    return {"components": shown[:PARTS_MAX], "other_components": max(0, len(every) - PARTS_MAX)}


def parts(seat: Seat) -> Iterator[Part]:
    """Every component of the config, and how it is now."""
    verdicts = seat.verdicts()
    opinions: dict[str, list[Verdict]] = defaultdict(list)
    for target in seat.config.target:
        if target.enabled:
            opinions[target.component].append(verdicts.get(target.name, Verdict.UNKNOWN))
    for component in seat.config.component:
        mine = opinions[component.id]
        worst = min(mine, key=targets.WORST_FIRST.index, default=Verdict.UNKNOWN)
        yield Part(component.id, component.name, worst, _note(len(mine), mine.count(worst), worst))


def _note(all_of_it: int, sharing: int, worst: Verdict) -> str:
    if not all_of_it:
        return "nothing checks it"
    checks = "1 check" if all_of_it == 1 else f"{all_of_it} checks"
    return checks if sharing == all_of_it or worst is Verdict.UP else f"{sharing} of its {checks}"
