"""Incidents, the targets that are part of them, and what humans did about them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import CTE, ColumnElement, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from drafts.facts import UpdateKind
from monitor.ledger import audit, people
from monitor.ledger.errors import Gone, Missing
from monitor.models import Act, ActKind, Approval, Incident, IncidentUpdate, Member, Sighting, Stage

_OPEN: Final = select(col(Incident.id)).where(col(Incident.resolved_at).is_(None))
_BLIP: Final = (col(Incident.confirmed_at).is_(None), col(Incident.merged_into).is_(None))
_AS_THEY_FAILED: Final = (col(Member.first_failed_at), col(Member.target))
WRONG: Final = (ActKind.CORRECTION, ActKind.FALSE_ALARM)
"""The acts by which a human says that something we published was not so."""


async def get(s: AsyncSession, incident_id: int) -> Incident | None:
    """One incident."""
    return await s.get(Incident, incident_id)


async def some(s: AsyncSession, incident_ids: Collection[int]) -> Mapping[int, Incident]:
    """Several incidents, by id."""
    found = await s.scalars(select(Incident).where(col(Incident.id).in_(incident_ids)))
    return {incident.id: incident for incident in found}


async def open_of_cause(s: AsyncSession, cause: str) -> Incident | None:
    """The open incident of this cause; there is at most one."""
    return await s.scalar(select(Incident).where(col(Incident.cause) == cause, col(Incident.resolved_at).is_(None)))


async def open_all(s: AsyncSession) -> Sequence[Incident]:
    """All open incidents, oldest first."""
    found = await s.scalars(select(Incident).where(col(Incident.resolved_at).is_(None)).order_by(col(Incident.id)))
    return found.all()


async def newest_of_cause(s: AsyncSession, cause: str) -> Incident | None:
    """The last incident of this cause, open or over."""
    return await s.scalar(
        select(Incident).where(col(Incident.cause) == cause).order_by(col(Incident.id).desc()).limit(1)
    )


async def recent(s: AsyncSession, limit: int) -> Sequence[Incident]:
    """The newest incidents, open and over, newest first."""
    return (await s.scalars(select(Incident).order_by(col(Incident.id).desc()).limit(limit))).all()


async def page(
    s: AsyncSession, limit: int, *, before: int | None = None, is_open: bool | None = None
) -> Sequence[Incident]:
    """Some incidents, newest first: those older than ``before``, and only the open ones or those that are over."""
    wanted = select(Incident).order_by(col(Incident.id).desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(col(Incident.id) < before)
    if is_open is not None:
        ended = col(Incident.resolved_at)
        wanted = wanted.where(ended.is_(None) if is_open else ended.is_not(None))
    return (await s.scalars(wanted)).all()


async def members(s: AsyncSession, incident_id: int) -> Sequence[Member]:
    """The targets that are part of an incident, in the order in which they failed."""
    return (await members_of(s, [incident_id])).get(incident_id, ())


async def members_of(s: AsyncSession, incident_ids: Collection[int]) -> Mapping[int, Sequence[Member]]:
    """The same of several incidents, by incident."""
    wanted = select(Member).where(col(Member.incident_id).in_(incident_ids))
    found: dict[int, list[Member]] = defaultdict(list)
    for member in await s.scalars(wanted.order_by(*_AS_THEY_FAILED)):
        found[member.incident_id].append(member)
    return found


async def some_members(s: AsyncSession, incident_id: int, limit: int) -> Sequence[Member]:
    """The same, at most ``limit``, and those that still fail before those that work again."""
    wanted = select(Member).where(col(Member.incident_id) == incident_id)
    listed = wanted.order_by(col(Member.recovered_at).is_not(None), *_AS_THEY_FAILED).limit(limit)
    return (await s.scalars(listed)).all()


async def acts(s: AsyncSession, incident_id: int) -> Sequence[Act]:
    """What humans did or said of an incident, and of those that were merged into it, oldest first."""
    return (await acts_of(s, [incident_id])).get(incident_id, ())


async def acts_of(s: AsyncSession, incident_ids: Collection[int]) -> Mapping[int, Sequence[Act]]:
    """The same of several incidents, by incident."""
    each = col(Incident.id)
    parts: CTE = select(each.label("heir"), each.label("part")).where(each.in_(incident_ids)).cte(recursive=True)
    parts = parts.union_all(select(parts.c.heir, col(Incident.id)).where(col(Incident.merged_into) == parts.c.part))
    wanted = select(parts.c.heir, Act).join(Act, col(Act.incident_id) == parts.c.part).order_by(col(Act.id))
    found: dict[int, list[Act]] = defaultdict(list)
    for heir, act in await s.execute(wanted):
        found[heir].append(act)
    return found


async def begin(s: AsyncSession, cause: str, at: datetime, stage: Stage = Stage.INVESTIGATING) -> Incident:
    """Open an incident, quietly: nothing is confirmed yet. IntegrityError if one of this cause is open."""
    incident = Incident(cause=cause, opened_at=at, stage=stage)
    s.add(incident)
    await s.flush()
    return incident


async def join(s: AsyncSession, member: Member) -> None:
    """Make a target part of an incident.

    One that relapses after it was confirmed keeps when it first failed, and notes when the present run began; a
    suspicion that had cleared was nobody's outage, so its beginning is forgotten, unless it proves to belong to one.
    """
    known = await s.get(Member, (member.incident_id, member.target))
    if known is None:
        s.add(member)
    else:
        known.kind, known.reason, known.detail = member.kind, member.reason, member.detail
        if known.recovered_at and known.confirmed_at:
            known.failing_since, known.good_until = member.first_failed_at, member.last_good_at
        elif known.recovered_at or (not known.confirmed_at and member.first_failed_at < known.first_failed_at):
            known.first_failed_at, known.last_good_at = member.first_failed_at, member.last_good_at
        known.flip_id, known.recovered_at = member.flip_id, None
    await s.flush()


async def confirm(s: AsyncSession, incident_id: int, target: str, at: datetime) -> None:
    """Say that a member's failure is real, and with it the incident; the first time counts."""
    await s.execute(
        update(Member).where(*_member(incident_id, target), col(Member.confirmed_at).is_(None)).values(confirmed_at=at)
    )
    await s.execute(
        update(Incident)
        .where(col(Incident.id) == incident_id, col(Incident.confirmed_at).is_(None))
        .values(confirmed_at=at)
    )


async def recover(s: AsyncSession, incident_id: int, target: str, at: datetime) -> None:
    """Say that a target works again since ``at``, if it is a member that was failing."""
    await s.execute(
        update(Member).where(*_member(incident_id, target), col(Member.recovered_at).is_(None)).values(recovered_at=at)
    )


async def set_recovered(s: AsyncSession, incident_id: int, at: datetime | None) -> None:
    """Say since when nothing of this incident fails, or, with None, that something fails again."""
    await s.execute(update(Incident).where(col(Incident.id) == incident_id).values(recovered_at=at))


async def settle(s: AsyncSession, incident_id: int) -> None:
    """Say whether anything of an incident still fails, after a human changed what belongs to it."""
    ends = [member.recovered_at for member in await members(s, incident_id)]
    wanted = select(col(Sighting.cleared_at)).where(col(Sighting.incident_id) == incident_id)
    ends += (await s.scalars(wanted)).all()
    over = [end for end in ends if end]
    await set_recovered(s, incident_id, max(over) if over and len(over) == len(ends) else None)


async def close(s: AsyncSession, incident_id: int, at: datetime) -> None:
    """End an incident, and withdraw what still waits, since it can never be approved.

    Of an incident that something was published about only an approved ``resolved`` update makes an end: the database
    refuses any other way with an IntegrityError.
    """
    approved = exists().where(col(Approval.update_id) == col(IncidentUpdate.id))
    await s.execute(
        update(IncidentUpdate)
        .where(
            col(IncidentUpdate.incident_id) == incident_id,
            col(IncidentUpdate.withdrawn_at).is_(None),
            col(IncidentUpdate.rejected_at).is_(None),
            ~approved,
        )
        .values(withdrawn_at=at)
    )
    await s.execute(
        update(Incident).where(col(Incident.id) == incident_id).values(stage=Stage.RESOLVED, resolved_at=at)
    )


async def uncorrected(s: AsyncSession) -> Sequence[Incident]:
    """Incidents that are over, and of which something is known to be wrong that no draft has taken up since."""
    taken_up = exists().where(
        col(IncidentUpdate.incident_id) == col(Act.incident_id),
        col(IncidentUpdate.kind) == UpdateKind.CORRECTION,
        col(IncidentUpdate.created_at) >= col(Act.at),
        col(IncidentUpdate.withdrawn_at).is_(None),
    )
    wrong = exists().where(col(Act.incident_id) == col(Incident.id), col(Act.kind).in_(WRONG), ~taken_up)
    told = exists().where(
        col(IncidentUpdate.incident_id) == col(Incident.id), col(Approval.update_id) == col(IncidentUpdate.id)
    )
    found = await s.scalars(select(Incident).where(col(Incident.resolved_at).is_not(None), wrong, told))
    return found.all()


async def unreviewed(s: AsyncSession) -> Sequence[Incident]:
    """Incidents that are over, of which the public was told, and which no draft has looked back at yet."""
    updates = select(IncidentUpdate).where(col(IncidentUpdate.incident_id) == col(Incident.id))
    told = updates.join(Approval, col(Approval.update_id) == col(IncidentUpdate.id)).exists()
    reviewed = updates.where(col(IncidentUpdate.kind) == UpdateKind.REVIEW).exists()
    over = (col(Incident.resolved_at).is_not(None), col(Incident.confirmed_at).is_not(None))
    wanted = select(Incident).where(*over, col(Incident.merged_into).is_(None), told, ~reviewed)
    return (await s.scalars(wanted)).all()


async def blips_since(s: AsyncSession, at: datetime) -> Sequence[Incident]:
    """Incidents that ended unconfirmed at this time or later, newest first: one of them may go on."""
    wanted = select(Incident).where(col(Incident.resolved_at) >= at, *_BLIP)
    return (await s.scalars(wanted.order_by(col(Incident.id).desc()))).all()


async def reopen(s: AsyncSession, cause: str, at: datetime) -> None:
    """Let the newest blip of this cause go on: what cleared was nobody's outage, so it begins at ``at``.

    IntegrityError if an incident of this cause is open.
    """
    blips = select(func.max(col(Incident.id))).where(col(Incident.cause) == cause, *_BLIP)
    await s.execute(
        update(Incident)
        .where(col(Incident.id) == blips.scalar_subquery())
        .values(stage=Stage.INVESTIGATING, opened_at=at, resolved_at=None, recovered_at=None)
    )


async def told(s: AsyncSession) -> set[int]:
    """The open incidents that the public was told of: an update of theirs was approved."""
    wanted = select(col(IncidentUpdate.incident_id)).join(Approval, col(Approval.update_id) == col(IncidentUpdate.id))
    return set(await s.scalars(wanted.where(col(IncidentUpdate.incident_id).in_(_OPEN))))


async def taken(s: AsyncSession, *kinds: ActKind) -> set[int]:
    """The open incidents of which a human did or said something, or one of these things."""
    acts = select(col(Act.incident_id)).where(col(Act.incident_id).in_(_OPEN))
    return set(await s.scalars(acts.where(col(Act.kind).in_(kinds)) if kinds else acts))


async def merge(s: AsyncSession, gone: Incident, heir: Incident, at: datetime) -> None:
    """Let one open incident become part of another: its members fail there, its drafts are withdrawn, and it is over.

    IntegrityError if something was published about it: that only an approved ``resolved`` update ends.
    """
    for member in await members(s, gone.id):
        mine = Member(**member.model_dump() | {"incident_id": heir.id})
        known = await s.get(Member, (heir.id, member.target))
        if known is None or (known.recovered_at and not member.recovered_at):
            await join(s, mine)
        if member.confirmed_at:
            await confirm(s, heir.id, member.target, member.confirmed_at)
    await s.execute(update(Sighting).where(col(Sighting.incident_id) == gone.id).values(incident_id=heir.id))
    heir.confirmed_at = heir.confirmed_at or gone.confirmed_at
    await close(s, gone.id, at)
    await s.execute(update(Incident).where(col(Incident.id) == gone.id).values(merged_into=heir.id))


async def unresolved(s: AsyncSession, incident_id: int) -> Incident:
    """The incident, if it is still open; else raises Missing or Gone."""
    incident = await get(s, incident_id)
    if incident is None:
        raise Missing("there is no such incident")
    if incident.resolved_at is not None:
        raise Gone("this incident is over")
    return incident


async def act(s: AsyncSession, incident_id: int, person_id: int, kind: ActKind, words: str, at: datetime) -> Act:
    """Write down what a human did or said; each is evidence that a notice may rest on."""
    done = Act(incident_id=incident_id, person_id=person_id, kind=kind, words=words, at=at)
    s.add(done)
    await s.flush()
    name = await people.name_of(s, person_id)
    await audit.note(s, actor=name, action=kind, subject=f"incident:{incident_id}", detail=words, now=at)
    return done


def _member(incident_id: int, target: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(Member.incident_id) == incident_id, col(Member.target) == target
