"""Aftermath: what the phone should say now, and what is done after an incident."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from monitor.desk.api.ask import Ask
from monitor.desk.api.incidents import FollowUpLine, IncidentWhole, whole
from monitor.desk.api.problem import Problem
from monitor.desk.api.words import Given, Line, Nothing, Paged
from monitor.desk.brief import briefs as briefs_of
from monitor.desk.follow_up import OWNER_CHARS_MAX
from monitor.ledger import follow_ups, incidents
from monitor.ledger.errors import Missing


class BriefLine(BaseModel):
    """What the phone and the chat desk should say of one incident, and one sentence for the waiting line."""

    incident: int
    lines: tuple[str, ...]
    waiting_line: str


class BriefList(BaseModel):
    """A brief for each confirmed incident that is open, the newest first."""

    items: tuple[BriefLine, ...]


class FollowUpList(BaseModel):
    """What is still to be done, what is due first at the top; ``next`` is the cursor of the part behind it."""

    items: tuple[FollowUpLine, ...]
    next: str | None


class FollowUpNew(Given):
    """What is to be done, who does it, and until when."""

    what: Line
    owner: Annotated[Line, StringConstraints(max_length=OWNER_CHARS_MAX)]
    due_on: date


async def briefs(ask: Ask) -> BriefList:
    """Say what the phone and the chat desk should say of every open incident."""
    async with ask.read() as s:
        told = await briefs_of(s, ask.seat.own)
    return BriefList(
        items=tuple(
            BriefLine(incident=one.id, lines=brief.lines, waiting_line=brief.waiting_line) for one, brief in told
        )
    )


async def undone(ask: Ask, query: Paged) -> FollowUpList:
    """List what is still to be done after incidents, what is due first at the top."""
    async with ask.read() as s:
        found = await follow_ups.undone(s)
    start = next((at + 1 for at, action in enumerate(found) if action.id == query.beyond), 0)
    items = tuple(map(FollowUpLine.of, found[start : start + query.limit]))
    return FollowUpList(items=items, next=str(items[-1].id) if len(found) > start + query.limit else None)


async def add(ask: Ask, number: int, given: FollowUpNew) -> IncidentWhole:
    """Write down what is to be done after an incident."""
    if given.due_on < ask.times.today():
        raise Problem(422, "Not written down: that day is over.", "Give a day that is still to come.")
    async with ask.write() as s:
        if await incidents.get(s, number) is None:
            raise Missing("there is no such incident")
        await follow_ups.add(s, number, ask.person_id, given.what, given.owner, given.due_on, ask.now)
        return await whole(s, ask, number)


async def done(ask: Ask, number: int, given: Nothing) -> FollowUpLine:
    """Say that a follow-up is done. The first to say so counts."""
    del given
    async with ask.write() as s:
        action = await follow_ups.get(s, number)
        if action is None:
            raise Missing("there is no such follow-up")
        await follow_ups.done(s, number, ask.person_id, ask.now)
        await s.refresh(action)
        return FollowUpLine.of(action)
