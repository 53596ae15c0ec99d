"""Two daemons on one PostgreSQL database: who was believed dead and comes back finishes nothing of another's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from monitor.config import Storage
from monitor.ledger import deliveries, halts
from monitor.models import DeliveryState
from monitor.publish import Outcome
from tests.monitor.channels.sinks import Answer, answer, hook_sink
from tests.monitor.publish.conftest import Drains
from tests.monitor.publish.story import Story, told
from tests.monitor.publish.test_drain import webhook

Two = tuple[Story, Drains, Story, Drains]


@pytest.fixture
async def two(migrated_url: str, tmp_path: Path) -> AsyncIterator[Two]:
    """The first daemon and its heir, each with connections of its own to one record."""
    storage = Storage(url=SecretStr(migrated_url))
    async with AsyncExitStack() as stack:
        homes = [tmp_path / name for name in ("first", "heir")]  # each on a machine of its own
        for home in homes:
            home.mkdir()
        first, heir = [await stack.enter_async_context(told(home, storage)) for home in homes]
        drains, heirs = Drains(first), Drains(heir)
        stack.push_async_callback(drains.stop)
        stack.push_async_callback(heirs.stop)
        yield first, drains, heir, heirs


def gated(gate: asyncio.Event, then: Answer) -> Answer:
    """An answer that comes when the gate opens."""

    async def give(request: web.Request) -> web.StreamResponse:
        await gate.wait()
        return await then(request)

    return give


@pytest.mark.parametrize("late", [204, 422, 401, 500])
async def test_whatever_a_zombie_is_answered_its_heir_has_the_last_word(two: Two, late: int) -> None:
    """Taken, refused, barred or put off: the row stays the heir's, one key went out, and no channel stops for it."""
    first, drains, heir, heirs = two
    gate = asyncio.Event()
    async with hook_sink() as hook:
        hook.answers.append(gated(gate, answer(late)))
        drains.start(webhook(hook, timeout="60s"))
        (update,) = await first.say(["hook"], "one")
        async with asyncio.timeout(10):
            while not hook.hooks:
                await asyncio.sleep(0.01)
        heirs.start(webhook(hook))
        await heirs.reported("hook", Outcome.DELIVERED)
        gate.set()
        await drains.reported("hook", Outcome.LOST)
    row = await heir.delivery(update, "hook")
    assert (row.state, row.epoch, row.error) == (DeliveryState.DELIVERED, 2, "")
    assert [one.headers["webhook-id"] for one in hook.hooks] == [row.key] * 2
    async with heir.ledger.read() as s:
        assert not await halts.standing(s)


async def test_of_two_who_reach_for_one_row_one_gets_it(two: Two) -> None:
    """At the same moment, over connections of their own."""
    first, _, heir, _ = two
    updates = await first.say(["hook"], *(f"update {number}" for number in range(10)))

    async def claim(story: Story, number: int) -> int | None:
        async with story.ledger.write() as s:
            return await deliveries.claim(s, number)

    for update in updates:
        number = (await first.delivery(update, "hook")).id
        epochs = await asyncio.gather(claim(first, number), claim(heir, number))
        assert sorted(epochs, key=str) == [1, None]
