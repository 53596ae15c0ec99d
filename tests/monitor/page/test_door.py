"""The door, over HTTP, as a browser without scripts would use it."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import FormData
from pydantic import SecretStr

from monitor.config import Subscribers
from monitor.ledger import subscribers
from monitor.models import Subscriber, SubscriberState, Way
from monitor.page.budget import Budget
from monitor.passes import Passes, Purpose
from tests.monitor.page.conftest import SETTING, Public, Served, serving
from tests.monitor.publish.story import NOON, Story

RULES = Subscribers(secret=SecretStr("s" * 32), asks_per_address=3, asks_per_client=12)
PASSES = Passes.of(RULES)
ANN = "ann@a.test"


@pytest.fixture
async def door(public: Public) -> AsyncIterator[Served]:
    """A page on which people can ask to be told, in two languages."""
    public.setting = replace(SETTING, ways=frozenset(Way), rules=RULES, languages=("en", "de"))
    async with serving(public) as served:
        yield served


async def ask(door: Served, address: str = ANN, path: str = "/subscribe", **fields: str) -> tuple[int, str]:
    """Send the form; gives status and page."""
    answer = await door.client.post(path, data={"way": "email", "address": address, **fields})
    return answer.status, await answer.text()


async def known(story: Story, address: str = ANN, way: Way = Way.EMAIL) -> Subscriber:
    """How an address stands."""
    async with story.ledger.read() as s:
        found = await subscribers.of_address(s, way, address)
    assert found is not None
    return found


async def test_a_wish_is_written_down_and_tells_nobody_anything(door: Served, story: Story) -> None:
    """What was chosen, in which language; nothing is confirmed by asking."""
    assert (await ask(door, "Ann@A.test", "/de/subscribe", component="read", language="en"))[0] == 200
    one = await known(story)
    assert (one.state, one.language, one.components) == (SubscriberState.ASKED, "en", '["read"]')
    assert one.answered_at is None


async def test_the_answer_is_the_same_for_known_and_unknown(door: Served, story: Story) -> None:
    """Status, page and headers, and one write each, whether the address is new, waits, is subscribed or was stopped."""
    answers, writes = [], []
    for state in (None, SubscriberState.ASKED, SubscriberState.CONFIRMED, SubscriberState.STOPPED):
        address = f"{state or 'new'}@a.test"
        await _standing(story, address, state)
        before = story.ledger.version
        answer = await door.client.post("/subscribe", data={"way": "email", "address": address})
        writes.append(story.ledger.version - before)
        headers = {name: value for name, value in answer.headers.items() if name != "Date"}
        answers.append((answer.status, headers, await answer.text()))
    assert answers[1:] == answers[:1] * 3
    assert writes == [1] * 4
    assert "a.test" not in answers[0][2]


async def _standing(story: Story, address: str, state: SubscriberState | None) -> None:
    if state is None:
        return
    async with story.ledger.write() as s:
        one = await subscribers.ask(s, Way.EMAIL, address, subscribers.Choice("en", ("send",)), NOON)
        if state is not SubscriberState.ASKED:
            await subscribers.confirm(s, one.nonce, NOON)
        if state is SubscriberState.STOPPED:
            await subscribers.stop(s, one.id, "550 5.1.1", NOON)


async def test_a_stranger_changes_nothing_for_who_is_subscribed(door: Served, story: Story) -> None:
    """Typing somebody's address leaves what they chose, and they are asked about it by mail."""
    await _standing(story, ANN, SubscriberState.CONFIRMED)
    await ask(door, component="read", language="de")
    one = await known(story)
    assert (one.state, one.language, one.components) == (SubscriberState.CONFIRMED, "en", '["send"]')


async def test_a_look_confirms_nothing_and_the_button_does(door: Served, story: Story) -> None:
    """Programs that open every link in a mail subscribe nobody."""
    await ask(door)
    shown = PASSES.issue(Purpose.CONFIRM, (await known(story)).nonce, NOON + timedelta(hours=1))
    for method in ("HEAD", "GET", "GET"):
        looked = await door.client.request(method, f"/confirm/{shown}")
        assert (looked.status, looked.headers["Cache-Control"]) == (200, "no-store")
    assert '<form method="post"><button type="submit">Yes, subscribe me' in await looked.text()
    assert (await known(story)).state is SubscriberState.ASKED
    pressed = await door.client.post(f"/confirm/{shown}")
    assert "You are subscribed" in await pressed.text()
    assert (await known(story)).state is SubscriberState.CONFIRMED
    assert (await door.client.post(f"/confirm/{shown}")).status == 200


async def test_a_link_that_is_over_says_so(door: Served, story: Story, public: Public) -> None:
    """Too old, of something else, or of a wish that was forgotten: 410, and the way to ask again."""
    await ask(door)
    name = (await known(story)).nonce
    shown = PASSES.issue(Purpose.CONFIRM, name, NOON + timedelta(hours=1))
    for other in (PASSES.issue(Purpose.STAY, name), "a.b", "x" * 24):
        assert (await door.client.get(f"/confirm/{other}")).status == 410
    public.now += timedelta(hours=1)
    answer = await door.client.post(f"/confirm/{shown}")
    assert answer.status == 410
    assert 'href="/subscribe"' in await answer.text()
    public.now = NOON
    async with story.ledger.write() as s:
        await subscribers.leave(s, name)
    assert (await door.client.post(f"/confirm/{shown}")).status == 410


async def test_one_click_leaves_and_leaves_nothing(door: Served, story: Story, public: Public) -> None:
    """RFC 8058: a POST with its one field; a look only asks; twice is fine, and so is ten years later."""
    await _standing(story, ANN, SubscriberState.CONFIRMED)
    url = f"/unsubscribe/{PASSES.issue(Purpose.STAY, (await known(story)).nonce)}"
    assert "<button" in await (await door.client.get(url)).text()
    assert (await known(story)).state is SubscriberState.CONFIRMED
    public.now += timedelta(days=3650)
    for _ in range(2):
        left = await door.client.post(url, data={"List-Unsubscribe": "One-Click"})
        assert (left.status, "You are unsubscribed" in await left.text()) == (200, True)
    async with story.ledger.read() as s:
        assert await subscribers.of_address(s, Way.EMAIL, ANN) is None


async def test_mail_programs_may_send_one_click_as_multipart(door: Served, story: Story) -> None:
    """RFC 8058 section 3.1 lets them; what is in the body changes nothing, since the link says it all."""
    await _standing(story, ANN, SubscriberState.CONFIRMED)
    url = f"/unsubscribe/{PASSES.issue(Purpose.STAY, (await known(story)).nonce)}"
    form = FormData(default_to_multipart=True)
    form.add_field("List-Unsubscribe", "One-Click")
    assert (await door.client.post(url, data=form)).status == 200
    async with story.ledger.read() as s:
        assert await subscribers.counts(s) == {}


async def test_what_one_gets_is_shown_and_changed(door: Served, story: Story) -> None:
    """The form shows what was chosen; saving changes it, in the other language too; who has left is told so."""
    await _standing(story, ANN, SubscriberState.CONFIRMED)
    shown = PASSES.issue(Purpose.STAY, (await known(story)).nonce)
    page = await (await door.client.get(f"/manage/{shown}")).text()
    assert re.findall(r'value="(\w+)" checked', page) == ["send"]
    saved = await door.client.post(f"/de/manage/{shown}", data={"component": "web", "language": "de"})
    assert "Gespeichert." in await saved.text()
    one = await known(story)
    assert (one.language, one.components) == ("de", '["web"]')
    async with story.ledger.write() as s:
        await subscribers.leave(s, one.nonce)
    assert "You are unsubscribed" in await (await door.client.get(f"/manage/{shown}")).text()


async def test_who_was_stopped_is_told_why(door: Served, story: Story) -> None:
    """The page says that messages came back, and how to go on."""
    await _standing(story, ANN, SubscriberState.STOPPED)
    shown = PASSES.issue(Purpose.STAY, (await known(story)).nonce)
    assert "We stopped writing to you on 3 March 2025" in await (await door.client.get(f"/manage/{shown}")).text()


async def test_a_webhook_is_shown_its_secret_once(door: Served, story: Story) -> None:
    """Asking again for the same address gives another secret, and tells nothing of the first."""
    pages = [(await ask(door, "https://a.test/in", way="webhook"))[1] for _ in range(2)]
    secrets = [re.findall(r"whsec_[A-Za-z0-9+/=]{44}", page)[0].replace("&#43;", "+") for page in pages]
    assert len(set(secrets)) == 2
    newest = await known(story, "https://a.test/in", Way.WEBHOOK)
    assert PASSES.secrets(newest.nonce)[0] == secrets[1]
    assert PASSES.issue(Purpose.STAY, newest.nonce) in pages[1]


@pytest.mark.parametrize(("way", "typed"), [("email", "ann"), ("webhook", "http://a.test/"), ("pigeon", "coo")])
async def test_a_slip_is_told_beside_the_form(door: Served, story: Story, way: str, typed: str) -> None:
    """The form comes back with what was typed, and nothing is written."""
    before = story.ledger.version
    status, page = await ask(door, typed, way=way)
    assert (status, story.ledger.version) == (422, before)
    assert 'role="alert"' in page


async def test_typed_text_stays_text(door: Served) -> None:
    """What comes back in the form cannot become markup."""
    _, page = await ask(door, '"><script>alert(1)</script>')
    assert "<script" not in page


async def test_asking_too_often_is_answered_429(door: Served, public: Public) -> None:
    """For one address after three, whoever asks; for one client after its share; an hour later all is well again."""
    assert [(await ask(door))[0] for _ in range(4)] == [200, 200, 200, 429]
    limited = await door.client.post("/subscribe", data={"way": "email", "address": ANN})
    assert limited.headers["Retry-After"] == "3600"
    others = [(await ask(door, f"{number}@a.test"))[0] for number in range(8)]
    assert others == [200] * 7 + [429]
    public.now += timedelta(hours=1)
    assert (await ask(door))[0] == 200


async def test_a_proxy_is_believed_only_if_it_is_ours(public: Public) -> None:
    """Behind a trusted proxy each client has its own share; of others the header counts for nothing."""
    for trusted, expected in ((("127.0.0.1",), [200, 200]), ((), [200, 429])):
        rules = RULES.model_validate({**RULES.model_dump(), "asks_per_client": 1, "trusted_proxies": trusted})
        public.setting = replace(SETTING, ways=frozenset(Way), rules=rules)
        async with serving(public) as served:
            told = []
            for number in (1, 2):
                headers = {"X-Forwarded-For": f"192.0.2.{number}"}
                fields = {"way": "email", "address": f"{number}{len(trusted)}@a.test"}
                told.append((await served.client.post("/subscribe", data=fields, headers=headers)).status)
        assert told == expected


async def test_a_body_without_end_is_refused(door: Served, story: Story) -> None:
    """Too long is 413, no form is 400; neither is written down."""
    before = story.ledger.version
    long = await door.client.post("/subscribe", data={"way": "email", "address": "a" * 20_000})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    strange = await door.client.post("/subscribe", data=b"\xff\xfe", headers=form)
    assert (long.status, strange.status, story.ledger.version) == (413, 400, before)


async def test_the_form_is_a_page_from_memory(door: Served, story: Story) -> None:
    """It has a tag and may be kept, and no request reads or writes the record."""
    before = story.ledger.version
    page = await door.client.get("/subscribe")
    assert page.headers["ETag"]
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert (await door.client.get("/de/subscribe")).status == 200
    assert story.ledger.version == before
    assert "Set-Cookie" not in page.headers


async def test_without_a_channel_for_them_there_is_no_door(served: Served) -> None:
    """Nobody is asked for an address that nobody would write to."""
    assert (await served.client.get("/subscribe")).status == 404
    assert (await served.client.post("/subscribe", data={"way": "email", "address": ANN})).status == 405
    assert (await served.client.get(f"/unsubscribe/{'a' * 24}.{'b' * 24}")).status == 404
    assert "subscribe" not in await (await served.client.get("/")).text()


async def test_links_outlive_the_channel(public: Public, story: Story) -> None:
    """Where nobody can subscribe any more, whoever is subscribed can still leave."""
    await _standing(story, ANN, SubscriberState.CONFIRMED)
    public.setting = replace(SETTING, rules=RULES)
    shown = PASSES.issue(Purpose.STAY, (await known(story)).nonce)
    async with serving(public) as served:
        assert (await served.client.get("/subscribe")).status == 404
        assert (await served.client.post("/subscribe", data={"way": "email", "address": ANN})).status == 405
        page = await (await served.client.post(f"/unsubscribe/{shown}")).text()
    assert "You are unsubscribed" in page
    assert "/subscribe" not in page


async def test_many_keys_cost_no_more_memory() -> None:
    """A flood of new addresses is forgotten from its beginning."""
    budget = Budget(1)
    for number in range(25_000):
        assert budget.spend(str(number), NOON) == 0
    assert budget.spend("24999", NOON) > 0
    assert budget.spend("0", NOON) == 0
    assert len(budget._spent) == 20_000


async def test_one_slow_body_holds_up_nobody(door: Served) -> None:
    """While a body trickles in, others are answered."""
    never = asyncio.Event()

    async def trickle() -> AsyncIterator[bytes]:
        yield b"way=email&"
        await never.wait()

    slow = asyncio.create_task(door.client.post("/subscribe", data=trickle()))
    async with asyncio.timeout(5):
        assert (await ask(door))[0] == 200
    slow.cancel()
