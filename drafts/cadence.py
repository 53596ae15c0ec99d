"""When the next word is due: each notice promises an absolute time, and keeps it even with no news."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from drafts.facts import Facts

CEILING: Final = timedelta(minutes=60)
CEILING_TOTAL: Final = timedelta(minutes=30)
STEP: Final = timedelta(minutes=5)
DRAFT_AHEAD: Final = timedelta(minutes=10)
CALL_AHEAD: Final = timedelta(minutes=5)
REVIEW_WORKING_DAYS: Final = 5
SATURDAY: Final = 5

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


def ceiling(facts: Facts) -> timedelta:
    """How long customers may be left without a word: half an hour when all of it is lost, else an hour."""
    return CEILING_TOTAL if all(part.total for part in facts.affected) else CEILING


class Due(StrEnum):
    """How near a promised time is."""

    NOT_YET = "not_yet"
    DRAFT = "draft"
    CALL = "call"
    LATE = "late"


def next_update(now: datetime, total_loss: bool, every: timedelta, every_total: timedelta) -> datetime:  # noqa: FBT001 - a fact of the incident, named in the interface
    """The next promise: on whole five minutes, at least ten ahead, never beyond the ceiling (30 minutes, or 60).

    Ten, since a promise that falls due while its notice is still being read is none.
    """
    wanted, ceiling = (every_total, CEILING_TOTAL) if total_loss else (every, CEILING)
    latest = now + min(wanted, ceiling)
    rounded = latest - (latest - _EPOCH) % STEP
    soonest = now + DRAFT_AHEAD
    return rounded if rounded >= soonest else soonest + (_EPOCH - soonest) % STEP


def choices(now: datetime, limit: timedelta) -> tuple[datetime, ...]:
    """The times that a human may promise: every five minutes, from ten ahead to the limit."""
    soonest = now + DRAFT_AHEAD
    first = soonest + (_EPOCH - soonest) % STEP
    return tuple(first + STEP * step for step in range((now + limit - first) // STEP + 1))


def due(next_update_at: datetime, now: datetime) -> Due:
    """What a promise asks of us now: nothing, a draft (10 minutes before), a call (5 before), or it is late."""
    left = next_update_at - now
    if left < timedelta(0):
        return Due.LATE
    if left <= CALL_AHEAD:
        return Due.CALL
    return Due.DRAFT if left <= DRAFT_AHEAD else Due.NOT_YET


def review_due(resolved_at: datetime, zone: tzinfo) -> date:
    """The day by which the review is written: five working days on, from Monday to Friday."""
    day, left = resolved_at.astimezone(zone).date(), REVIEW_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def stale(next_update_at: datetime, now: datetime) -> bool:
    """Whether a waiting draft promises a time so near that it must be rendered anew before anybody approves it."""
    return next_update_at - now < CALL_AHEAD
