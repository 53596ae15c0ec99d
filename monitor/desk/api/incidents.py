"""Incidents: the list of them, one with everything that happened, and one that begins on a human's word."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.desk.api.ask import Ask
from monitor.desk.api.words import Given, Line, Moment, Name, Paged
from monitor.desk.incident import kept, named, summary
from monitor.desk.story import read, tell
from monitor.ledger import claims, components, follow_ups, incidents, sightings, story
from monitor.ledger.errors import Missing
from monitor.ledger.story import Hit
from monitor.models import Act, ActKind, FollowUp, Incident, Member, Sighting, Stage


class IncidentLine(BaseModel):
    """An incident in a list: what customers call it, where it stands, and in one sentence how it goes."""

    id: int
    name: str
    stage: Stage
    sentence: str
    opened_at: datetime
    confirmed_at: datetime | None
    recovered_at: datetime | None
    resolved_at: datetime | None
    merged_into: int | None


class Part(BaseModel):
    """One target's part in an incident."""

    target: str
    component: str
    reason: str
    detail: str
    first_failed_at: datetime
    recovered_at: datetime | None

    @classmethod
    def of(cls, member: Member) -> Self:
        """As the record has it."""
        told = member.model_dump(include=set(cls.model_fields))
        return cls(component=member.component_id, **told)


class Noticed(BaseModel):
    """A component that a human says fails."""

    component: str
    noticed_at: datetime
    cleared_at: datetime | None

    @classmethod
    def of(cls, sighting: Sighting) -> Self:
        """As the record has it."""
        return cls(component=sighting.component_id, noticed_at=sighting.noticed_at, cleared_at=sighting.cleared_at)


class Deed(BaseModel):
    """What a human did or said of an incident; ``id`` is what ``seen`` refers to."""

    id: int
    kind: ActKind
    by: str
    at: datetime
    words: str

    @classmethod
    def of(cls, act: Act, names: Mapping[int, str]) -> Self:
        """As the record has it."""
        return cls(id=act.id, kind=act.kind, by=names[act.person_id], at=act.at, words=act.words)


class Happened(BaseModel):
    """One thing that happened, as a sentence."""

    at: datetime
    sentence: str
    detail: str


class FollowUpLine(BaseModel):
    """What is done after an incident, by whom and until when."""

    id: int
    incident: int
    what: str
    owner: str
    due_on: date
    done_at: datetime | None

    @classmethod
    def of(cls, action: FollowUp) -> Self:
        """As the record has it."""
        return cls(incident=action.incident_id, **action.model_dump(include=set(cls.model_fields)))


class IncidentWhole(IncidentLine):
    """One incident with all that the record knows of it; ``story`` has the newest first.

    ``held_by`` has it in hand, by the act ``held``, which is what taking it over refers to.
    """

    held_by: str | None
    held: int | None
    members: tuple[Part, ...]
    noticed: tuple[Noticed, ...]
    acts: tuple[Deed, ...]
    drafts: tuple[int, ...]
    promises: str
    follow_ups: tuple[FollowUpLine, ...]
    story: tuple[Happened, ...]


class IncidentList(BaseModel):
    """A part of the list, the newest first; ``next`` is the cursor of the part behind it."""

    items: tuple[IncidentLine, ...]
    next: str | None


class Which(Paged):
    """Which incidents."""

    state: Literal["open", "over", "any"] = "any"


class Beginning(Given):
    """What fails, what people notice of it, and since when."""

    components: Annotated[tuple[Name, ...], Field(min_length=1, max_length=50)]
    noticed: Line
    at: Moment


async def listed(ask: Ask, query: Which) -> IncidentList:
    """List the incidents, the newest first."""
    is_open = {"open": True, "over": False, "any": None}[query.state]
    async with ask.read() as s:
        found = await incidents.page(s, query.limit + 1, before=query.beyond, is_open=is_open)
        rows = await _lines(s, ask, found[: query.limit])
    return IncidentList(items=tuple(rows), next=str(rows[-1].id) if len(found) > query.limit else None)


async def get(ask: Ask, number: int) -> IncidentWhole:
    """Get one incident with everything that happened."""
    async with ask.read() as s:
        return await whole(s, ask, number)


async def begin(ask: Ask, given: Beginning) -> IncidentWhole:
    """Begin an incident of which no look of ours knows. Its draft is written a moment later."""
    async with ask.write() as s:
        begun = await sightings.begin(
            s, given.components, ask.person_id, words=given.noticed, noticed_at=given.at, now=ask.now
        )
        return await whole(s, ask, begun.id)


async def whole(s: AsyncSession, ask: Ask, number: int) -> IncidentWhole:
    """One incident as it stands in this session. Raises Missing."""
    incident = await incidents.get(s, number)
    if incident is None:
        raise Missing("there is no such incident")
    known, noticed = await read(s, incident), await sightings.of_incident(s, number)
    names, holder = known.names, claims.holding(known.acts)
    (line,) = await _lines(s, ask, [incident])
    return IncidentWhole(
        **line.model_dump(exclude={"sentence"}),
        sentence=summary(incident, known.failing, ask.times, noticed),
        held_by=names[holder.person_id] if holder else None,
        held=holder.id if holder else None,
        members=tuple(map(Part.of, await incidents.members(s, number))),
        noticed=tuple(map(Noticed.of, noticed)),
        acts=tuple(Deed.of(act, names) for act in known.acts),
        drafts=tuple(update.id for update in known.updates),
        promises=kept(known.promises, ask.now),
        follow_ups=tuple(map(FollowUpLine.of, await follow_ups.of_incident(s, number))),
        story=tuple(
            Happened(at=one.at, sentence=one.sentence, detail=one.detail)
            for one in (await tell(s, known, ask.now)).moments
        ),
    )


async def _lines(s: AsyncSession, ask: Ask, found: Sequence[Incident]) -> list[IncidentLine]:
    hit = await story.hit_by(s, [incident.id for incident in found])
    names = {component.id: component.name for component in await components.everything(s)}
    return [_line(ask, incident, hit.get(incident.id, ()), names) for incident in found]


def _line(ask: Ask, incident: Incident, hit: Sequence[Hit], names: Mapping[str, str]) -> IncidentLine:
    return IncidentLine(
        name=named(incident, hit, names),
        sentence=summary(incident, sum(part.failing for part in hit), ask.times),
        **incident.model_dump(include=set(IncidentLine.model_fields)),
    )
