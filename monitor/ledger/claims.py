"""Claims: what a human says of an incident, held against what the record knows before it is written down."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from drafts.cadence import ceiling, stale
from drafts.facts import Facts
from monitor.ledger import drafts, incidents
from monitor.ledger.errors import Missing, Refused, Stale
from monitor.models import Act, ActKind, Sighting

BEFORE_MAX: Final = timedelta(days=366)

_HOLDS: Final = (ActKind.ACKNOWLEDGED, ActKind.TAKEN_OVER)


async def holder(s: AsyncSession, incident_id: int) -> Act | None:
    """The act by which somebody has the incident in hand now: who took it over last, else who took it up first."""
    return holding(await incidents.acts(s, incident_id))


def holding(acts: Sequence[Act]) -> Act | None:
    """The same among acts that were read already."""
    over = [act for act in acts if act.kind is ActKind.TAKEN_OVER]
    return over[-1] if over else next((act for act in acts if act.kind is ActKind.ACKNOWLEDGED), None)


async def take_up(s: AsyncSession, incident_id: int, person_id: int, now: datetime) -> None:
    """Say "I am looking at it"; the first counts, and a second one changes nothing. Raises Missing or Gone."""
    await incidents.unresolved(s, incident_id)
    if await holder(s, incident_id) is None:
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
