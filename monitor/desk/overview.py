"""The overview: what waits for a human first, then what is open, how everything stands, and what was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import UpdateKind
from monitor.desk import aftercare, sample
from monitor.desk.dossier import taken_by
from monitor.desk.incident import named, summary
from monitor.desk.seat import Seat
from monitor.desk.update import KINDS
from monitor.desk.visit import Visit
from monitor.ledger import components, drafts, incidents, people, story
from monitor.models import Incident, IncidentUpdate, Member
from monitor.verdict import Verdict

DRAFTS_MAX: Final = 10
OPEN_MAX: Final = 30
RECENT_MAX: Final = 8
_WORST_FIRST: Final = (Verdict.DOWN, Verdict.SUSPECT, Verdict.DEGRADED, Verdict.UNKNOWN, Verdict.UP)


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
        everyone = {person.id: person.name for person in await people.everyone(s)}
        rows = await _rows(s, visit, [*open_now, *closed])
    return visit.page(
        "overview.html",
        again="/",
        waiting=waiting[:DRAFTS_MAX],
        ready=sum(draft.ready for draft in waiting),
        more=max(0, len(waiting) - DRAFTS_MAX),
        reviews=reviews,
        due=due,
        everyone=everyone,
        open=rows[: len(open_now)],
        recent=rows[len(open_now) :],
        components=list(_parts(visit.seat)),
        sample=await sample.state(visit.seat),
    )


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
    members = await story.members_of(s, [incident.id for incident in listed if incident.id is not None])
    names = {component.id: component.name for component in await components.everything(s)}
    return [_row(incident, visit, members, names) for incident in listed]


def _row(incident: Incident, visit: Visit, members: Mapping[int, Sequence[Member]], names: Mapping[str, str]) -> Row:
    mine = members.get(incident.id or 0, ())
    return Row(incident, named(mine, names), summary(incident, mine, visit.times))


def _parts(seat: Seat) -> Iterator[Part]:
    verdicts = seat.verdicts()
    for component in seat.config.component:
        targets = [target.name for target in seat.config.target if target.component == component.id and target.enabled]
        opinions = [verdicts.get(name, Verdict.UNKNOWN) for name in targets] or [Verdict.UNKNOWN]
        worst = min(opinions, key=_WORST_FIRST.index)
        yield Part(component.name, worst, _note(len(targets), opinions.count(worst), worst))


def _note(targets: int, sharing: int, worst: Verdict) -> str:
    if not targets:
        return "nothing checks it"
    checks = "1 check" if targets == 1 else f"{targets} checks"
    return checks if sharing == targets or worst is Verdict.UP else f"{sharing} of its {checks}"
