"""The page of one incident: where it stands, and everything that happened."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.promises import Fate, Promise
from monitor.desk.act import offered
from monitor.desk.claim import COMPONENT, TARGET
from monitor.desk.story import Known, fitting, read, tell
from monitor.desk.times import Times, span
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import claims, components, follow_ups, incidents, sightings, story
from monitor.ledger.story import Hit
from monitor.models import Act, ActKind, Incident, Sighting

OTHERS_MAX: Final = 30
NAMES_MAX: Final = 6
SPLIT_MAX: Final = 60
"""How many targets are listed to be split off by hand."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand it is in, and all that people did."""

    acts: Sequence[Act]
    names: Mapping[int, str]
    holder: Act | None


async def get(visit: Visit) -> web.Response:
    """Show an incident: where it stands, and everything that happened."""
    async with visit.seat.ledger.read() as s:
        incident = await incidents.get(s, visit.number())
        if incident is None:
            raise _missing()
        known = await read(s, incident)
        facts = {**await _what(s, visit, known), **_who(known)}
        told = incident.resolved_at is not None or bool(known.approved)
    return visit.page("incident.html", again=visit.request.path, forms=offered(incident, told=told), **facts)


async def _what(s: AsyncSession, visit: Visit, known: Known) -> dict[str, Any]:
    """What fails or failed, and everything that happened."""
    incident, members = known.incident, await incidents.some_members(s, known.incident.id, SPLIT_MAX)
    noticed = await sightings.of_incident(s, incident.id)
    parts = await components.everything(s)
    names = {component.id: component.name for component in parts}
    return {
        "incident": incident,
        "members": members,
        "unlisted": sum(part.targets for part in known.hit) - len(members),
        "sightings": noticed,
        "names": names,
        "name": named(incident, [*known.hit, *noticed], names),
        "sentence": summary(incident, known.failing, visit.times, noticed),
        "story": fitting(await tell(s, known, visit.now)),
        "promises": kept(known.promises, visit.now),
        "components": [one for one in parts if one.retired_at is None],
        "is_back": await claims.is_back(s, incident, known.acts),
        "others": await _others(s, incident, names),
        "follow_ups": await follow_ups.of_incident(s, incident.id),
    }


def _who(known: Known) -> dict[str, Any]:
    """Who has it, what people said of it, and what waits for a yes or a no."""
    held = claims.holding(known.acts)
    return {
        "everyone": known.names,
        "hand": Hand(known.acts, known.names, held),
        "taken_by": known.names[held.person_id] if held else None,
        "began": max((act.id for act in known.acts if act.kind is ActKind.BEGAN), default=0),
        "waiting": known.waiting,
        "box": COMPONENT,
        "target_box": TARGET,
    }


async def _others(s: AsyncSession, incident: Incident, names: Mapping[str, str]) -> list[tuple[int, str]]:
    """The other open incidents, with which it may be one; what is planned is of no cause, and joins nothing."""
    apart = incident.resolved_at or incident.work
    opened = [] if apart else await incidents.open_all(s)
    others = [one for one in opened if one.id != incident.id and one.work is None][:OTHERS_MAX]
    hit = await story.hit_by(s, [one.id for one in others])
    return [(one.id, named(one, hit.get(one.id, ()), names)) for one in others]


def named(incident: Incident, parts: Iterable[Hit | Sighting], names: Mapping[str, str]) -> str:
    """What an incident is called: by the components it hit, in the customers' words, or by the work that is planned."""
    if incident.work is not None:
        return f"Planned work: {incident.work}"
    hit = list(dict.fromkeys(names.get(part.component_id, part.component_id) for part in parts))
    if len(hit) > NAMES_MAX:
        return f"{', '.join(hit[: NAMES_MAX - 1])} and {len(hit) - NAMES_MAX + 1} more"
    return ", ".join(hit) or "Nothing on record"


def summary(incident: Incident, failing: int, times: Times, noticed: Sequence[Sighting] = ()) -> str:
    """Where an incident stands, in one line."""
    if incident.merged_into:
        return f"Began {times.at(incident.opened_at)}; it turned out to be part of incident {incident.merged_into}"
    if incident.work is not None:
        return "Over" if incident.resolved_at else "Scheduled, as the config has it"
    if incident.resolved_at:
        length = span((incident.resolved_at - incident.opened_at).total_seconds())
        end = f"Began {times.at(incident.opened_at)}, over after {length}"
        return end if incident.confirmed_at else f"{end}; it was never confirmed, and nobody was told"
    if incident.recovered_at:
        began = times.at(incident.opened_at)
        return f"Began {began}; works again in our checks since {times.at(incident.recovered_at)}"
    since = f"since {times.at(incident.opened_at)} ({times.since(incident.opened_at)})"
    checks = "1 check fails" if failing == 1 else f"{failing} checks fail"
    if not failing and noticed:
        checks = "People here notice what no check of ours sees"
    return f"{checks} {since}" + ("" if incident.confirmed_at else "; being confirmed")


def kept(made: Sequence[Promise], now: datetime) -> str:
    """How many of our promises to write again were kept, in one sentence; empty if none is due yet."""
    fates = Counter(promise.fate(now) for promise in made)
    due = fates[Fate.KEPT] + fates[Fate.BROKEN]
    if not due:
        return ""
    if not fates[Fate.BROKEN]:
        return "We kept our promise to write again." if due == 1 else f"We kept all {due} promises to write again."
    if due == 1:
        return "We broke our promise to write again."
    return f"We broke {fates[Fate.BROKEN]} of {due} promises to write again."


def _missing() -> Refusal:
    return Refusal(404, "There is no such incident.", "The overview shows what is open and what was.")
