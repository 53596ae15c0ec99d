"""The aftermath: what the record holds of an incident that is over, beyond its scene, and only its review tells."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.promises import Promise
from monitor.ledger import audit, calls, follow_ups, words
from monitor.models import AuditEntry, Call, FollowUp, IncidentUpdate


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Who was called, what was promised and kept, which rules were overridden, and what is done about it."""

    first_draft: IncidentUpdate | None
    calls: Sequence[Call]
    promises: Sequence[Promise]
    overrides: Sequence[AuditEntry]
    follow_ups: Sequence[FollowUp]


async def read(s: AsyncSession, updates: Mapping[int, Sequence[IncidentUpdate]]) -> Mapping[int, Aftermath]:
    """Read the aftermath of some incidents; ``updates`` are all of their messages, oldest first, by incident."""
    if not updates:
        return {}
    placed, promised = await calls.of_incidents(s, updates), await words.promises_of_some(s, updates)
    overridden, planned = await _overrides(s, updates), await follow_ups.of_incidents(s, updates)
    return {
        incident_id: Aftermath(
            first_draft=mine[0] if mine else None,
            calls=placed.get(incident_id, ()),
            promises=promised.get(incident_id, ()),
            overrides=overridden.get(incident_id, ()),
            follow_ups=planned.get(incident_id, ()),
        )
        for incident_id, mine in updates.items()
    }


async def _overrides(
    s: AsyncSession, updates: Mapping[int, Sequence[IncidentUpdate]]
) -> Mapping[int, Sequence[AuditEntry]]:
    incident_of = {f"update:{update.id}": incident_id for incident_id, mine in updates.items() for update in mine}
    found: dict[int, list[AuditEntry]] = defaultdict(list)
    for line in await audit.about(s, "overrode", list(incident_of)):
        found[incident_of[line.subject]].append(line)
    return found
