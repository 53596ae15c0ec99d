"""The desk's page of subscribers."""

import html
import json

from monitor.ledger import subscribers
from monitor.ledger.subscribers import Choice
from monitor.models import Way
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House

ANN = "ann.of.arbor@a.test"


async def subscribe(house: House) -> None:
    """Ann has asked and confirmed it, Bob has only asked."""
    async with house.ledger.write() as s:
        one = await subscribers.ask(s, Way.EMAIL, ANN, Choice("en"), house.now)
        await subscribers.confirm(s, one.nonce, house.now)
        await subscribers.ask(s, Way.EMAIL, "bob@b.test", Choice("en"), house.now)


async def test_everybody_sees_how_many_there_are(house: House, sign_in: SignIn) -> None:
    """A viewer sees numbers, no address and no form."""
    await subscribe(house)
    page = await (await sign_in("Vera")).get("/subscribers")
    assert "<strong>1 by mail</strong><small>not confirmed yet: 1 · stopped: 0</small>" in page.text
    assert "/subscribers/export" not in page.forms
    assert "a.test" not in page.text


async def test_an_approver_gives_a_person_what_is_kept_of_them(house: House, sign_in: SignIn) -> None:
    """As text to copy; the address never stands in a web address."""
    await subscribe(house)
    browser = await sign_in("Maria")
    page = await browser.submit(await browser.get("/subscribers"), "/subscribers/export", address=ANN)
    kept = html.unescape(page.text.partition("readonly>")[2].partition("</textarea>")[0])
    assert json.loads(kept)[0]["address"] == ANN
    assert ANN not in page.path


async def test_an_approver_erases_a_person(house: House, sign_in: SignIn) -> None:
    """One press, said and done; a second time there is nobody of that address."""
    await subscribe(house)
    browser = await sign_in("Maria")
    form = await browser.get("/subscribers")
    assert "No trace of the address is left" in (await browser.submit(form, "/subscribers/erase", address=ANN)).text
    again = await browser.submit(form, "/subscribers/erase", address=ANN)
    assert (again.status, "Nothing is kept of that address" in again.text) == (404, True)
    missing = await browser.submit(form, "/subscribers/export", address=ANN)
    assert missing.status == 404
