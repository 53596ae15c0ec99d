"""One approved update to all who asked for it, from a real record to real servers."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from drafts.facts import UpdateKind
from drafts.notice import Notice
from monitor.ledger import audit, postings, resending, subscribers
from monitor.models import DeliveryState, PostingState, Stage, SubscriberState, Way
from monitor.passes import Purpose
from monitor.publish import Outcome
from tests.monitor.channels.sinks import Hook, MailSink, answer, hang, hook_sink, mail_sink
from tests.monitor.publish.conftest import Drains
from tests.monitor.publish.readers import PASSES, ask, hooks, mail, stands, subscribe
from tests.monitor.publish.story import Story, notice

ANN, BOB, CEM = "ann@a.test", "bob@b.test", "cem@c.test"
DELIVERED, RETRIED, FAILED = Outcome.DELIVERED, Outcome.RETRIED, Outcome.FAILED


def told(sink: MailSink) -> dict[str, list[str]]:
    """Who was told what, in which order."""
    heard: dict[str, list[str]] = {}
    for each in sink.mails:
        heard.setdefault(each.rcpt_tos[0], []).append(each.letter["Subject"].removeprefix("[Example Mail] "))
    return heard


async def until(true: Callable[[], object], within_s: float = 5.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.01)


async def test_each_gets_a_letter_of_their_own(story: Story, drains: Drains) -> None:
    """One envelope, one address, one key and one way to leave for each; none stands in another's letter."""
    readers = {one.address: one for one in [await subscribe(story, address) for address in (ANN, BOB, CEM)]}
    async with mail_sink() as sink:
        drains.start(mail(sink.port, reply_to="help@example.test"))
        (update_id,) = await story.say(["readers"], "You cannot send mail")
        await drains.reported("readers", DELIVERED)
    assert [sorted(each.rcpt_tos) for each in sorted(sink.mails, key=lambda each: each.rcpt_tos)] == [
        [ANN],
        [BOB],
        [CEM],
    ]
    for each in sink.mails:
        (address,), letter = each.rcpt_tos, each.letter
        leave = f"https://status.test/unsubscribe/{PASSES.issue(Purpose.STAY, readers[address].nonce)}"
        assert (letter["To"], letter["From"]) == (address, "Example Mail <status@example.test>")
        assert (letter["List-Unsubscribe"], letter["List-Unsubscribe-Post"]) == (
            f"<{leave}>",
            "List-Unsubscribe=One-Click",
        )
        assert (letter["Auto-Submitted"], letter["List-Id"]) == ("auto-generated", "<readers.status.test>")
        text, page = (part.get_content() for part in letter.iter_parts())
        assert leave in text
        assert leave in page
        assert not [other for other in readers if other != address and other.encode() in each.raw]
    assert len({each.letter["Message-ID"] for each in sink.mails}) == 3
    assert len({each.letter["References"] for each in sink.mails}) == 1
    delivery = await story.delivery(update_id, "readers")
    assert delivery.receipt == "3 of 3 subscribers; 0 refused, 0 to be tried again"
    assert delivery.key not in {each.letter["Message-ID"][1:37] for each in sink.mails}


async def test_who_has_not_confirmed_gets_nothing(story: Story, drains: Drains) -> None:
    """Neither who was only named, nor who was stopped, nor who subscribed by another way."""
    await ask(story, BOB, at=datetime.now(UTC))
    stopped = await subscribe(story, CEM)
    async with story.ledger.write() as s:
        await subscribers.stop(s, stopped.id, "550", datetime.now(UTC))
    await subscribe(story, "https://a.test/in", way=Way.WEBHOOK)
    await subscribe(story, ANN)
    async with mail_sink() as sink:
        drains.start(mail(sink.port))
        await story.say(["readers"], "You cannot send mail")
        await drains.reported("readers", DELIVERED)
        await until(lambda: BOB in {each.rcpt_tos[0] for each in sink.mails})
    heard = told(sink)
    assert heard.pop(BOB) == ["Please confirm: news of Example Mail by mail"]
    assert heard == {ANN: ["You cannot send mail"]}


async def test_each_hears_of_what_they_chose(story: Story, drains: Drains) -> None:
    """Planned work and reviews too; who chose nothing hears of everything."""
    for address, components in ((ANN, ("read",)), (BOB, ("send", "web")), (CEM, ())):
        await subscribe(story, address, *components)
    async with mail_sink() as sink:
        drains.start(mail(sink.port))
        for cause, kind, stage, component in (
            ("send", UpdateKind.REVIEW, Stage.RESOLVED, "Sending email"),
            ("maintenance:disks", UpdateKind.ANNOUNCED, Stage.SCHEDULED, "Reading email"),
        ):
            incident_id = await story.incident(cause)
            words = notice(f"{kind} of {component}")
            update_id = await story.draft(incident_id, words, kind=kind, stage=stage, component=component)
            await story.approve(update_id, ["readers"])
        await drains.reported("readers", DELIVERED, DELIVERED)
    review, planned = "review of Sending email", "announced of Reading email"
    assert told(sink) == {ANN: [planned], BOB: [review], CEM: [review, planned]}


async def test_who_heard_of_it_hears_how_it_ends(story: Story, drains: Drains) -> None:
    """An incident that once concerned a component concerns its subscribers to the end, whatever the last word names."""
    await subscribe(story, ANN, "read")
    incident_id = await story.incident("send")
    async with mail_sink() as sink:
        drains.start(mail(sink.port))
        for title, component in (("reading too", "Reading email"), ("only sending", "Sending email")):
            update_id = await story.draft(incident_id, notice(title), kind=UpdateKind.SCOPE, component=component)
            await story.approve(update_id, ["readers"])
        await drains.reported("readers", DELIVERED, DELIVERED)
    assert told(sink) == {ANN: ["reading too", "only sending"]}


async def test_each_reads_it_in_their_language(story: Story, drains: Drains) -> None:
    """The very words that were approved in it, with links to the page in it; what is not told in it, in the first."""
    await subscribe(story, ANN, language="de")
    await subscribe(story, BOB, language="en")
    await subscribe(story, CEM, language="fr")
    words = Notice("Mail is down", "Down.", "Down.", "Down.", (("de", Notice("Post steht", "Steht.", "S.", "S.")),))
    async with mail_sink() as sink:
        drains.start(mail(sink.port))
        await story.approve(await story.draft(await story.incident(), words), ["readers"])
        await drains.reported("readers", DELIVERED)
    assert told(sink) == {ANN: ["Post steht"], BOB: ["Mail is down"], CEM: ["Mail is down"]}
    (german,) = [each.letter for each in sink.mails if each.rcpt_tos == [ANN]]
    assert "https://status.test/de/unsubscribe/" in german["List-Unsubscribe"]
    assert "Abbestellen: https://status.test/de/unsubscribe/" in german.get_body(("plain",)).get_content()


async def test_a_refused_reader_is_told_nothing_more(story: Story, drains: Drains) -> None:
    """A 5xx for a recipient stops the subscription at once, with the reason and the day; others are not delayed."""
    ann, _ = await subscribe(story, ANN), await subscribe(story, BOB)
    async with mail_sink() as sink:
        sink.rcpt[ANN] = f"550 5.1.1 <{ANN}>: no such user ann"
        drains.start(mail(sink.port))
        first, _ = await story.say(["readers"], "one", "two")
        await drains.reported("readers", DELIVERED, DELIVERED)
    now = await stands(story, ann)
    assert (now.state, now.why_stopped) == (SubscriberState.STOPPED, "550 5.1.1 <[address]>: no such user […]")
    assert abs(now.stopped_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert told(sink) == {BOB: ["one", "two"]}
    assert sink.asked.count(ANN) == 1
    assert (await story.delivery(first, "readers")).receipt == "1 of 2 subscribers; 1 refused, 0 to be tried again"


async def test_a_refusal_of_us_stops_nobody(story: Story, drains: Drains) -> None:
    """A server that relays nothing for us (5.7.x) would else cost us every reader by one mistake of ours."""
    ann = await subscribe(story, ANN)
    async with mail_sink() as sink:
        sink.rcpt[ANN] = "554 5.7.1 relay access denied"
        drains.start(mail(sink.port))
        await story.say(["readers"], "one")
        await drains.reported("readers", DELIVERED)
        del sink.rcpt[ANN]
        await until(lambda: sink.mails)
    assert (await stands(story, ann)).state is SubscriberState.CONFIRMED


async def test_a_straggler_delays_nobody_and_keeps_the_order(story: Story, drains: Drains) -> None:
    """Who is deferred gets what they missed later, oldest first, under the same key; nobody waits for them."""
    for address in (ANN, BOB):
        await subscribe(story, address)
    async with mail_sink() as sink:
        sink.rcpt[ANN] = "450 4.2.0 greylisted"
        drains.start(mail(sink.port))
        await story.say(["readers"], "one", "two")
        await drains.reported("readers", DELIVERED, DELIVERED)
        assert told(sink) == {BOB: ["one", "two"]}
        del sink.rcpt[ANN]
        await until(lambda: len(sink.mails) == 4)
    assert told(sink)[ANN] == ["one", "two"]


async def test_a_server_that_is_away_costs_nobody_a_second_copy(story: Story, drains: Drains) -> None:
    """What keeps us from all is retried as a whole; who has it already is spared."""
    readers = [await subscribe(story, f"{number}@a.test") for number in range(10)]
    async with mail_sink() as sink:
        sink.data += ["250 2.0.0 ok"] * 4 + ["421 4.3.2 going down"] * 4
        drains.start(mail(sink.port, at_once=1))
        await story.say(["readers"], "one")
        await drains.reported("readers", RETRIED, RETRIED, RETRIED, RETRIED, DELIVERED)
    assert sorted(told(sink)) == sorted(one.address for one in readers)
    assert all(len(each) == 1 for each in told(sink).values())


async def test_a_slow_mail_server_delays_no_other_channel(story: Story, drains: Drains) -> None:
    """Half a minute of throttled mail, and the webhooks of subscribers have it at once."""
    for number in range(30):
        await subscribe(story, f"{number}@a.test")
    async with mail_sink() as slow, hook_sink() as sink:
        await subscribe(story, f"http://127.0.0.1:{sink.port}/in", way=Way.WEBHOOK)
        drains.start(mail(slow.port, per_second=1), hooks())
        (update_id,) = await story.say(["readers", "programs"], "one")
        await drains.reported("programs", DELIVERED, within_s=5)
    assert len(slow.mails) < 10
    assert (await story.delivery(update_id, "readers")).state is DeliveryState.SENDING


async def test_a_refusal_of_the_message_itself_is_given_up_once(story: Story, drains: Drains) -> None:
    """Where nobody can have it, a human is told; sent again, it goes to all."""
    for number in range(3):
        await subscribe(story, f"{number}@a.test")
    async with mail_sink() as sink:
        sink.data += ["554 5.6.0 spam"] * 3
        drains.start(mail(sink.port))
        (update_id,) = await story.say(["readers"], "one")
        await drains.reported("readers", FAILED)
        async with story.ledger.read() as s:
            assert (await audit.lines(s))[-1].detail == "readers: 554 5.6.0 spam"
        await _again(story, update_id)
        await drains.reported("readers", FAILED, DELIVERED)
    assert len(sink.mails) == 3


async def _again(story: Story, update_id: int) -> None:
    delivery = await story.delivery(update_id, "readers")
    async with story.ledger.write() as s:
        await resending.again(s, delivery.id, story.person_id, datetime.now(UTC))


async def test_changed_words_go_to_no_straggler(story: Story, drains: Drains) -> None:
    """Where somebody got round the triggers meanwhile, who waits still gets nothing that nobody approved."""
    ann = await subscribe(story, ANN)
    async with mail_sink() as sink:
        sink.rcpt[ANN] = "450 4.2.0 later"
        drains.start(mail(sink.port, retry_first="60s", retry_ceiling="60s"))
        await story.say(["readers"], "one")
        await drains.reported("readers", DELIVERED)
        await drains.stop()
        sink.rcpt.clear()
        async with story.ledger.write() as s:
            for (name,) in await s.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
                await s.execute(text(f"DROP TRIGGER {name}"))
            await s.execute(text("UPDATE incident_update SET body = 'Buy now'"))
            await s.execute(text("UPDATE posting SET next_attempt_at = '2025-01-01 00:00:00'"))
        drains.start(mail(sink.port))
        await _settled(story, ann.id)
    assert sink.mails == []


async def _settled(story: Story, subscriber_id: int) -> PostingState:
    async with asyncio.timeout(5):
        while True:
            seen = story.ledger.version
            async with story.ledger.read() as s:
                ((posting, _),) = await postings.of_subscriber(s, subscriber_id)
            if posting.state is not PostingState.PENDING:
                return posting.state
            await story.ledger.changed(seen)


async def test_who_cannot_be_reached_for_days_is_stopped(story: Story, drains: Drains) -> None:
    """A webhook that fails for longer than ``stop_after`` is told nothing more; before, its message is given up."""
    now = datetime.now(UTC)
    async with hook_sink() as sink:
        one = await subscribe(story, f"http://127.0.0.1:{sink.port}/in", way=Way.WEBHOOK)
        sink.answers += [answer(500)] * 99
        drains.start(hooks(retry_first="59m", retry_ceiling="1h"), clock=lambda: now)
        await story.say(["programs"], "one")
        await drains.reported("programs", DELIVERED)
        now += timedelta(days=1)
        incident_id = await story.incident("read")
        assert await _settled(story, one.id) is PostingState.FAILED
        assert ((await stands(story, one)).state, (await stands(story, one)).soft_bounces) == (
            SubscriberState.CONFIRMED,
            1,
        )
        now += timedelta(days=4)
        await story.approve(await story.draft(incident_id, notice("two"), kind=UpdateKind.SCOPE), ["programs"])
        await drains.reported("programs", DELIVERED, DELIVERED)
    stopped = await stands(story, one)
    assert (stopped.state, stopped.why_stopped) == (SubscriberState.STOPPED, "it answered 500")


async def test_a_webhook_is_signed_with_the_secret_that_it_was_shown(story: Story, drains: Drains) -> None:
    """As Standard Webhooks has it; nobody else's secret fits."""
    async with hook_sink() as sink, hook_sink() as other:
        one = await subscribe(story, f"http://127.0.0.1:{sink.port}/in?key=1", way=Way.WEBHOOK)
        await subscribe(story, f"http://127.0.0.1:{other.port}/in", way=Way.WEBHOOK)
        drains.start(hooks())
        await story.say(["programs"], "one")
        await drains.reported("programs", DELIVERED)
    (hook,) = sink.hooks
    assert hook.path == "/in?key=1"
    assert _genuine(hook, PASSES.secrets(one.nonce)[0])
    assert not _genuine(other.hooks[0], PASSES.secrets(one.nonce)[0])
    assert json.loads(hook.body)["data"]["title"] == "one"


def _genuine(hook: Hook, secret: str) -> bool:
    """What the manual tells a receiver to check."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{hook.headers['webhook-id']}.{hook.headers['webhook-timestamp']}.".encode() + hook.body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return expected in hook.headers["webhook-signature"].split()


async def test_a_webhook_that_hangs_delays_no_other(story: Story, drains: Drains) -> None:
    """The others have it while it is waited for; it is tried again alone."""
    async with hook_sink() as sink, hook_sink() as other:
        sink.answers += [hang]
        await subscribe(story, f"http://127.0.0.1:{sink.port}/in", way=Way.WEBHOOK)
        for number in range(5):
            await subscribe(story, f"http://127.0.0.1:{other.port}/{number}", way=Way.WEBHOOK)
        drains.start(hooks(timeout="1s"))
        await story.say(["programs"], "one")
        await until(lambda: len(other.hooks) == 5)
        assert drains.outcomes == []
        await drains.reported("programs", DELIVERED)
        await until(lambda: len(sink.hooks) == 2)
    assert len(other.hooks) == 5
