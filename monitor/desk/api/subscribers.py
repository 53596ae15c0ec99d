"""Subscribers: how many there are, and what is kept of one address, for a person's request."""

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from monitor.desk.api.ask import Ask
from monitor.desk.api.problem import Problem
from monitor.desk.api.words import Given
from monitor.desk.subscribers import ADVICE, UNKNOWN
from monitor.ledger import people, privacy, subscribers
from monitor.models import SubscriberState, Way


class SubscriberCount(BaseModel):
    """How many subscribers of one way stand so."""

    way: Way
    state: SubscriberState
    count: int


class SubscriberCounts(BaseModel):
    """How many there are."""

    items: tuple[SubscriberCount, ...]


class Whose(Given):
    """An address of mail, or of a webhook."""

    address: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]


class Kept(BaseModel):
    """All that is kept of an address, one object for each of its subscriptions."""

    items: tuple[dict[str, Any], ...]


class Erased(BaseModel):
    """How many subscriptions were deleted."""

    erased: int


async def counted(ask: Ask) -> SubscriberCounts:
    """Count the subscribers, by way and by how they stand."""
    async with ask.read() as s:
        found = await subscribers.counts(s)
    counts = (SubscriberCount(way=way, state=state, count=count) for (way, state), count in sorted(found.items()))
    return SubscriberCounts(items=tuple(counts))


async def export(ask: Ask, given: Whose) -> Kept:
    """Give all that is kept of an address, for its owner; the audit says that it was given out, and not of whom."""
    async with ask.write() as s:
        actor = await people.name_of(s, ask.person_id)
        found = await privacy.export(s, given.address, actor=actor, now=ask.now)
    if not found:
        raise Problem(404, UNKNOWN, ADVICE)
    return Kept(items=tuple(map(dict, found)))


async def erase(ask: Ask, given: Whose) -> Erased:
    """Keep nothing more of an address; the audit says that somebody was erased, and not who."""
    async with ask.write() as s:
        actor = await people.name_of(s, ask.person_id)
        count = await privacy.erase(s, given.address, actor=actor, now=ask.now)
    if not count:
        raise Problem(404, UNKNOWN, ADVICE)
    await ask.seat.ledger.scrub()
    return Erased(erased=count)
