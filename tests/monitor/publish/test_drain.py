"""The drain, from a real record to real servers."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from sqlalchemy import text

from drafts.facts import UpdateKind
from monitor.channels.brief import Brief
from monitor.channels.email import Email
from monitor.channels.page import Page
from monitor.channels.webhook import Webhook
from monitor.ledger import audit, deliveries, halts
from monitor.models import DeliveryState
from monitor.publish import Outcome
from tests.monitor.channels.sinks import Answer, HookSink, MailSink, answer, hang, hook_sink, mail_sink, reset
from tests.monitor.publish.conftest import Drains
from tests.monitor.publish.story import NOON, Story, notice

DELIVERED, RETRIED, FAILED, REFUSED = Outcome.DELIVERED, Outcome.RETRIED, Outcome.FAILED, Outcome.REFUSED
SECRET = f"whsec_{base64.b64encode(bytes(32)).decode()}"


def webhook(sink: HookSink, **options: object) -> Webhook:
    """A hook that does not wait long."""
    url = f"http://127.0.0.1:{sink.port}/in/t0ken"
    patience = {"timeout": "5s", "retry_first": "10ms", "retry_ceiling": "20ms"}
    return Webhook.model_validate({"name": "hook", "url": url, "secret": SECRET, **patience, **options})


def email(sink: MailSink, **options: object) -> Email:
    """A list of two that does not wait long."""
    whom = {"mail_from": "status@example.test", "to": ("ann@a.test", "bob@b.test")}
    where = {"host": "127.0.0.1", "port": sink.port, "tls_mode": "none", "retry_first": "10ms"}
    return Email.model_validate({"name": "mail", **where, **whom, **options})


def titles(sink: HookSink) -> list[str]:
    """What the sink was told, in the order in which it came."""
    return [json.loads(hook.body)["data"]["title"] for hook in sink.hooks]


async def test_an_approved_update_reaches_every_channel(story: Story, drains: Drains) -> None:
    """Page, mail and webhook each deliver it once, and the record keeps time and receipt."""
    async with hook_sink() as hook, mail_sink() as mail:
        drains.start(Page(), webhook(hook), email(mail))
        (update_id,) = await story.say(["page", "hook", "mail"], "You cannot send mail")
        for channel in ("page", "hook", "mail"):
            await drains.reported(channel, DELIVERED)
    rows = {name: await story.delivery(update_id, name) for name in ("page", "hook", "mail")}
    assert {row.state for row in rows.values()} == {DeliveryState.DELIVERED}
    assert rows["page"].receipt == "visible at https://status.test/incidents/1"
    assert rows["mail"].receipt == "2.0.0 queued as 1; 2 of 2 recipients"
    assert hook.hooks[0].headers["webhook-id"] == rows["hook"].key
    assert mail.mails[0].letter["Message-ID"] == f"<{rows['mail'].key}@example.test>"
    assert all(abs(row.delivered_at - datetime.now(UTC)) < timedelta(minutes=1) for row in rows.values())


async def test_a_draft_reaches_nobody(story: Story, drains: Drains) -> None:
    """Words without an approval stay inside, however long the drain runs beside them."""
    async with hook_sink() as hook:
        drains.start(webhook(hook))
        await story.draft(await story.incident("read"), notice("Not yet"))
        await story.say(["hook"], "Approved")
        await drains.reported("hook", DELIVERED)
    assert titles(hook) == ["Approved"]


async def test_changed_words_are_refused_and_the_next_go_on(story: Story, drains: Drains) -> None:
    """Where somebody got round the triggers, words unlike the approved ones are not sent, and the audit says so."""
    changed, intact = await story.say(["hook"], "Approved words", "Later words")
    async with story.ledger.write() as s:
        for (name,) in await s.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            await s.execute(text(f"DROP TRIGGER {name}"))
        await s.execute(text("UPDATE incident_update SET body = 'Buy now' WHERE id = :id"), {"id": changed})
    async with hook_sink() as hook:
        drains.start(webhook(hook))
        await drains.reported("hook", REFUSED, DELIVERED)
    assert titles(hook) == ["Later words"]
    assert (await story.delivery(changed, "hook")).state is DeliveryState.FAILED
    assert (await story.delivery(intact, "hook")).state is DeliveryState.DELIVERED
    async with story.ledger.read() as s:
        last = (await audit.lines(s))[-1]
    assert (last.actor, last.action, last.subject) == ("publish", "refused", f"update:{changed}")
    assert last.detail == "hook: the words are not those that were approved"


async def test_what_may_pass_is_sent_again_with_the_same_key(story: Story, drains: Drains) -> None:
    """Limits, errors, a cut line: the next attempt follows, in order, and the receiver can tell a repeat."""
    async with hook_sink() as hook:
        hook.answers += [answer(429, Retry_After="0"), answer(500), reset]
        drains.start(webhook(hook))
        first, second = await story.say(["hook"], "one", "two")
        await drains.reported("hook", RETRIED, RETRIED, RETRIED, DELIVERED, DELIVERED)
    assert titles(hook) == ["one"] * 4 + ["two"]
    keys = [sent.headers["webhook-id"] for sent in hook.hooks]
    assert keys == [(await story.delivery(first, "hook")).key] * 4 + [(await story.delivery(second, "hook")).key]
    assert (await story.delivery(first, "hook")).attempts == 4
    assert (await story.delivery(first, "hook")).error == ""


async def test_a_hang_is_ended_by_the_channels_timeout(story: Story, drains: Drains) -> None:
    """A server that takes the body and never answers costs one timeout, then it is asked again."""
    async with hook_sink() as hook:
        hook.answers += [hang]
        drains.start(webhook(hook, timeout="100ms"))
        (update_id,) = await story.say(["hook"], "one")
        await drains.reported("hook", RETRIED)
        error = (await story.delivery(update_id, "hook")).error
        await drains.reported("hook", RETRIED, DELIVERED)
    assert error == "no answer within 0.1 s"


async def test_retry_after_is_waited_for(story: Story, drains: Drains) -> None:
    """A server that asks for two minutes is left alone for two minutes, by the drain's clock."""
    now = NOON
    async with hook_sink() as hook:
        hook.answers += [answer(503, Retry_After="120")]
        drains.start(webhook(hook), clock=lambda: now)
        (update_id,) = await story.say(["hook"], "one")
        await drains.reported("hook", RETRIED)
        assert (await story.delivery(update_id, "hook")).next_attempt_at == now + timedelta(minutes=2)
        now += timedelta(seconds=119)
        await story.incident("read")
        async with story.ledger.read() as s:
            assert await deliveries.next_due(s, "hook", now) is None
        now += timedelta(seconds=1)
        await story.incident("web")
        await drains.reported("hook", RETRIED, DELIVERED)
    assert len(hook.hooks) == 2


async def test_a_refusal_for_good_is_noted_and_holds_nobody_up(story: Story, drains: Drains) -> None:
    """A permanent answer fails the delivery, stands in the audit, and lets the next update go."""
    async with hook_sink() as hook:
        hook.answers += [answer(422, "too long")]
        drains.start(webhook(hook))
        first, _ = await story.say(["hook"], "one", "two")
        await drains.reported("hook", FAILED, DELIVERED)
    row = await story.delivery(first, "hook")
    assert (row.state, row.error) == (DeliveryState.FAILED, "it answered 422: too long")
    async with story.ledger.read() as s:
        failed = [line for line in await audit.lines(s) if line.action == "failed"]
    assert [line.detail for line in failed] == ["hook: it answered 422: too long"]


async def test_a_refused_way_stands_still_until_a_human_lets_it_go_on(story: Story, drains: Drains) -> None:
    """A key that is no longer good stops the channel and no other; mended, all goes out in order under its keys."""
    async with hook_sink() as hook, mail_sink() as mail:
        hook.answers += [answer(401, "bad key")]
        drains.start(webhook(hook), email(mail))
        first, second = await story.say(["hook", "mail"], "one", "two")
        await drains.reported("hook", FAILED)
        await drains.reported("mail", DELIVERED, DELIVERED)
        async with story.ledger.read() as s:
            assert (await halts.standing(s))["hook"].why == "it answered 401: bad key"
        assert (await story.delivery(second, "hook")).state is DeliveryState.PENDING
        async with story.ledger.write() as s:
            await halts.lift(s, "hook", story.person_id, datetime.now(UTC))
        await drains.reported("hook", FAILED, DELIVERED, DELIVERED)
    assert titles(hook) == ["one", "one", "two"]
    keys = [(await story.delivery(number, "hook")).key for number in (first, first, second)]
    assert [sent.headers["webhook-id"] for sent in hook.hooks] == keys


@pytest.mark.parametrize(("told", "outcome"), [(204, DELIVERED), (422, FAILED)])
async def test_the_support_desk_hears_of_it_first(story: Story, drains: Drains, told: int, outcome: Outcome) -> None:
    """The others begin once the brief has arrived, or was given up."""
    order: list[str] = []

    def noted(name: str, then: Answer) -> Answer:
        async def give(request: web.Request) -> web.StreamResponse:
            order.append(name)
            return await then(request)

        return give

    async with hook_sink() as phone, hook_sink() as public:
        phone.answers += [noted("brief", answer(told))]
        public.answers += [noted("public", answer(204))]
        brief = Brief.model_validate(
            {"name": "support", "hook": {"url": f"http://127.0.0.1:{phone.port}/", "secret": SECRET}}
        )
        drains.start(webhook(public), brief)
        update_id = await story.draft(await story.incident(), notice("one"))
        await story.approve(update_id, ["hook", "support"], at=datetime.now(UTC), first=("support",))
        await drains.reported("support", outcome)
        await drains.reported("hook", DELIVERED)
    assert order == ["brief", "public"]
    said = json.loads(phone.hooks[0].body)["data"]
    assert "You cannot send mail" in said["say"][0]
    assert said["waiting_line"]


async def test_a_zombie_finishes_nothing(story: Story, drains: Drains) -> None:
    """A sender that another took over reports what it had as lost, and the row stays with its heir."""
    async with hook_sink() as hook:
        gate = asyncio.Event()

        async def slow(request: web.Request) -> web.StreamResponse:
            await gate.wait()
            return await answer(204)(request)

        hook.answers += [slow, hang]
        drains.start(webhook(hook))
        (update_id,) = await story.say(["hook"], "one")
        await _came(hook, 1)
        drains.start(webhook(hook))
        await _came(hook, 2)
        gate.set()
        await drains.reported("hook", Outcome.LOST)
        row = await story.delivery(update_id, "hook")
    assert (row.state, row.epoch) == (DeliveryState.SENDING, 2)


async def _came(hook: HookSink, count: int) -> None:
    async with asyncio.timeout(5):
        while len(hook.hooks) < count:
            await asyncio.sleep(0.01)


async def test_a_stuck_channel_delays_no_other(story: Story, drains: Drains) -> None:
    """While one sink hangs, ten updates pass through the others in order, each within seconds of its approval."""
    names = [f"update {number}" for number in range(10)]
    async with hook_sink() as stuck, hook_sink() as free, mail_sink() as mail:
        stuck.answers += [hang] * 99
        drains.start(webhook(stuck, name="stuck", timeout="60s"), webhook(free, name="free"), email(mail))
        slowest, incident_id = timedelta(), await story.incident()
        for number, name in enumerate(names):
            update_id = await story.draft(incident_id, notice(name), kind=UpdateKind.SCOPE)
            began = datetime.now(UTC)
            await story.approve(update_id, ["stuck", "free", "mail"])
            for channel in ("free", "mail"):
                await drains.reported(channel, *[DELIVERED] * (number + 1), within_s=20)
                slowest = max(slowest, (await story.delivery(update_id, channel)).delivered_at - began)
        assert slowest < timedelta(seconds=5)
        assert titles(free) == names
        assert [each.letter["Subject"] for each in mail.mails] == [f"[Example Mail] {name}" for name in names]
        assert titles(stuck) == names[:1]


async def test_a_crash_mid_send_is_made_good_with_the_same_key(story: Story, drains: Drains) -> None:
    """A process that dies between sending and recording sends again when it comes back, under the same key."""
    async with hook_sink() as hook:
        hook.answers += [hang]
        drains.start(webhook(hook))
        (update_id,) = await story.say(["hook"], "one")
        async with asyncio.timeout(5):
            while not hook.hooks:
                await asyncio.sleep(0.01)
        await drains.stop()
        assert (await story.delivery(update_id, "hook")).state is DeliveryState.SENDING
        drains.start(webhook(hook))
        await drains.reported("hook", DELIVERED)
    assert len({sent.headers["webhook-id"] for sent in hook.hooks}) == 1
    assert len(hook.hooks) == 2


async def test_one_start_leaves_the_others_claims_alone(story: Story, drains: Drains) -> None:
    """A channel that starts takes back its own claims only: what another is sending is not sent twice."""
    async with hook_sink() as slow, hook_sink() as late:
        slow.answers += [hang]
        drains.start(webhook(slow, name="slow"))
        (update_id,) = await story.say(["slow", "late"], "one")
        async with asyncio.timeout(5):
            while not slow.hooks:
                await asyncio.sleep(0.01)
        drains.start(webhook(late, name="late"))
        await drains.reported("late", DELIVERED)
        assert (await story.delivery(update_id, "slow")).state is DeliveryState.SENDING


async def test_who_has_the_mail_is_spared_a_second(story: Story, drains: Drains) -> None:
    """A recipient who was deferred is asked again alone, and the next update goes to all again."""
    async with mail_sink() as mail:
        mail.rcpt["bob@b.test"] = "451 4.3.0 later"
        drains.start(email(mail))
        first, _ = await story.say(["mail"], "one", "two")
        await drains.reported("mail", RETRIED)
        del mail.rcpt["bob@b.test"]
        async with asyncio.timeout(5):
            while len(mail.mails) < 3:
                await asyncio.sleep(0.01)
    envelopes = [(sent.letter["Subject"][-3:], sent.rcpt_tos) for sent in mail.mails]
    assert envelopes == [("one", ["ann@a.test"]), ("one", ["bob@b.test"]), ("two", ["ann@a.test", "bob@b.test"])]
    assert (await story.delivery(first, "mail")).receipt == "2.0.0 queued as 2; 2 of 2 recipients"


async def test_no_secret_enters_the_record(story: Story, drains: Drains) -> None:
    """A server that echoes the address or the signing secret finds them masked."""
    async with hook_sink() as hook:
        channel = webhook(hook)
        hook.answers += [answer(404, f"no {channel.url.get_secret_value()} with {SECRET}")]
        drains.start(channel)
        (update_id,) = await story.say(["hook"], "one")
        await drains.reported("hook", FAILED)
    error = (await story.delivery(update_id, "hook")).error
    assert "t0ken" not in error
    assert SECRET not in error


async def test_our_own_bug_ends_the_task(story: Story, drains: Drains) -> None:
    """An error that no channel named is not swallowed: the task dies, and with it the process."""

    class Broken(Page):
        async def send(self, message: object) -> str:
            del message
            raise ZeroDivisionError

    drains.start(Broken())
    await story.say(["page"], "one")
    with pytest.raises(ZeroDivisionError):
        await drains.tasks.pop()
