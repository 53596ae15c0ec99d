"""Signing in, signing out, and how long it lasts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from monitor.desk.app import make
from monitor.ledger import audit, people
from tests.monitor.desk.browser import Browser, Page
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import PASSWORD, House

Browse = Callable[[], Browser]


async def attempt(browser: Browser, name: str, password: str, path: str = "/login") -> Page:
    """Open the form, and send it."""
    return await browser.submit(await browser.get(path), "/login", name=name, password=password)


def cookie(browser: Browser) -> str:
    """The secret that the browser keeps."""
    return next(kept.value for kept in browser.client.session.cookie_jar)


async def test_the_right_password_leads_where_one_wanted_to_go(house: House, browse: Browse) -> None:
    """The link of a call asks for a sign-in, and then shows the very draft that it was about."""
    await house.fail()
    browser = browse()
    asked = await browser.get("/updates/1")
    assert asked.path == "/login"
    page = await browser.submit(asked, "/login", name="Maria", password=PASSWORD)
    assert (page.status, page.path) == (200, "/updates/1")


async def test_no_wrong_answer_tells_which_half_was_wrong(browse: Browse) -> None:
    """A wrong password and an unknown name get the same words and the same status."""
    wrong, unknown = await attempt(browse(), "Maria", "not her password"), await attempt(browse(), "Mario", PASSWORD)
    assert (wrong.status, unknown.status) == (401, 401)
    assert "Name and password do not fit together." in wrong.text
    assert "Name and password do not fit together." in unknown.text


async def test_a_wrong_password_is_a_line_of_the_audit(house: House, browse: Browse) -> None:
    """It says whose account it was, if any; what was typed stands nowhere, since it may be a password."""
    await attempt(browse(), "Maria", "not her password")
    await attempt(browse(), "four words in a row", "Maria")
    async with house.ledger.read() as s:
        known, unknown = [line for line in await audit.lines(s) if line.action == "not signed in"]
    assert known.subject == f"person:{(await house.person('Maria')).id}"
    assert (unknown.actor, unknown.subject) == ("somebody", "desk")
    assert known.detail == unknown.detail == "by password, from 127.0.0.1"


async def test_one_who_was_disabled_cannot_sign_in(house: House, browse: Browse) -> None:
    """Their password is worth nothing any more."""
    async with house.ledger.write() as s:
        await people.disable(s, (await house.person("Maria")).id, house.now)
    assert (await attempt(browse(), "Maria", PASSWORD)).status == 401


async def test_guessing_gets_slower_and_slower(house: House, browse: Browse) -> None:
    """After five wrong answers even the right one has to wait, and the page says how long; afterwards it counts."""
    browser = browse()
    for _ in range(6):
        await attempt(browser, "Maria", "a guess")
    turned_away = await attempt(browser, "Maria", PASSWORD)
    assert (turned_away.status, turned_away.headers["Retry-After"]) == (429, "2")
    assert "Wait 2 s, then try again." in turned_away.text
    house.wait(seconds=3)
    assert (await attempt(browser, "Maria", PASSWORD)).path == "/"


async def test_guessing_names_is_slowed_down_too(browse: Browse) -> None:
    """The address has to wait, whatever names it tries."""
    for number in range(6):
        await attempt(browse(), f"name{number}", "a guess")
    assert (await attempt(browse(), "Maria", PASSWORD)).status == 429


async def test_signing_in_gives_a_new_secret(browse: Browse) -> None:
    """A cookie that somebody planted before the sign-in opens nothing after it."""
    browser = browse()
    await browser.get("/login")
    planted = cookie(browser)
    await attempt(browser, "Maria", PASSWORD)
    assert cookie(browser) != planted
    browser.wear(planted)
    assert (await browser.get("/")).path == "/login"


async def test_signing_out_ends_the_session(sign_in: SignIn) -> None:
    """Even for whoever copied the cookie."""
    browser = await sign_in("Maria")
    copied = cookie(browser)
    page = await browser.submit(await browser.get("/"), "/logout")
    assert "You are signed out." in page.text
    browser.wear(copied)
    assert (await browser.get("/")).path == "/login"


async def test_a_session_that_nobody_uses_ends(house: House, sign_in: SignIn) -> None:
    """After twelve hours the browser left open on a desk opens nothing."""
    browser = await sign_in("Maria")
    house.wait(hours=12, seconds=1)
    assert (await browser.get("/")).path == "/login"


async def test_a_session_ends_however_much_it_is_used(house: House, sign_in: SignIn) -> None:
    """After seven days one signs in again."""
    browser = await sign_in("Maria")
    for _ in range(15):
        house.wait(hours=11)
        assert (await browser.get("/")).path == "/"
    house.wait(hours=3, seconds=1)
    assert (await browser.get("/")).path == "/login"


@pytest.mark.parametrize(
    "path", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/logout", "/updates/1?x=\n"]
)
async def test_a_link_cannot_send_one_elsewhere_after_signing_in(browse: Browse, path: str) -> None:
    """Only a page of this desk may follow a sign-in."""
    browser = browse()
    asked = await browser.get("/login")
    page = await browser.submit(asked, "/login", name="Maria", password=PASSWORD, next=path)
    assert (page.status, page.path) == (200, "/")


async def test_the_cookie_is_for_the_browser_alone(browse: Browse, tmp_path: Path) -> None:
    """No script reads it and no stranger's form carries it; on an encrypted desk it is bound to the very host."""
    async with browse().client.get("/login") as plain:
        given = plain.headers["Set-Cookie"]
    assert given.startswith("ownup=")
    assert "HttpOnly" in given
    assert "SameSite=Lax" in given
    async with (
        House.open(tmp_path, desk={"url": "https://desk.harbour.example"}, storage={"directory": "other"}) as house,
        TestClient(TestServer(make(house.seat()))) as client,
        client.get("/login") as encrypted,
    ):
        given = encrypted.headers["Set-Cookie"]
    assert given.startswith("__Host-ownup=")
    assert "Secure" in given
    assert "Path=/" in given
    assert "Domain" not in given
