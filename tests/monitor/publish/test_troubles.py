"""What services do to us on a bad day, kind by kind: all arrives in order under its key, and no other waits for it."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from statistics import quantiles

import pytest
from pydantic import TypeAdapter

from drafts.facts import UpdateKind
from monitor.channels.channel import Channel
from monitor.publish import Kind, Outcome
from tests.monitor.channels.sinks import HookSink, answer, hang, reset
from tests.monitor.publish.conftest import Drains
from tests.monitor.publish.outside import Outside, Way, outside
from tests.monitor.publish.story import Story, notice

# The library imports it where Python still has it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

RETRIED = Outcome.RETRIED
OVER_HTTP = ("partners", "chat", "room", "toots", "atlas", "phone", "else")
TROUBLES = (answer(429, Retry_After="0"), answer(500), reset, hang)
NOTICES = 12
HOSTILE = "<script>alert(1)</script> {{7*7}} \u202egnp.exe\u2066 \x07\x1b[31m\r\nX-Own: ed\r\n\r\n<!channel> @everyone"


@pytest.fixture
async def world() -> AsyncIterator[Outside]:
    """A sink for every kind."""
    async with outside() as opened:
        yield opened


def channel(way: Way, **options: object) -> Channel:
    """The channel that ends there, whose readers all speak one language."""
    made: Channel = TypeAdapter(Kind).validate_python({**way.options, **options})
    return made


@pytest.mark.parametrize("name", OVER_HTTP)
async def test_every_kind_gets_over_a_bad_day(story: Story, drains: Drains, world: Outside, name: str) -> None:
    """429 with Retry-After, 500, a line cut after the body, a silence: then both arrive, in order, each its own."""
    way = world.ways[name]
    assert isinstance(way.sink, HookSink)
    way.sink.answers += TROUBLES
    drains.start(channel(way, timeout="1s"))
    updates = await story.say([name], "one", "two")
    await drains.delivered(name, 2)
    assert drains.outcomes[:3] == [(name, RETRIED)] * 3
    came = list(way.news())
    once = list(dict.fromkeys(came))
    keys = [(await story.delivery(number, name)).key for number in updates]
    assert [one.key for one in once] in (keys, [None, None])  # a service that knows no key gets the same words again
    assert came == sorted(came, key=once.index)
    assert len(way.sink.hooks) >= len(TROUBLES) + len(updates)


@pytest.mark.parametrize("name", OVER_HTTP)
async def test_hostile_words_stay_words_on_their_way(story: Story, drains: Drains, world: Outside, name: str) -> None:
    """Whatever a human was made to approve begins no header, breaks no form, and turns no letter on the wire."""
    way = world.ways[name]
    assert isinstance(way.sink, HookSink)
    drains.start(channel(way))
    hostile = replace(notice(HOSTILE, body=f"{HOSTILE} {'W' * 30_000}"), short=HOSTILE, spoken=HOSTILE)
    update = await story.draft(await story.incident(), hostile, kind=UpdateKind.FIRST)
    await story.approve(update, [name])
    await drains.delivered(name, 1)
    posted = [hook for hook in way.sink.hooks if hook.method != "GET"]
    assert not any("x-own" in {header.lower() for header in hook.headers} for hook in posted)
    for hook in posted:
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", hook.body.decode())
    assert any("7*7" in hook.body.decode() for hook in posted)


async def test_mail_gets_over_a_bad_day(story: Story, drains: Drains, world: Outside) -> None:
    """A server that is busy twice: then both arrive, the older first, each once."""
    way = world.ways["list"]
    way.sink.data += ["451 4.3.0 later", "452 4.2.2 full"]  # type: ignore[union-attr] # it is a MailSink
    drains.start(channel(way))
    updates = await story.say(["list"], "one", "two")
    await drains.delivered("list", 2)
    assert drains.outcomes[:2] == [("list", RETRIED)] * 2
    assert [one.key for one in way.news()] == [(await story.delivery(number, "list")).key for number in updates]


@pytest.mark.parametrize("stuck", ["partners", "atlas"])
async def test_no_other_waits_for_one_that_hangs(story: Story, drains: Drains, world: Outside, stuck: str) -> None:
    """While one takes the body and never answers, 99 of 100 notices reach every other kind within five seconds."""
    sink = world.ways[stuck].sink
    assert isinstance(sink, HookSink)
    sink.usual = hang
    others = [name for name in world.ways if name != stuck]
    drains.start(*(channel(way, timeout="60s") for way in world.ways.values()))
    incident, delays_s = await story.incident(), list[float]()
    for number in range(NOTICES):
        update = await story.draft(incident, notice(f"update {number}"), kind=UpdateKind.SCOPE)
        began = datetime.now(UTC)
        await story.approve(update, [stuck, *others])
        for name in others:
            await drains.delivered(name, number + 1)
            delays_s.append(((await story.delivery(update, name)).delivered_at - began).total_seconds())
    assert quantiles(delays_s, n=100)[-1] < 5
    assert len(sink.hooks) == 1
