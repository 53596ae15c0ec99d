"""What is asked for after incidents: reviews within five working days, and follow-ups on their day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.cadence import review_due
from monitor.desk.visit import Visit
from monitor.ledger import drafts, follow_ups
from monitor.models import FollowUp, IncidentUpdate

DUE_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Review:
    """The draft of a review that nobody has published yet, and the day by which it should be."""

    update: IncidentUpdate
    due_on: date


async def reviews(s: AsyncSession, visit: Visit) -> Sequence[Review]:
    """The reviews that wait, what is due first at the top."""
    zone = ZoneInfo(visit.seat.config.site.timezone)
    return [
        Review(update, review_due(incident.resolved_at or update.created_at, zone))
        for update, incident in await drafts.reviews(s, DUE_MAX)
    ]


async def due(s: AsyncSession, visit: Visit) -> Sequence[FollowUp]:
    """The follow-ups whose day has come or is over."""
    return [action for action in await follow_ups.undone(s) if action.due_on <= visit.times.today()][:DUE_MAX]
