"""The page of one incident, and taking it up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from drafts.promises import Fate, Promise
from monitor.desk.act import home, open_forms
from monitor.desk.dossier import taken_by
from monitor.desk.story import tell
from monitor.desk.times import Times, span
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import components, drafts, follow_ups, incidents, people, words
from monitor.models import ActKind, Incident, Member


async def get(visit: Visit) -> web.Response:
    """Show an incident: where it stands, and everything that happened."""
    async with visit.seat.ledger.read() as s:
        incident = await incidents.get(s, visit.number())
        if incident is None:
            raise _missing()
        members = await incidents.members(s, visit.number())
        names = {component.id: component.name for component in await components.everything(s)}
        everyone = {person.id: person.name for person in await people.everyone(s) if person.id is not None}
        facts: dict[str, Any] = {
            "incident": incident,
            "name": named(members, names),
            "sentence": summary(incident, members, visit.times),
            "story": await tell(s, incident, members),
            "taken_by": await taken_by(s, visit.number(), everyone),
            "promises": kept(await words.promises_of(s, visit.number()), visit.now),
            "follow_ups": await follow_ups.of_incident(s, visit.number()),
            "everyone": everyone,
            "waiting": [draft for draft in await drafts.waiting(s) if draft.incident_id == incident.id],
        }
    return visit.page("incident.html", again=visit.request.path, forms=open_forms(facts["incident"]), **facts)


async def acknowledge(visit: Visit) -> web.Response:
    """Take an incident up: "I am looking at it" is a fact that notices may state."""
    async with visit.seat.ledger.write() as s:
        incident = await incidents.get(s, visit.number())
        if incident is None:
            raise _missing()
        if incident.resolved_at is not None:
            raise Refusal(409, "This incident is over, so there is nothing to take up.", "Its page tells the story.")
        if not any(act.kind is ActKind.ACKNOWLEDGED for act in await incidents.acts(s, visit.number())):
            await incidents.act(s, visit.number(), visit.person_id, ActKind.ACKNOWLEDGED, "", visit.now)
    await visit.settled()
    return visit.goto(home(visit), "taken")


def named(members: Sequence[Member], names: Mapping[str, str]) -> str:
    """What an incident is called: by the components it hit, in the customers' words."""
    hit = dict.fromkeys(names.get(member.component_id, member.component_id) for member in members)
    return ", ".join(hit) or "Nothing on record"


def summary(incident: Incident, members: Sequence[Member], times: Times) -> str:
    """Where an incident stands, in one line."""
    if incident.merged_into:
        return f"Began {times.at(incident.opened_at)}; it turned out to be part of incident {incident.merged_into}"
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
    return f"{checks} {since}" + ("" if incident.confirmed_at else "; being confirmed")


def kept(made: Sequence[Promise], now: datetime) -> str:
    """How many of our promises to write again were kept, in one sentence; empty if none is due yet."""
    fates = Counter(promise.fate(now) for promise in made)
    due = fates[Fate.KEPT] + fates[Fate.BROKEN]
    if not due:
        return ""
    if not fates[Fate.BROKEN]:
        return "We kept our promise to write again." if due == 1 else f"We kept all {due} promises to write again."
    return f"We broke {fates[Fate.BROKEN]} of {due} promises to write again."


def _missing() -> Refusal:
    return Refusal(404, "There is no such incident.", "The overview shows what is open and what was.")
