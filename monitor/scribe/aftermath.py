"""The aftermath: what the record holds of an incident that is over, beyond its scene, and only its review tells."""

from collections.abc import Sequence
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


async def read(s: AsyncSession, incident_id: int, updates: Sequence[IncidentUpdate]) -> Aftermath:
    """Read the aftermath of one incident; ``updates`` are all of its messages, oldest first."""
    return Aftermath(
        first_draft=updates[0] if updates else None,
        calls=await calls.of_incident(s, incident_id),
        promises=await words.promises_of(s, incident_id),
        overrides=await audit.about(s, "overrode", [f"update:{update.id}" for update in updates]),
        follow_ups=await follow_ups.of_incident(s, incident_id),
    )
