"""Claims: what a human says of an incident, held against what the record knows before it is written down."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from drafts.cadence import ceiling, stale
from drafts.facts import Facts
from monitor.ledger import drafts, incidents
from monitor.ledger.errors import Missing, Refused, Stale
from monitor.models import Act, ActKind, Incident, Member, Sighting

BEFORE_MAX: Final = timedelta(days=366)

ASIDE: Final = frozenset(
    {
        ActKind.NOTICED,
        ActKind.ALERTED,
        ActKind.CUSTOMER_FIRST,
        ActKind.BRIEFED,
        ActKind.BEGAN,
        ActKind.MERGED,
        ActKind.SPLIT,
    }
)
"""What somebody may say of an incident without looking into it."""


async def holder(s: AsyncSession, incident_id: int) -> Act | None:
    """The act by which somebody has the incident in hand now: who took it over last, else who took it up first."""
    return holding(await incidents.acts(s, incident_id))


def holding(acts: Sequence[Act]) -> Act | None:
    """The same among acts that were read already."""
    over = [act for act in acts if act.kind is ActKind.TAKEN_OVER]
    return over[-1] if over else next((act for act in acts if act.kind is ActKind.ACKNOWLEDGED), None)


def failing_since(incident: Incident, members: Sequence[Member], *, noticed: bool) -> datetime:
    """Since when something of it has failed without a break; what humans ``noticed`` has none that we know."""
    spans = [(member.failing_since or member.first_failed_at, member.recovered_at) for member in members]
    runs = sorted(spans, key=itemgetter(0), reverse=True)
    begun = [begin for begin, end in runs if end is None]
    since = incident.opened_at if noticed or not begun else min(begun)
    for begin, end in runs:
        since = begin if end is not None and begin < since <= end else since
    return since


async def is_back(s: AsyncSession, incident: Incident, acts: Sequence[Act]) -> bool:
    """Whether it fails again after it had worked, and nobody has looked into it since: who had it may be asleep."""
    relapsed = exists().where(
        col(Member.incident_id) == incident.id,
        col(Member.failing_since).is_not(None),
        col(Member.recovered_at).is_(None),
    )
    if holding(acts) is None or not await s.scalar(select(relapsed)):
        return False
    standing = select(col(Sighting.id)).where(
        col(Sighting.incident_id) == incident.id, col(Sighting.cleared_at).is_(None)
    )
    noticed = await s.scalar(standing.limit(1)) is not None
    since = failing_since(incident, await incidents.members(s, incident.id), noticed=noticed)
    return not any(act.at >= since for act in acts if act.kind not in ASIDE)


async def take_up(s: AsyncSession, incident_id: int, person_id: int, now: datetime) -> None:
    """Say "I am looking at it"; the first counts, until it has worked and fails again. Raises Missing or Gone."""
    incident, acts = await incidents.unresolved(s, incident_id), await incidents.acts(s, incident_id)
    held = holding(acts)
    if held is not None and not await is_back(s, incident, acts):
        return
    if held is not None and held.person_id != person_id:
        await incidents.act(s, incident_id, person_id, ActKind.TAKEN_OVER, "", now)
    await incidents.act(s, incident_id, person_id, ActKind.ACKNOWLEDGED, "", now)


async def take_over(s: AsyncSession, incident_id: int, person_id: int, seen: int, now: datetime) -> None:
    """Take an incident over from the person who had it in act ``seen``.

    Raises Missing, Gone, Refused if they have it already, or Stale if somebody else has taken it over since.
    """
    await incidents.unresolved(s, incident_id)
    held = await holder(s, incident_id)
    if held is None or held.id != seen:
        raise Stale("somebody else has taken it over meanwhile")
    if held.person_id == person_id:
        raise Refused("you have it already")
    await incidents.act(s, incident_id, person_id, ActKind.TAKEN_OVER, "", now)


async def customer_first(s: AsyncSession, incident_id: int, person_id: int, now: datetime) -> None:
    """Write down that a customer knew before we did. Raises Missing, or Refused if that is written down already."""
    if await incidents.get(s, incident_id) is None:
        raise Missing("there is no such incident")
    if any(act.kind is ActKind.CUSTOMER_FIRST for act in await incidents.acts(s, incident_id)):
        raise Refused("that is written down already")
    await incidents.act(s, incident_id, person_id, ActKind.CUSTOMER_FIRST, "", now)


async def say(  # noqa: PLR0913, PLR0917 - who says what, of what, after what, and when
    s: AsyncSession, incident_id: int, person_id: int, kind: ActKind, words: str, seen: int | None, now: datetime
) -> Act:
    """Write down what a human says happened; ``seen`` is the last act of this kind that they knew, None if any will do.

    Raises Stale if somebody has said something else meanwhile.
    """
    if seen is not None and seen != await last(s, incident_id, kind):
        raise Stale("somebody else has said something of this meanwhile")
    return await incidents.act(s, incident_id, person_id, kind, words, now)


async def last(s: AsyncSession, incident_id: int, kind: ActKind) -> int:
    """The last act of a kind in an incident, 0 if there is none."""
    return max((act.id for act in await incidents.acts(s, incident_id) if act.kind is kind), default=0)


async def back_date(  # noqa: PLR0913 - who moves which beginning to when, and why
    s: AsyncSession, incident_id: int, person_id: int, *, at: datetime, reason: str, seen: int, now: datetime
) -> None:
    """Say that it began before our looks saw it, and how one knows.

    Raises Missing, Gone, Stale, or Refused if that is not before what we saw, or over a year ago.
    """
    incident = await incidents.unresolved(s, incident_id)
    first = min([incident.opened_at, *await _beginnings(s, incident_id)])
    if at >= first:
        raise Refused("we saw it ourselves by then: give an earlier time")
    if at < now - BEFORE_MAX:
        raise Refused("that is more than a year ago")
    await say(s, incident_id, person_id, ActKind.BEGAN, f"{at.isoformat()}\n{reason}", seen, now)


async def promise(
    s: AsyncSession, update_id: int, person_id: int, *, revision: int, at: datetime, now: datetime
) -> None:
    """Promise the next word by ``at``, within the limit that the outage sets.

    Raises Missing, Gone, AlreadyApproved, Stale if the draft is no longer that revision, or Refused.
    """
    draft = await drafts.unanswered(s, update_id)
    if draft.revision != revision:
        raise Stale("the draft changed meanwhile")
    if draft.next_update_at is None:
        raise Refused("this notice promises no further word")
    if draft.edited_by is not None:
        raise Refused("these words were edited by hand: change the time there")
    if stale(at, now) or at > now + ceiling(Facts.from_json(draft.facts)):
        raise Refused("that is nearer than can be kept, or later than customers may be left waiting")
    await incidents.act(s, draft.incident_id, person_id, ActKind.PROMISED, at.isoformat(), now)


async def _beginnings(s: AsyncSession, incident_id: int) -> list[datetime]:
    noticed = await s.scalars(select(col(Sighting.noticed_at)).where(col(Sighting.incident_id) == incident_id))
    return [*(member.first_failed_at for member in await incidents.members(s, incident_id)), *noticed.all()]
