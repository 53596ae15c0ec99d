"""The answer to somebody's wish, before they are sent anything else."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta

from aiohttp import web

from monitor.ledger import subscribers
from monitor.models import Subscriber, SubscriberState, Way
from monitor.passes import Purpose
from tests.monitor.channels.sinks import answer, hook_sink, mail_sink
from tests.monitor.publish.conftest import Drains
from tests.monitor.publish.readers import PASSES, ask, hooks, mail, stands, subscribe
from tests.monitor.publish.story import Story

ANN = "ann@a.test"


async def echo(request: web.Request) -> web.StreamResponse:
    """Give the challenge back, as a receiver should."""
    return web.json_response({"challenge": json.loads(await request.read())["data"]["challenge"]})


async def until_it_stands(story: Story, one: Subscriber, state: SubscriberState | None) -> Subscriber | None:
    """Wait until a subscription stands so; None for gone."""
    async with asyncio.timeout(5):
        while True:
            seen = story.ledger.version
            now = await stands(story, one)
            if (now and now.state) == state:
                return now
            await story.ledger.changed(seen)


async def until_answered(story: Story, one: Subscriber) -> None:
    """Wait until our letter about a wish has gone."""
    async with asyncio.timeout(5):
        while True:
            seen = story.ledger.version
            now = await stands(story, one)
            if now and now.answered_at and now.answered_at >= now.asked_at:
                return
            await story.ledger.changed(seen)


async def test_who_asks_gets_one_letter_with_a_link_that_confirms(story: Story, drains: Drains) -> None:
    """In their language; the link is good for a day, and the letter is none of a list yet."""
    now = datetime.now(UTC).replace(microsecond=0)
    one = await ask(story, ANN, language="de", at=now)
    async with mail_sink() as sink:
        drains.start(mail(sink.port))
        await until_answered(story, one)
    (letter,) = [each.letter for each in sink.mails]
    assert (letter["To"], letter["Auto-Submitted"]) == (ANN, "auto-generated")
    assert letter["Subject"] == "Bitte bestätigen: Meldungen von Example Mail per E-Mail"
    (shown,) = re.findall(r"https://status\.test/de/confirm/(\S+)", letter.get_content())
    assert PASSES.holder(Purpose.CONFIRM, shown, now + timedelta(hours=23)) == one.nonce
    assert PASSES.holder(Purpose.CONFIRM, shown, now + timedelta(hours=24)) is None
    assert (await stands(story, one)).state is SubscriberState.ASKED


async def test_who_is_subscribed_already_is_told_so(story: Story, drains: Drains) -> None:
    """With the link that changes or ends it, and none that confirms."""
    one = await subscribe(story, ANN)
    await ask(story, ANN, at=datetime.now(UTC))
    async with mail_sink() as sink:
        drains.start(mail(sink.port))
        await until_answered(story, one)
    text = sink.mails[0].letter.get_content()
    assert "You are subscribed already" in text
    assert "/confirm/" not in text
    assert f"https://status.test/manage/{PASSES.issue(Purpose.STAY, one.nonce)}" in text


async def test_asking_again_and_again_fills_no_mailbox(story: Story, drains: Drains) -> None:
    """Within ten minutes one letter is enough; later another goes."""
    now = datetime.now(UTC)
    async with mail_sink() as sink:
        drains.start(mail(sink.port), clock=lambda: now)
        for minute in (0, 1, 9, 11):
            now += timedelta(minutes=minute)
            await until_answered(story, await ask(story, ANN, at=now))
    assert len(sink.mails) == 3  # at 0, 10 and 21 minutes


async def test_a_server_that_is_away_is_asked_again_with_the_same_key(story: Story, drains: Drains) -> None:
    """The letter waits; its Message-ID stays."""
    one = await ask(story, ANN, at=datetime.now(UTC))
    async with mail_sink() as sink:
        sink.data.append("451 4.3.0 later")
        drains.start(mail(sink.port))
        await until_answered(story, one)
    assert len(sink.mails) == 1


async def test_an_address_that_is_none_is_forgotten_at_once(story: Story, drains: Drains) -> None:
    """A wish that nobody can confirm leaves no row."""
    one = await ask(story, ANN, at=datetime.now(UTC))
    async with mail_sink() as sink:
        sink.rcpt[ANN] = "550 5.1.1 no such user"
        drains.start(mail(sink.port))
        await until_it_stands(story, one, None)


async def test_who_does_not_confirm_is_forgotten(story: Story, drains: Drains) -> None:
    """A day later the address is in the record no more."""
    now = datetime.now(UTC)
    one = await ask(story, ANN, at=now)
    async with mail_sink() as sink:
        drains.start(mail(sink.port), clock=lambda: now)
        await until_answered(story, one)
        now += timedelta(days=1, seconds=1)
        await story.incident("web")
        await until_it_stands(story, one, None)
    assert len(sink.mails) == 1


async def test_a_webhook_proves_itself_by_the_challenge(story: Story, drains: Drains) -> None:
    """It is signed with the secret that was shown; whoever gives it back is subscribed."""
    async with hook_sink() as sink:
        sink.answers.append(echo)
        one = await ask(story, f"http://127.0.0.1:{sink.port}/in", way=Way.WEBHOOK, at=datetime.now(UTC))
        drains.start(hooks())
        await until_it_stands(story, one, SubscriberState.CONFIRMED)
    (hook,) = sink.hooks
    told = json.loads(hook.body)
    assert (told["type"], len(told["data"]["challenge"])) == ("subscription.challenge", 64)
    assert hook.headers["webhook-signature"].startswith("v1,")


async def test_a_webhook_that_does_not_give_it_back_is_sent_nothing(story: Story, drains: Drains) -> None:
    """Neither a 204, nor other words, nor those of another challenge subscribe anybody."""
    async with hook_sink() as sink:
        sink.answers += [answer(204), answer(200, '{"challenge": "x"}'), answer(200, "[1]"), answer(404)]
        one = await ask(story, f"http://127.0.0.1:{sink.port}/in", way=Way.WEBHOOK, at=datetime.now(UTC))
        drains.start(hooks())
        async with asyncio.timeout(5):
            while len(sink.hooks) < 6:
                await asyncio.sleep(0.01)
        assert (await stands(story, one)).state is SubscriberState.ASKED
        assert {json.loads(hook.body)["type"] for hook in sink.hooks} == {"subscription.challenge"}
        assert len({hook.headers["webhook-id"] for hook in sink.hooks}) == 1


async def test_a_webhook_that_subscribes_anew_ends_what_it_had(story: Story, drains: Drains) -> None:
    """Only once it has proven itself: until then a stranger's wish changes nothing."""
    async with hook_sink() as sink:
        url, now = f"http://127.0.0.1:{sink.port}/in", datetime.now(UTC)
        first = await subscribe(story, url, way=Way.WEBHOOK)
        second = await ask(story, url, way=Way.WEBHOOK, at=now)
        assert (await stands(story, first)).state is SubscriberState.CONFIRMED
        sink.answers.append(echo)
        drains.start(hooks())
        await until_it_stands(story, second, SubscriberState.CONFIRMED)
    assert await stands(story, first) is None
    async with story.ledger.read() as s:
        assert await subscribers.counts(s) == {(Way.WEBHOOK, SubscriberState.CONFIRMED): 1}


async def test_an_address_of_our_own_network_is_never_called(story: Story, drains: Drains) -> None:
    """Unless the channel allows it, not even the challenge goes to this machine."""
    async with hook_sink() as sink:
        one = await ask(story, f"http://127.0.0.1:{sink.port}/in", way=Way.WEBHOOK, at=datetime.now(UTC))
        drains.start(hooks(near=False))
        async with asyncio.timeout(5):
            while (await stands(story, one)).attempts < 3:
                await asyncio.sleep(0.01)
    assert sink.hooks == []
