"""The brief page tells the phone and the chat desk what to say, before the public is told."""

from datetime import timedelta

from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House


async def test_the_brief_stands_before_the_notice_is_approved(house: House, sign_in: SignIn) -> None:
    """As soon as an outage is confirmed, whoever may read the desk finds what to say of it."""
    await house.fail()
    page = await (await sign_in("Vera")).get("/brief")
    assert page.status == 200
    for words in ("Say: You may be unable to send mail.", "Do not promise: a time", "Public so far: Nothing yet."):
        assert words in page.text
    assert "One sentence for the waiting line" in page.text


async def test_what_is_not_confirmed_is_not_told(house: House, sign_in: SignIn) -> None:
    """A suspicion is nobody's answer on the phone."""
    await house.fail(confirmed=False)
    page = await (await sign_in("Vera")).get("/brief")
    assert "Nothing is failing that we know of." in page.text


async def test_a_rejected_notice_does_not_silence_the_phone(house: House, sign_in: SignIn) -> None:
    """Who calls is answered, whether or not the public is told."""
    await house.fail()
    browser = await sign_in("Rita")
    await browser.submit(await browser.get("/updates/1"), "/updates/1/reject", reason="too few are concerned")
    assert "Say: You may be unable to send mail." in (await browser.get("/brief")).text


async def test_the_promise_that_counts_is_the_published_one(house: House, sign_in: SignIn) -> None:
    """What a draft would promise next is nothing that a caller may be told."""
    await house.fail()
    draft = await house.waiting()
    await house.approve(draft)
    house.now = draft.next_update_at - timedelta(minutes=8)
    await house.scribe.tend()
    assert (await house.waiting()).next_update_at > draft.next_update_at
    page = await (await sign_in("Vera")).get("/brief")
    assert f"The next word is due by {draft.next_update_at:%H:%M} UTC" in page.text


async def test_what_was_approved_counts_as_said(house: House, sign_in: SignIn) -> None:
    """The phone must not say that nothing is public when a notice has just gone out."""
    await house.fail()
    browser = await sign_in("Maria")
    await browser.submit(await browser.get("/updates/1"), "/updates/1/approve")
    page = await browser.get("/brief")
    assert "Nothing yet" not in page.text
    assert "Public so far:" in page.text
