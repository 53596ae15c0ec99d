"""Merging and splitting: a human sets right what was taken for one cause, or for two."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.ledger import audit, incidents, people, sightings
from monitor.ledger.errors import Refused, Stale
from monitor.models import ActKind, Incident, Member


async def merge(s: AsyncSession, incident_id: int, other_id: int, person_id: int, now: datetime) -> Incident:
    """Make one incident of two open ones, and give the one that goes on.

    That is the one the public knows, else the older; what waits of the other is withdrawn. Raises Missing, Gone, or
    Refused if they are one already, or if the public knows both: its words on each have to be ended by an approval.
    """
    if incident_id == other_id:
        raise Refused("an incident cannot be merged with itself")
    pair = [await incidents.unresolved(s, one) for one in sorted((incident_id, other_id))]
    known = await incidents.told(s)
    told = [one.id in known for one in pair]
    if all(told):
        raise Refused("the public was told of both: resolve one of them with a notice of its own")
    kept, gone = pair if told[0] or not told[1] else reversed(pair)
    await incidents.merge(s, gone, kept, now)
    await incidents.settle(s, kept.id)
    await incidents.act(s, kept.id, person_id, ActKind.MERGED, f"incident {gone.id} into this one", now)
    await _note(s, person_id, "merged", gone.id, f"into incident {kept.id}", now)
    return kept


async def split(s: AsyncSession, incident_id: int, targets: Sequence[str], person_id: int, now: datetime) -> Incident:
    """Make these targets of an open incident one of their own, and give it.

    Raises Missing, Gone, Refused if none or all of it would go, or Stale if one of them has gone elsewhere meanwhile.
    """
    old = await incidents.unresolved(s, incident_id)
    members = await incidents.members(s, incident_id)
    going = [member for member in members if member.target in set(targets)]
    if len(going) != len(set(targets)):
        raise Stale("one of these is no longer part of this incident")
    staying = len(members) - len(going) + len(await sightings.of_incident(s, incident_id))
    if not going or not staying:
        raise Refused("choose what is another cause, and leave what is not")
    new = await _begin(s, old, going)
    for member in going:
        member.incident_id = new.id
    await s.flush()
    for one in (old, new):
        await incidents.settle(s, one.id)
    names = ", ".join(member.target for member in going)
    await incidents.act(s, old.id, person_id, ActKind.SPLIT, f"{names} into incident {new.id}", now)
    await incidents.act(s, new.id, person_id, ActKind.SPLIT, f"{names} out of incident {old.id}", now)
    return new


async def _begin(s: AsyncSession, old: Incident, going: Sequence[Member]) -> Incident:
    cause = f"component:{going[0].component_id}"
    if await incidents.open_of_cause(s, cause):
        cause = f"{cause}, {going[0].target} apart from incident {old.id}"
    new = await incidents.begin(s, cause, min(member.first_failed_at for member in going))
    new.confirmed_at = min((member.confirmed_at for member in going if member.confirmed_at), default=None)
    await s.flush()
    return new


async def _note(s: AsyncSession, person_id: int, action: str, incident_id: int, detail: str, now: datetime) -> None:
    name = await people.name_of(s, person_id)
    await audit.note(s, actor=name, action=action, subject=f"incident:{incident_id}", detail=detail, now=now)
