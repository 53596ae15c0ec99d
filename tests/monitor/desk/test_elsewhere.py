"""Signing in at an identity provider: who comes in, as whom, and every forged or mixed-up answer that does not."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer

from monitor.desk.app import make
from monitor.desk.knocks import KNOCKS_AN_HOUR_MAX
from monitor.ledger import audit, people
from monitor.models import AuditEntry, Role
from tests.monitor.desk.browser import Browser, Page
from tests.monitor.desk.house import PASSWORD, START, House
from tests.monitor.oidc.idp import CLIENT, FIRST, SECOND, SECRET, Idp, key

GROUPS = {"mail-team": "responder", "incident-managers": "approver"}
Opened = Callable[..., Awaitable[tuple[House, TestClient]]]


@pytest.fixture
async def idp() -> AsyncIterator[Idp]:
    """A provider at which Nora is signed in."""
    one = Idp(START.timestamp())
    await one.start()
    yield one
    assert one.server
    await one.server.close()


@pytest.fixture
async def opened(idp: Idp, tmp_path: Path) -> AsyncIterator[Opened]:
    """Opens desks that trust the provider; the provider's groups say who may do what, unless told otherwise."""

    async def another(desk: dict[str, Any] | None = None, **oidc: Any) -> tuple[House, TestClient]:
        told = {"issuer": idp.issuer, "client_id": CLIENT, "client_secret": SECRET, **oidc}
        house = await stack.enter_async_context(House.open(tmp_path, desk=desk or {"groups": GROUPS}, oidc=told))
        server = TestServer(make(house.seat()))
        return house, await stack.enter_async_context(TestClient(server))

    async with AsyncExitStack() as stack:
        yield another


async def leave(client: TestClient, path: str = "/oidc?next=/incidents/1") -> str:
    """Press the button, and sign in at the provider; gives the way back, without where the desk is."""
    async with client.get(path, allow_redirects=False) as away:
        assert away.status == 303
        to = away.headers["Location"]
    async with client.session.get(to, allow_redirects=False) as answer:
        parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


async def come_back(client: TestClient, way: str) -> Page:
    """Follow the provider's answer."""
    return await Browser(client).get(way)


async def knocks(house: House) -> list[AuditEntry]:
    """The sign-ins that the audit says failed."""
    async with house.ledger.read() as s:
        return [line for line in await audit.lines(s) if line.action == "not signed in"]


async def somebody(house: House) -> list[str]:
    """Everybody here who was let in from outside, with what they may do."""
    async with house.ledger.read() as s:
        return [f"{one.name} {one.role}" for one in await people.everyone(s) if one.outside_id]


async def test_a_newcomer_comes_in_by_their_groups(idp: Idp, opened: Opened) -> None:
    """One press and one sign-in lead to the wanted page; the highest role of the groups counts; the audit knows how."""
    idp.person["groups"] = ["mail-team", "incident-managers", "choir"]
    house, client = await opened()
    await house.fail()
    assert "Sign in with your company account" in (await Browser(client).get("/login")).text
    page = await come_back(client, await leave(client))
    assert (page.status, page.path) == (200, "/incidents/1")
    assert await somebody(house) == ["Nora approver"]
    async with house.ledger.read() as s:
        assert any((line.action, line.detail) == ("signed in", "oidc") for line in await audit.lines(s))


async def test_a_role_follows_the_groups(idp: Idp, opened: Opened) -> None:
    """At the next sign-in somebody who changed teams may do what the new team may, and without any, nothing."""
    house, client = await opened()
    for groups, expected in ((["mail-team"], "responder"), (["incident-managers"], "approver")):
        idp.person["groups"] = groups
        assert (await come_back(client, await leave(client))).status != 403
        assert await somebody(house) == [f"Nora {expected}"]
    idp.person["groups"] = ["choir"]
    page = await come_back(client, await leave(client))
    assert (page.status, "may not use this desk" in page.text) == (403, True)


async def test_without_groups_only_who_was_linked_comes_in(opened: Opened) -> None:
    """A stranger is told what an admin has to do; a linked person keeps the role that they have here."""
    house, client = await opened(desk={"passwords": True})
    page = await come_back(client, await leave(client, "/oidc"))
    assert page.status == 403
    assert "ownup user link NAME" in page.text
    async with house.ledger.write() as s:
        await people.link(s, (await house.person("Rita")).id, f"{house.config.oidc.issuer} 4711")
    page = await come_back(client, await leave(client, "/oidc"))
    assert (page.path, "Rita<small>responder" in page.text) == ("/", True)


async def test_a_name_is_never_given_twice(idp: Idp, opened: Opened) -> None:
    """Whoever calls themselves Maria elsewhere does not sign as our Maria."""
    idp.person |= {"name": "Maria", "groups": ["incident-managers"]}
    house, client = await opened()
    page = await come_back(client, await leave(client))
    assert (page.status, "Somebody else here has your name." in page.text) == (403, True)
    assert await somebody(house) == []


@pytest.mark.parametrize(
    ("lies", "why"),
    [
        ({"nonce": "another"}, "wrong nonce"),
        ({"nonce": None}, "wrong nonce"),
        ({"aud": "another-app"}, "wrong aud"),
        ({"aud": [CLIENT, "another-app"]}, "issued to somebody else"),
        ({"aud": [CLIENT, "another-app"], "azp": "another-app"}, "issued to somebody else"),
        ({"iss": "https://login.elsewhere.example"}, "wrong iss"),
        ({"exp": START.timestamp() - 120}, "expired"),
        ({"exp": None}, "wrong exp"),
        ({"iat": START.timestamp() + 600}, "its token"),
        ({"sub": None}, "wrong sub"),
        ({"sub": ["4711"]}, "its token"),
        ({"name": None}, "does not say who you are"),
    ],
    ids=str,
)
async def test_a_token_that_is_not_ours_lets_nobody_in(
    idp: Idp, opened: Opened, lies: dict[str, Any], why: str
) -> None:
    """Each claim that does not hold is named, and nobody is signed in or added."""
    idp.person["groups"], idp.lies = ["mail-team"], lies
    house, client = await opened()
    page = await come_back(client, await leave(client))
    assert (page.status, why in page.text) == (403, True), page.text
    assert await somebody(house) == []
    (line,) = await knocks(house)
    assert line.detail.startswith("by oidc, from 127.0.0.1: You are not signed in. ")
    assert why in line.detail
    assert (await Browser(client).get("/")).path == "/login"


async def test_an_unsigned_token_lets_nobody_in(idp: Idp, opened: Opened) -> None:
    """The algorithm "none" is no signature."""
    idp.person["groups"], idp.unsigned = ["mail-team"], True
    house, client = await opened()
    assert "not signed as we ask" in (await come_back(client, await leave(client))).text
    assert await somebody(house) == []


async def test_an_algorithm_that_is_not_allowed_lets_nobody_in(idp: Idp, opened: Opened) -> None:
    """A good signature by a way that the config does not name is none."""
    idp.person["groups"] = ["mail-team"]
    house, client = await opened(algorithms=["ES256"])
    assert "not signed as we ask" in (await come_back(client, await leave(client))).text
    assert await somebody(house) == []


async def test_a_strange_key_lets_nobody_in(idp: Idp, opened: Opened) -> None:
    """A token signed by a key that the provider does not publish, under a new name or under a known one, is refused."""
    idp.person["groups"] = ["mail-team"]
    house, client = await opened()
    for strange in (key("strange"), key("first")):
        idp.signing = strange
        assert "a key that is not its own" in (await come_back(client, await leave(client))).text
    assert await somebody(house) == []


async def test_new_keys_are_learned_when_they_are_needed(idp: Idp, opened: Opened) -> None:
    """A provider that changes its key locks nobody out; made-up keys do not make us ask it without end."""
    idp.person["groups"] = ["mail-team"]
    house, client = await opened()
    await come_back(client, await leave(client))
    idp.signing, idp.published = SECOND, (FIRST, SECOND)
    house.wait(minutes=1)
    idp.now_s = house.now.timestamp()
    assert (await come_back(client, await leave(client, "/oidc"))).path == "/"
    asked = idp.asked.count("/keys")
    idp.signing = key("made-up")
    for _ in range(3):
        await come_back(client, await leave(client))
    assert idp.asked.count("/keys") == asked


async def test_a_code_counts_once(idp: Idp, opened: Opened) -> None:
    """Neither this browser nor another signs in with the answer that somebody has used."""
    idp.person["groups"] = ["mail-team"]
    _, client = await opened()
    way = await leave(client)
    kept = next(iter(client.session.cookie_jar)).value
    await come_back(client, way)
    assert (await come_back(client, way)).status == 403
    thief = Browser(client)
    thief.wear(kept)
    assert "refused our question" in (await thief.get(way)).text


async def test_an_answer_counts_in_the_browser_that_asked(idp: Idp, opened: Opened) -> None:
    """A link with somebody else's answer signs nobody in as them; nor does one that was changed, or came late."""
    idp.person["groups"] = ["mail-team"]
    house, client = await opened()
    way = await leave(client)
    victim = Browser(client)
    mine = next(iter(client.session.cookie_jar)).value
    victim.wear("v" * 43)
    assert "not to a sign-in that this browser began" in (await victim.get(way)).text
    victim.wear(mine)
    for forged in (way.replace("state=", "state=1"), way.replace("state=", "st="), "/oidc/return?code=1&state=ü.%00"):
        assert (await victim.get(forged)).status == 403
    house.wait(minutes=11)
    assert (await victim.get(way)).status == 403
    assert not any(path == "/token" for path in idp.asked)


async def test_a_mixed_up_answer_does_not_count(idp: Idp, opened: Opened) -> None:
    """An answer that names another provider (RFC 9207) is not taken to ours, and a refusal says so."""
    idp.person["groups"] = ["mail-team"]
    _, client = await opened()
    way = await leave(client)
    query = parse_qs(urlsplit(way).query)
    other = f"/oidc/return?code={query['code'][0]}&state={query['state'][0]}&iss=https://evil.example"
    assert "came from another provider" in (await come_back(client, other)).text
    denied = f"/oidc/return?error=access_denied&state={query['state'][0]}"
    assert "it did not sign you in" in (await come_back(client, denied)).text
    assert not any(path == "/token" for path in idp.asked)


@pytest.mark.parametrize(("amr", "status"), [(["pwd"], 403), (["pwd", "otp"], 200), ("otp", 403), (None, 403)])
async def test_the_second_factor_may_be_asked_for(idp: Idp, opened: Opened, amr: object, status: int) -> None:
    """Without one of the ways that the config names, nobody is in."""
    idp.person |= {"groups": ["mail-team"], "amr": amr}
    _, client = await opened(amr=["otp", "hwk"])
    assert (await come_back(client, await leave(client, "/oidc"))).status == status


async def test_the_level_may_be_asked_for(idp: Idp, opened: Opened) -> None:
    """The level is asked of the provider, and its token has to show it."""
    idp.person["groups"] = ["mail-team"]
    _, client = await opened(acr=["gold"])
    assert (await come_back(client, await leave(client, "/oidc"))).status == 403
    idp.person["acr"] = "gold"
    assert (await come_back(client, await leave(client, "/oidc"))).status == 200


async def test_the_client_shows_itself_as_the_provider_asks(idp: Idp, opened: Opened) -> None:
    """In the form, where the provider takes no header."""
    idp.person["groups"], idp.methods = ["mail-team"], ("client_secret_post",)
    _, client = await opened()
    assert (await come_back(client, await leave(client, "/oidc"))).path == "/"


async def test_a_provider_by_another_name_is_not_asked(idp: Idp, opened: Opened) -> None:
    """What calls itself otherwise than the config does is somebody else."""
    idp.calls_itself = "https://login.elsewhere.example"
    _, client = await opened()
    page = await Browser(client).get("/oidc")
    assert (page.status, "calls itself by another name" in page.text) == (403, True)


async def test_a_stranger_is_known_to_the_audit(idp: Idp, opened: Opened) -> None:
    """Whom the provider vouches for, and who is in none of our groups: the line says by which name it knows them."""
    house, client = await opened()
    await come_back(client, await leave(client))
    (line,) = await knocks(house)
    who = f"by oidc as {idp.issuer} 4711, from 127.0.0.1"
    assert line.detail == f"{who}: Your account may not use this desk."


async def test_a_flood_of_attempts_does_not_fill_the_audit(opened: Opened) -> None:
    """So many an hour are lines of their own; then the next line says how many there were beside."""
    house, client = await opened()
    for _ in range(KNOCKS_AN_HOUR_MAX + 5):
        assert (await come_back(client, "/oidc/return?state=forged&code=1")).status == 403
    assert len(await knocks(house)) == KNOCKS_AN_HOUR_MAX
    house.wait(minutes=1)
    await come_back(client, "/oidc/return?state=forged&code=1")
    assert (await knocks(house))[-1].detail.endswith("; 5 more before it were counted only")
    async with house.ledger.read() as s:
        assert await audit.verify(s) is None


async def test_passwords_may_be_closed(opened: Opened) -> None:
    """Where the provider brings the second factor, no password goes round it, not even by a form of one's own."""
    _, client = await opened(desk={"passwords": False, "groups": GROUPS})
    browser = Browser(client)
    page = await browser.get("/login")
    assert "Password" not in page.text
    assert "Sign in with your company account" in page.text
    sent = await browser.post("/login", {"name": "Maria", "password": PASSWORD})
    assert sent.status == 403
    assert (await browser.get("/")).path == "/login"
    assert (await browser.get("/welcome/anything")).status == 403


def test_roles_are_ranked() -> None:
    """The highest is the last, which the mapping of groups rests on."""
    assert list(Role) == ["viewer", "responder", "approver", "admin"]
