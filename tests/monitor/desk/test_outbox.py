"""What did not go out: the desk shows it in red, and an approver sends it later, or lets a channel go on."""

from monitor.ledger import deliveries, halts
from monitor.models import DeliveryState
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House


async def published(house: House, sign_in: SignIn, name: str = "Maria") -> Browser:
    """A notice that Maria has approved, while mail is left out of it; and somebody who looks at it."""
    await house.fail()
    maria = await sign_in("Maria")
    await maria.submit(await maria.get("/updates/1"), "/updates/1/approve")
    return maria if name == "Maria" else await sign_in(name)


async def refused(house: House, channel: str) -> None:
    """The channel is told that it may not post at all."""
    async with house.ledger.write() as s:
        (one,) = [delivery for delivery in await deliveries.of_update(s, 1) if delivery.channel == channel]
        epoch = await deliveries.claim(s, one.id)
        await deliveries.fail(s, one.id, "it answered 401", epoch=epoch)
        await halts.halt(s, one.id, "it answered 401", house.now)


async def states(house: House) -> dict[str, DeliveryState]:
    """How each sending stands."""
    async with house.ledger.read() as s:
        return {one.channel: one.state for one in await deliveries.of_update(s, 1)}


async def test_a_channel_that_stands_still_is_an_alarm_until_it_is_let_go(house: House, sign_in: SignIn) -> None:
    """The overview says so in red, with what was answered; one press sends what was refused again."""
    browser = await published(house, sign_in)
    await refused(house, "page")
    page = await browser.get("/")
    assert "page tells nobody anything." in page.text
    assert "it answered 401" in page.text
    done = await browser.submit(page, "/channels/lift")
    assert "The channel tries again now" in done.text
    assert "tells nobody anything" not in done.text
    assert (await states(house))["page"] is DeliveryState.PENDING


async def test_what_was_given_up_is_sent_again(house: House, sign_in: SignIn) -> None:
    """A button at the sending that failed, and at no other."""
    browser = await published(house, sign_in)
    assert "/updates/1/again" not in (await browser.get("/updates/1")).forms
    await refused(house, "page")
    done = await browser.submit(await browser.get("/updates/1"), "/updates/1/again")
    assert "It is being sent once more" in done.text
    assert (await states(house))["page"] is DeliveryState.PENDING


async def test_what_was_left_out_is_sent_only_if_a_human_says_so(house: House, sign_in: SignIn) -> None:
    """Mail was left out since mail fails; an approver may send it that way after all, once."""
    browser = await published(house, sign_in)
    assert "subscribers" not in await states(house)
    page = await browser.get("/updates/1")
    assert "subscribers: it needs Sending email, which fails now" in page.text
    done = await browser.submit(page, "/updates/1/also")
    assert "It goes out that way too" in done.text
    assert (await states(house))["subscribers"] is DeliveryState.PENDING
    twice = await browser.submit(page, "/updates/1/also")
    assert twice.status == 409
    assert "subscribers has it already" in twice.text


async def test_nobody_but_an_approver_sends_later(house: House, sign_in: SignIn) -> None:
    """Who may not approve finds no button, and is refused without it."""
    browser = await published(house, sign_in, "Rita")
    await refused(house, "page")
    page = await browser.get("/updates/1")
    assert not {"/updates/1/again", "/updates/1/also"} & page.forms.keys()
    token = next(iter(page.forms.values()))["token"]
    for path in ("/updates/1/again", "/updates/1/also", "/channels/lift"):
        assert (await browser.post(path, {"token": token, "channel": "page", "delivery": "1"})).status == 403


async def test_a_channel_that_nobody_knows_is_refused(house: House, sign_in: SignIn) -> None:
    """Only what the config names can be sent to."""
    browser = await published(house, sign_in)
    page = await browser.get("/updates/1")
    fields = {**page.forms["/updates/1/also"], "channel": "elsewhere"}
    assert (await browser.post("/updates/1/also", fields)).status == 404
