"""Claims: what a person says of an incident through a program; each gives the incident as it stands then."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.desk.act import BY_KIND, Saying, say
from monitor.desk.api.ask import Ask
from monitor.desk.api.incidents import Beginning, IncidentWhole, whole
from monitor.desk.api.problem import Problem
from monitor.desk.api.words import Given, Line, Moment, Name, Nothing, RowNumber, SeenNumber
from monitor.desk.brief import take_note
from monitor.ledger import claims, merge, sightings


class Held(Given):
    """The act by which the holder had it, as the incident's ``held`` says."""

    seen: SeenNumber


class Earlier(Given):
    """Since when, and how one knows; ``seen`` is the newest act ``began`` that you know, 0 for none."""

    at: Moment
    reason: Line
    seen: SeenNumber = 0


class Over(Given):
    """How one knows that it is over."""

    how: Line


class Other(Given):
    """The other incident."""

    other: RowNumber


class Apart(Given):
    """The targets that have a cause of their own."""

    targets: Annotated[tuple[Name, ...], Field(min_length=1, max_length=50)]


class Said(Given):
    """What happened, in a person's own words, as many lines as the desk's form has.

    ``seen`` is the newest act of this kind that you know: one since then is a conflict, and null asks for no such care.
    """

    kind: Literal[tuple(sorted(BY_KIND))]  # type: ignore[valid-type] # the forms of the desk say which there are
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=5)]
    seen: SeenNumber | None = None


async def acknowledge(ask: Ask, number: int, given: Nothing) -> IncidentWhole:
    """Say "I am looking at it", which notices may state as a fact. The first to say so counts."""
    del given
    return await _done(ask, number, lambda s: claims.take_up(s, number, ask.person_id, ask.now))


async def take_over(ask: Ask, number: int, given: Held) -> IncidentWhole:
    """Take an incident over from whoever has it."""
    return await _done(ask, number, lambda s: claims.take_over(s, number, ask.person_id, given.seen, ask.now))


async def customer_first(ask: Ask, number: int, given: Nothing) -> IncidentWhole:
    """Write down that a customer told us first: it is counted, and said to nobody."""
    del given
    return await _done(ask, number, lambda s: claims.customer_first(s, number, ask.person_id, ask.now))


async def back_date(ask: Ask, number: int, given: Earlier) -> IncidentWhole:
    """Say that it began before our looks saw it, and how one knows."""
    at, reason, seen = given.at, given.reason, given.seen
    return await _done(
        ask,
        number,
        lambda s: claims.back_date(s, number, ask.person_id, at=at, reason=reason, seen=seen, now=ask.now),
    )


async def notice(ask: Ask, number: int, given: Beginning) -> IncidentWhole:
    """Say that more fails than our looks have seen."""
    parts, words, at = given.components, given.noticed, given.at
    return await _done(
        ask,
        number,
        lambda s: sightings.add(s, number, parts, ask.person_id, words=words, noticed_at=at, now=ask.now),
    )


async def clear(ask: Ask, number: int, given: Over) -> IncidentWhole:
    """Say that what people noticed is over."""
    return await _done(ask, number, lambda s: sightings.clear(s, number, ask.person_id, given.how, ask.now))


async def join(ask: Ask, number: int, given: Other) -> IncidentWhole:
    """Make one incident of two; the answer is the one that goes on."""
    async with ask.write() as s:
        kept = await merge.merge(s, number, given.other, ask.person_id, ask.now)
        return await whole(s, ask, kept.id)


async def split(ask: Ask, number: int, given: Apart) -> IncidentWhole:
    """Make two incidents of one; the answer is the new one."""
    async with ask.write() as s:
        new = await merge.split(s, number, given.targets, ask.person_id, ask.now)
        return await whole(s, ask, new.id)


async def tell(ask: Ask, number: int, given: Said) -> IncidentWhole:
    """Say what happened: it becomes a fact that notices quote with the person's name."""
    form = BY_KIND[given.kind]
    if len(given.lines) != len(form.fields):
        asked = " · ".join(field.label for field in form.fields)
        raise Problem(422, f"A {given.kind} has {len(form.fields)} lines, not {len(given.lines)}.", f"Say: {asked}.")
    saying = Saying(number, ask.person_id, form, given.lines, given.seen)
    return await _done(ask, number, lambda s: say(s, saying, ask.now))


async def briefed(ask: Ask, number: int, given: Nothing) -> IncidentWhole:
    """Write down that whoever answers the phone has the brief. The first to say so counts."""
    del given
    return await _done(ask, number, lambda s: take_note(s, number, ask.person_id, ask.now))


async def _done(ask: Ask, number: int, deed: Callable[[AsyncSession], Awaitable[object]]) -> IncidentWhole:
    async with ask.write() as s:
        await deed(s)
        return await whole(s, ask, number)
