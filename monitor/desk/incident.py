"""The page of one incident: where it stands, and everything that happened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.promises import Fate, Promise
from monitor.desk.act import offered
from monitor.desk.claim import COMPONENT, TARGET
from monitor.desk.story import tell
from monitor.desk.times import Times, span
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import claims, components, drafts, follow_ups, incidents, people, sightings, story, words
from monitor.models import Act, ActKind, Incident, Member, Sighting

OTHERS_MAX: Final = 30


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
        facts = {**await _what(s, visit, incident), **await _who(s, incident), **await _kin(s, incident)}
        told = incident.resolved_at is not None or incident.id in await incidents.told(s)
    return visit.page("incident.html", again=visit.request.path, forms=offered(incident, told=told), **facts)


async def _what(s: AsyncSession, visit: Visit, incident: Incident) -> dict[str, Any]:
    """What fails or failed, and everything that happened."""
    members = await incidents.members(s, incident.id)
    noticed = await sightings.of_incident(s, incident.id)
    known = await components.everything(s)
    names = {component.id: component.name for component in known}
    promises = await words.promises_of(s, incident.id)
    return {
        "incident": incident,
        "members": members,
        "sightings": noticed,
        "names": names,
        "name": named(incident, [*members, *noticed], names),
        "sentence": summary(incident, members, visit.times, noticed),
        "story": await tell(s, incident, members, promises, visit.now),
        "promises": kept(promises, visit.now),
        "components": [one for one in known if one.retired_at is None],
    }


async def _who(s: AsyncSession, incident: Incident) -> dict[str, Any]:
    """Who has it, and what people said of it."""
    acts = await incidents.acts(s, incident.id)
    everyone = {person.id: person.name for person in await people.everyone(s) if person.id is not None}
    held = claims.holding(acts)
    return {
        "everyone": everyone,
        "hand": Hand(acts, everyone, held),
        "taken_by": everyone[held.person_id] if held else None,
        "began": max((act.id for act in acts if act.kind is ActKind.BEGAN), default=0),
        "follow_ups": await follow_ups.of_incident(s, incident.id),
    }


async def _kin(s: AsyncSession, incident: Incident) -> dict[str, Any]:
    """The drafts of it that wait, and the other open incidents, with which it may be one."""
    apart = incident.resolved_at or incident.work  # what is planned is of no cause, and joins nothing
    opened = [] if apart else await incidents.open_all(s)
    others = [one for one in opened if one.id != incident.id and one.work is None]
    names = {component.id: component.name for component in await components.everything(s)}
    members = await story.members_of(s, [one.id for one in others[:OTHERS_MAX]])
    return {
        "waiting": [draft for draft in await drafts.waiting(s) if draft.incident_id == incident.id],
        "others": [(one.id, named(one, members.get(one.id, ()), names)) for one in others[:OTHERS_MAX]],
        "box": COMPONENT,
        "target_box": TARGET,
    }


def named(incident: Incident, members: Sequence[Member | Sighting], names: Mapping[str, str]) -> str:
    """What an incident is called: by the components it hit, in the customers' words, or by the work that is planned."""
    if incident.work is not None:
        return f"Planned work: {incident.work}"
    hit = dict.fromkeys(names.get(member.component_id, member.component_id) for member in members)
    return ", ".join(hit) or "Nothing on record"


def summary(incident: Incident, members: Sequence[Member], times: Times, noticed: Sequence[Sighting] = ()) -> str:
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
    failing = sum(member.recovered_at is None for member in members)
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
