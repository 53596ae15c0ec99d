"""Everything that one draft's page shows, read from the record in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts, UpdateKind
from drafts.honesty import Circumstances
from monitor.desk.carriers import Carriers, choose, unwell
from monitor.desk.change import Change
from monitor.desk.circumstances import Surroundings, weigh
from monitor.desk.evidence import Evidence, gather
from monitor.desk.offer import offer
from monitor.desk.seat import Seat
from monitor.ledger import (
    approvals,
    assents,
    canaries,
    claims,
    components,
    deliveries,
    drafts,
    halts,
    incidents,
    people,
    story,
)
from monitor.ledger.story import Hit
from monitor.models import Act, Approval, Assent, Delivery, Incident, IncidentUpdate


@dataclass(frozen=True, slots=True)
class Dossier:
    """One update, what it rests on, and what became of it."""

    update: IncidentUpdate
    incident: Incident
    facts: Facts
    names: Mapping[int, str]
    evidence: Sequence[Evidence]
    members: int
    acts: Sequence[Act]
    is_back: bool
    alarms: tuple[int, int]
    carriers: Carriers
    circumstances: Circumstances
    agreed: Sequence[Assent]
    offer: Sequence[Change]
    approval: Approval | None
    deliveries: Sequence[Delivery]

    @property
    def holder(self) -> Act | None:
        """The act by which somebody has it in hand."""
        return claims.holding(self.acts)

    @property
    def taken_by(self) -> str | None:
        """Who has it in hand, if anybody has."""
        return self.names[self.holder.person_id] if self.holder else None

    @property
    def waits(self) -> bool:
        """Whether nobody has answered it yet, and it may still be answered."""
        update = self.update
        over = self.incident.resolved_at is not None and not update.kind.outlasts
        return not (self.approval or update.withdrawn_at or update.rejected_at or over)

    @property
    def ready(self) -> bool:
        """Whether it may be approved: the failure that a first notice tells of must be confirmed."""
        return self.incident.confirmed_at is not None or self.update.kind is not UpdateKind.FIRST

    @property
    def taken_up(self) -> bool:
        """Whether somebody is looking at it, as a first notice needs before it may be approved."""
        held = self.taken_by is not None and not self.is_back
        return held or self.update.kind is not UpdateKind.FIRST


async def read(s: AsyncSession, seat: Seat, update_id: int, person_id: int, now: datetime) -> Dossier | None:
    """The dossier of an update for this reader, whatever became of it; None if there is no such update."""
    update = await drafts.get(s, update_id)
    if update is None:
        return None
    incident = await s.get_one(Incident, update.incident_id)
    hit = (await story.hit_by(s, [incident.id])).get(incident.id, ())
    acts = await incidents.acts(s, update.incident_id)
    agreed = await assents.standing(s, update)
    alone = all(one.person_id == person_id for one in agreed)
    names = {person.id: person.name for person in await people.everyone(s) if person.id is not None}
    return Dossier(
        update=update,
        incident=incident,
        facts=Facts.from_json(update.facts),
        names=names,
        evidence=await gather(s, seat, incident.id, now),
        members=sum(part.targets for part in hit),
        acts=acts,
        is_back=await claims.is_back(s, incident, acts),
        alarms=await story.alarms(s, incident.id),
        carriers=await _carriers(s, seat, hit, now),
        circumstances=weigh(seat.config, update, Surroundings(incident, hit, acts, alone=alone), now),
        offer=await offer(s, update, seat.own),
        agreed=agreed,
        approval=await approvals.of_update(s, update_id),
        deliveries=await deliveries.of_update(s, update_id),
    )


async def carriers(s: AsyncSession, seat: Seat, incident_id: int, now: datetime) -> Carriers:
    """The channels that can carry a notice now, by what fails in this incident, and for certain in any other.

    One whose own canary failed carries nothing either.
    """
    return await _carriers(s, seat, (await story.hit_by(s, [incident_id])).get(incident_id, ()), now)


async def _carriers(s: AsyncSession, seat: Seat, hit: Sequence[Hit], now: datetime) -> Carriers:
    names = {component.id: component.name for component in await components.everything(s)}
    ours = {part.component_id for part in hit if part.failing}
    failing = ours | await story.failing_components(s)
    refused = {channel: halt.why for channel, halt in (await halts.standing(s)).items()}
    sick = unwell(seat.config, await canaries.latest(s), now)
    return choose(seat.config.channel, {part: names[part] for part in failing}, refused, sick)
