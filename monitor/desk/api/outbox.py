"""The outbox: what an approver does through a program about words that did not go out."""

from pydantic import BaseModel

from monitor.config import ChannelOptions
from monitor.desk.api.ask import Ask
from monitor.desk.api.drafts import DraftWhole, Sent, whole
from monitor.desk.api.problem import Problem
from monitor.desk.api.words import Given, Name, Nothing
from monitor.ledger import halts, resending
from monitor.models import Delivery


class Way(Given):
    """A channel, by its name in the config."""

    channel: Name


class Lifted(BaseModel):
    """The channel that tries again now."""

    channel: str


async def again(ask: Ask, number: int, given: Nothing) -> Sent:
    """Send once more what was given up, under the same key."""
    del given
    async with ask.write() as s:
        await resending.again(s, number, ask.person_id, ask.now)
        return Sent.of(await s.get_one(Delivery, number, populate_existing=True))


async def also(ask: Ask, number: int, given: Way) -> DraftWhole:
    """Send approved words over a channel that was left out."""
    channel = _known(ask, given.channel)
    async with ask.write() as s:
        await resending.also(s, number, channel.name, language=channel.language, person_id=ask.person_id, now=ask.now)
        return await whole(s, ask, number)


async def lift(ask: Ask, given: Way) -> Lifted:
    """Let a channel that stands still try again: what it was refused goes first, then what waited behind it."""
    channel = _known(ask, given.channel)
    async with ask.write() as s:
        await halts.lift(s, channel.name, ask.person_id, ask.now)
    return Lifted(channel=channel.name)


def _known(ask: Ask, name: str) -> ChannelOptions:
    found: ChannelOptions | None = next((one for one in ask.seat.config.channel if one.name == name), None)
    if found is None:
        raise Problem(404, "There is no such channel.", "GET /channels lists those of the config.")
    return found
