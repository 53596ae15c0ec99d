"""Rehearsal: what is missing before something breaks, and drills."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from monitor.desk.api.ask import Ask
from monitor.desk.api.problem import Problem
from monitor.desk.api.words import Given
from monitor.desk.rehearsals import Rehearsal, Rehearsals
from monitor.models import Role
from monitor.readiness import Outlook, readiness


class Without(BaseModel):
    """What is left if one component dies: which channels still carry, and by which routes people are called."""

    component: str
    takes_along: tuple[str, ...]
    channels: tuple[str, ...]
    lost: dict[str, tuple[str, ...]]
    called: dict[str, tuple[str, ...]]
    gaps: tuple[str, ...]

    @classmethod
    def of(cls, outlook: Outlook) -> Self:
        """As the config has it."""
        return cls(
            component=outlook.component,
            takes_along=outlook.takes_along,
            channels=outlook.channels,
            lost={lost.name: lost.needs for lost in outlook.lost},
            called={person.name: person.routes for person in outlook.called},
            gaps=outlook.gaps,
        )


class Ready(BaseModel):
    """Every plan that is missing, in whole sentences, and what is left without each component."""

    gaps: tuple[str, ...]
    without: tuple[Without, ...]


class Drill(BaseModel):
    """The drill that goes on, or went on last: ``end`` is empty as long as it goes on. Approvers read what it said."""

    url: str
    asked_by: str
    at: datetime
    calls_people: bool
    end: str
    lines: tuple[str, ...]


class DrillState(BaseModel):
    """The latest drill of this desk, if there was one since it started."""

    latest: Drill | None


class DrillStart(Given):
    """Whether the real people are called by their usual routes."""

    calls_people: bool = False


async def ready(ask: Ask) -> Ready:
    """Say whom one could still tell, and who would be called, if each component died; what is missing comes first."""
    found = readiness(ask.seat.config)
    return Ready(gaps=found.missing, without=tuple(map(Without.of, found.outlooks)))


async def drill(ask: Ask) -> DrillState:
    """Say how the latest drill goes."""
    rehearsals = ask.seat.rehearsals
    latest = rehearsals.latest if rehearsals else None
    return DrillState(latest=_drill(ask, rehearsals, latest) if rehearsals and latest else None)


async def begin(ask: Ask, given: DrillStart) -> DrillState:
    """Begin a drill, unless one goes on: an outage of sample servers, at a desk of its own, published nowhere."""
    rehearsals = ask.seat.rehearsals
    if rehearsals is None:
        raise Problem(404, "No drill can be started here.", "The config says so: drill_port under [desk] allows it.")
    asked = Rehearsal(ask.bearer.person.name, ask.now, call=given.calls_people)
    if not rehearsals.ask(asked):
        raise Problem(409, "Not started: a drill is under way already.", "GET /drill says where its desk is.")
    return DrillState(latest=_drill(ask, rehearsals, asked))


def _drill(ask: Ask, rehearsals: Rehearsals, latest: Rehearsal) -> Drill:
    reads = ask.bearer.role in {Role.APPROVER, Role.ADMIN}
    return Drill(
        url=rehearsals.url,
        asked_by=latest.asked_by,
        at=latest.at,
        calls_people=latest.call,
        end=latest.end,
        lines=tuple(latest.lines) if reads else (),
    )
