"""The overview: what waits for a human first, then what is open, how everything stands, and what was."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import UpdateKind
from monitor.desk import aftercare, duty, sample, targets
from monitor.desk.dossier import taken_by
from monitor.desk.incident import named, summary
from monitor.desk.seat import Seat
from monitor.desk.update import KINDS
from monitor.desk.visit import Visit
from monitor.ledger import components, deliveries, drafts, halts, incidents, people, sightings, story
from monitor.models import Incident, IncidentUpdate
from monitor.verdict import Verdict

DRAFTS_MAX: Final = 10
OPEN_MAX: Final = 30
RECENT_MAX: Final = 8
CHECKS_MAX: Final = 8
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
        waiting = await _waiting(s)
        open_now = (await incidents.open_all(s))[:OPEN_MAX]
        closed = [past for past in await incidents.recent(s, RECENT_MAX + OPEN_MAX) if past.resolved_at][:RECENT_MAX]
        reviews, due = await aftercare.reviews(s, visit), await aftercare.due(s, visit)
        rows = await _rows(s, visit, [*open_now, *closed])
        desk = await _desk(s, visit)
    return visit.page(
        "overview.html",
        again="/",
        **desk,
        **await _checks(visit),
        waiting=waiting[:DRAFTS_MAX],
        ready=sum(draft.ready for draft in waiting),
        more=max(0, len(waiting) - DRAFTS_MAX),
        reviews=reviews,
        due=due,
        open=rows[: len(open_now)],
        recent=rows[len(open_now) :],
        components=list(parts(visit.seat)),
        sample=await sample.state(visit.seat),
    )


async def _desk(s: AsyncSession, visit: Visit) -> dict[str, Any]:
    """Who is there, by which ways words go out, and which promises run."""
    accounts, config = await people.everyone(s), visit.seat.config
    promised = await story.promised(s)
    return {
        "subscribed": any(channel.subscribed for channel in config.channel),
        "everyone": {person.id: person.name for person in accounts},
        "clocks": sorted(promised.items(), key=lambda clock: clock[1]),
        "ways": duty.ways(
            config, await deliveries.latest(s), await deliveries.pending_counts(s), await halts.standing(s)
        ),
        "called": duty.called(config, visit.now),
        "approvers": duty.approvers(accounts),
        "gaps": list(islice(duty.gaps(config, accounts), GAPS_MAX)),
    }


async def _checks(visit: Visit) -> dict[str, Any]:
    """The checks that are not well, and how many there are of all."""
    verdicts, found = visit.seat.verdicts(), targets.order(visit.seat)
    unwell = [one for one in found if verdicts.get(one.name, Verdict.UNKNOWN) is not Verdict.UP]
    rows = await targets.rows(visit.seat, (unwell or found)[:CHECKS_MAX], visit.now)
    return {"checks": rows, "unwell": len(unwell), "all_checks": len(found)}


async def _waiting(s: AsyncSession) -> list[Waiting]:
    """Those that may be approved come first, then the oldest; nobody waits for a review tonight."""
    everyone = {person.id: person.name for person in await people.everyone(s) if person.id is not None}
    found = []
    for update in await drafts.waiting(s):
        if update.kind is UpdateKind.REVIEW:
            continue
        incident = await s.get_one(Incident, update.incident_id)
        ready = incident.confirmed_at is not None or update.kind is not UpdateKind.FIRST
        found.append(Waiting(update, KINDS[update.kind], ready, await taken_by(s, update.incident_id, everyone)))
    return sorted(found, key=lambda draft: not draft.ready)


async def _rows(s: AsyncSession, visit: Visit, listed: Sequence[Incident]) -> list[Row]:
    ids = [incident.id for incident in listed]
    members, noticed = await story.members_of(s, ids), await sightings.of_incidents(s, ids)
    names = {component.id: component.name for component in await components.everything(s)}
    return [
        Row(incident, named(incident, [*mine, *told], names), summary(incident, mine, visit.times, told))
        for incident in listed
        for mine, told in [(members.get(incident.id, ()), noticed.get(incident.id, ()))]
    ]


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
