"""The canary's rhythm and what it writes down, from real servers into a real record."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from monitor.channels.channel import Channel
from monitor.channels.email import Email
from monitor.channels.slack import Slack
from monitor.channels.webhook import Webhook
from monitor.config import Site
from monitor.ledger import canaries
from monitor.models import Canary, CanaryOutcome
from monitor.publish import Trial, canary
from tests.monitor.channels.sinks import HookSink, answer, hang, hook_sink, mail_sink
from tests.monitor.publish.outside import SECRET
from tests.monitor.publish.story import NOON, Story

OK, FAILED, UNKNOWN = CanaryOutcome.OK, CanaryOutcome.FAILED, CanaryOutcome.UNKNOWN


def pinged(sink: HookSink, **options: object) -> Webhook:
    """A hook that takes pings, and is tried again soon."""
    url, patience = f"http://127.0.0.1:{sink.port}/in/t0ken", {"retry_first": "10ms", "retry_ceiling": "20ms"}
    return Webhook.model_validate({"name": "hook", "url": url, "secret": SECRET, "ping": True, **patience, **options})


@asynccontextmanager
async def trying(story: Story, channel: Channel, blind: Callable[[], str | None] = lambda: None) -> AsyncIterator[None]:
    """Let its canary run."""
    site = Site(public_url="https://status.test")
    endless = canary(story.ledger, channel, lambda now: Trial(site, now, 60.0), clock=lambda: NOON, blind=blind)
    task = asyncio.create_task(endless)
    try:
        yield
        assert not task.done(), task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def kept(story: Story, until: Callable[[Mapping[str, Canary]], bool] = bool) -> Mapping[str, Canary]:
    """What is written down, once it is so."""
    async with asyncio.timeout(10):
        while True:
            seen = story.ledger.version
            async with story.ledger.read() as s:
                found = await canaries.latest(s)
            if until(found):
                return found
            await story.ledger.changed(seen)


def tells(outcome: CanaryOutcome) -> Callable[[Mapping[str, Canary]], bool]:
    """Whether the hook's canary tells this."""
    return lambda found: "hook" in found and found["hook"].outcome is outcome


async def test_it_is_tried_at_the_start_and_then_rests(story: Story) -> None:
    """Once a day unless told otherwise."""
    async with hook_sink() as sink, trying(story, pinged(sink)):
        found = (await kept(story))["hook"]
        await asyncio.sleep(0.05)  # as long as several pauses after a failure would be
    assert (found.outcome, found.words, found.at, found.ok_at) == (OK, "it took a ping: 204", NOON, NOON)
    assert len(sink.hooks) == 1


async def test_one_failure_is_asked_again_before_it_counts(story: Story) -> None:
    """A blip leaves no channel out; it was tried twice, and the record says only that it works."""
    async with hook_sink() as sink:
        sink.answers.append(answer(500))
        async with trying(story, pinged(sink)):
            found = await kept(story)
    assert (found["hook"].outcome, len(sink.hooks)) == (OK, 2)


async def test_a_failure_is_written_down_and_tried_until_it_is_over(story: Story) -> None:
    """With why, in words that hold no secret; the last success stays known."""
    async with hook_sink() as sink:
        sink.answers += [answer(410, "no /in/t0ken here")] * 4
        async with trying(story, pinged(sink)):
            found = await kept(story, tells(FAILED))
            assert found["hook"].words == "it answered 410: no <secret> here"
            assert found["hook"].ok_at is None
            found = await kept(story, tells(OK))
    assert found["hook"].ok_at == NOON
    assert len(sink.hooks) == 5


async def test_silence_is_a_failure(story: Story) -> None:
    """After the time that an attempt to send may take."""
    async with hook_sink() as sink:
        sink.answers += [hang] * 99
        async with trying(story, pinged(sink, timeout="50ms")):
            found = await kept(story)
    assert (found["hook"].outcome, found["hook"].words) == (FAILED, "no answer within 0.05 s")


async def test_while_we_are_cut_off_nothing_is_said_against_a_channel(story: Story) -> None:
    """We could not look is not it is down."""
    async with hook_sink() as sink:
        sink.answers += [answer(500)] * 99
        async with trying(story, pinged(sink), blind=lambda: "our own DNS is silent"):
            found = await kept(story)
    assert found["hook"].outcome is UNKNOWN
    assert found["hook"].words == "we were cut off ourselves: our own DNS is silent"


async def test_no_canary_delays_a_notice(story: Story) -> None:
    """Its waiting is its own: it holds no transaction while a server is silent."""
    async with hook_sink() as sink:
        sink.answers.append(hang)
        async with trying(story, pinged(sink, timeout="5s")):
            async with asyncio.timeout(3):
                while not sink.hooks:
                    await asyncio.sleep(0.01)
                await story.say(["hook"], "one")


async def test_mail_and_chat_are_tried_too(story: Story) -> None:
    """Each by its own proof; nothing is delivered."""
    async with hook_sink() as chat, mail_sink() as mail:
        where = {"host": "127.0.0.1", "port": mail.port, "tls_mode": "none"}
        letters = Email.model_validate({"name": "list", **where, "mail_from": "s@e.test", "to": ["ann@a.test"]})
        blocks = Slack.model_validate({"name": "chat", "url": f"http://127.0.0.1:{chat.port}/in"})
        async with trying(story, letters), trying(story, blocks):
            found = await kept(story, lambda told: len(told) == 2)
    assert {one.outcome for one in found.values()} == {OK}
    assert (mail.mails, chat.hooks) == ([], [])
