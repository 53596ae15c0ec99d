"""What the court decides, carried into the record; and the docket as the record has it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.court import case as cases
from monitor.court.case import Case, Close, Confirm, Join, Merge, Open, Recover, Reopen, Rest, Ruling
from monitor.court.mind import Plea
from monitor.ledger import audit, incidents, sightings
from monitor.models import ActKind, Flip, Incident, Member, Sighting
from probes.look import Result


async def docket(session: AsyncSession, *, since: datetime) -> tuple[Case, ...]:
    """The open incidents as cases, and the blips that ended since then; of one cause only the newest."""
    found: dict[str, Case] = {}
    told, taken = await incidents.told(session), await incidents.taken(session)
    apart = await incidents.taken(session, ActKind.SPLIT) if taken else set()
    for incident in (*await incidents.open_all(session), *await incidents.blips_since(session, since)):
        if incident.cause not in found:
            members = await incidents.members(session, incident.id)
            noticed = await sightings.of_incident(session, incident.id)
            found[incident.cause] = Case(
                incident.cause,
                (*map(_part, members), *map(_word, noticed)),
                incident.resolved_at,
                told=incident.id in told,
                taken=incident.id in taken,
                apart=incident.id in apart,
            )
    return tuple(found.values())


def flip(plea: Plea, component_id: str) -> Flip:
    """The row that will be the evidence of a plea: the look as it counted, with all that it saw."""
    told = plea.testimony
    result: Result = told.exhibit
    return Flip(
        target=plea.target,
        component_id=component_id,
        kind=result.kind,
        at=told.at,
        before=plea.before,
        after=plea.after,
        reason=told.reason,
        detail=told.detail,
        result=result.as_json(),
    )


async def carry(session: AsyncSession, ruling: Ruling, flip: Flip) -> None:
    """Do in the record what a ruling says."""
    if isinstance(ruling, Open):
        await incidents.begin(session, ruling.cause, ruling.at)
        return
    if isinstance(ruling, Reopen):
        await incidents.reopen(session, ruling.cause, ruling.at)
        return
    incident = await _open(session, ruling.cause)
    match ruling:
        case Join():
            await incidents.join(session, _member(incident, ruling, flip))
        case Confirm(_, target, at):
            await incidents.confirm(session, incident.id, target, at)
        case Recover(_, target, at):
            await incidents.recover(session, incident.id, target, at)
        case Rest(_, at):
            await incidents.set_recovered(session, incident.id, at)
        case Close(_, at):
            await incidents.set_recovered(session, incident.id, at)
            await incidents.close(session, incident.id, at)
        case Merge(_, into, by, at):
            await _merge(session, incident, await _open(session, into), by, at)


async def _merge(session: AsyncSession, gone: Incident, heir: Incident, by: str, at: datetime) -> None:
    await incidents.merge(session, gone, heir, at)
    why = f"it is part of incident {heir.id}: the failure of {by} showed that both have one cause"
    await audit.note(session, actor="ownup", action="merged", subject=f"incident:{gone.id}", detail=why, now=at)


async def _open(session: AsyncSession, cause: str) -> Incident:
    found = await incidents.open_of_cause(session, cause)
    if found is None:
        message = f"no incident of {cause} is open"
        raise LookupError(message)
    return found


def _part(member: Member) -> cases.Member:
    return cases.Member(
        target=member.target,
        component=member.component_id,
        first_failed_at=member.failing_since or member.first_failed_at,
        confirmed=member.confirmed_at is not None,
        recovered_at=member.recovered_at,
    )


def _word(sighting: Sighting) -> cases.Member:
    """A human's word counts as a part that no look can end, and draws to itself what its component's looks find."""
    return cases.Member(
        target=f"sighting {sighting.id}",
        component=sighting.component_id,
        first_failed_at=sighting.noticed_at,
        confirmed=True,
        recovered_at=sighting.cleared_at,
    )


def _member(incident: Incident, ruling: Join, flip: Flip) -> Member:
    return Member(
        incident_id=incident.id,
        target=flip.target,
        component_id=flip.component_id,
        kind=flip.kind,
        reason=flip.reason or "",
        detail=flip.detail,
        flip_id=flip.id,
        first_failed_at=ruling.first_failed_at,
        last_good_at=ruling.last_good_at,
    )
