"""Who is let through to what, and what the others are told."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from monitor.desk.app import ROUTES, make
from monitor.desk.gate import Route
from monitor.desk.number import ROW
from monitor.models import Act, Approval, AuditEntry, IncidentUpdate, Role
from tests.monitor.desk.browser import Browser, Page
from tests.monitor.desk.conftest import BOTH, SignIn
from tests.monitor.desk.house import PASSWORD, House

Browse = Callable[[], Browser]
NAMES = {Role.VIEWER: "Vera", Role.RESPONDER: "Rita", Role.APPROVER: "Maria", Role.ADMIN: "Ada"}
DEEDS = [route for route in ROUTES if route.method == "POST" and route.role is not None]
MORE_THAN_READING = [route for route in DEEDS if route.role is not Role.VIEWER]
OPEN = {"/login", "/logout", "/welcome/{token}", "/oidc", "/oidc/return", "/{path:.*}"}


def address(path: str) -> str:
    """A route's path with a number in it."""
    return path.replace(f"{{id:{ROW}}}", "1")


async def untouched(house: House) -> bool:
    """Whether nobody has approved, rejected, edited or taken up anything since Ada took it up."""
    async with house.ledger.read() as s:
        draft = await s.get_one(IncidentUpdate, 1)
        deeds = [*await s.scalars(select(Approval)), *await s.scalars(select(Act))]
    ada = await house.person("Ada")
    others = [deed for deed in deeds if deed.person_id != ada.id]
    return not others and draft.revision == 1 and draft.rejected_at is None


def test_only_the_doors_are_open_to_strangers() -> None:
    """Every other address asks for a role, and every deed for more than a viewer's; asking for a reply does nothing."""
    assert {route.path for route in ROUTES if route.role is None} == OPEN
    assert {route.path for route in DEEDS if route.role is Role.VIEWER} == {"/reply"}


@pytest.mark.parametrize("route", MORE_THAN_READING, ids=lambda route: route.path)
async def test_a_deed_needs_its_role(house: House, sign_in: SignIn, route: Route) -> None:
    """Whoever has a lesser role is told which one is needed and whom to call; nothing is done; the audit knows."""
    await house.fail()
    roles = list(Role)
    browser = await sign_in(NAMES[roles[roles.index(route.role) - 1]])
    token = (await browser.get("/")).forms["/logout"]["token"]
    page = await browser.post(address(route.path), {"token": token, "part": "smtp"})
    assert page.status == 403
    assert f"this needs {route.role}" in page.text
    assert "Call somebody with that role" in page.text
    assert await untouched(house)
    async with house.ledger.read() as s:
        last = (await s.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))).first()
    assert last.action == "refused"


@pytest.mark.parametrize("route", DEEDS, ids=lambda route: route.path)
async def test_a_deed_needs_the_forms_token(house: House, sign_in: SignIn, route: Route) -> None:
    """A form without the token, or with another browser's, is refused with what to do next; nothing is done."""
    await house.fail()
    browser, other = await sign_in("Ada"), await sign_in("Ada")
    foreign = (await other.get("/")).forms["/logout"]["token"]
    for fields in ({}, {"token": ""}, {"token": foreign}, {"token": "ü"}):
        page = await browser.post(address(route.path), fields)
        assert page.status == 403
        assert "open the page anew" in page.text
    assert await untouched(house)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
async def test_a_form_from_elsewhere_is_refused(house: House, sign_in: SignIn, headers: dict[str, str]) -> None:
    """Even with the right token: the browser says that another site sent it."""
    await house.fail()
    browser = await sign_in("Maria")
    form = (await browser.get("/updates/1")).forms["/updates/1/approve"]
    page = await browser.post("/updates/1/approve", form, **headers)
    assert page.status == 403
    assert "came from another site" in page.text
    assert await untouched(house)


async def test_our_own_form_comes_through(house: House, sign_in: SignIn) -> None:
    """A browser says of our own pages that they are of the same origin."""
    await house.fail()
    browser = await sign_in("Maria")
    form = (await browser.get("/updates/1")).forms["/updates/1/approve"]
    origin = str(browser.client.make_url("")).rstrip("/")
    page = await browser.post("/updates/1/approve", form, Origin=origin, Sec_Fetch_Site="same-origin")
    assert page.status == 200


async def test_an_ended_session_publishes_nothing_and_keeps_the_words(house: House, sign_in: SignIn) -> None:
    """Whoever wrote for too long is told to sign in again, finds their words on the page, and lands where they were."""
    await house.fail()
    browser = await sign_in("Maria")
    opened, form = await browser.get("/updates/1"), await browser.get("/updates/1/edit")
    house.wait(hours=13)
    page = await browser.submit(opened, "/updates/1/approve")
    assert page.status == 401
    assert "Your session has ended, so nothing was done." in page.text
    page = await browser.submit(form, "/updates/1/edit", body="My careful words.")
    assert "My careful words." in page.text
    assert 'href="/login?next=%2Fupdates%2F1"' in page.text
    assert await untouched(house)
    asked = await browser.get("/login?next=%2Fupdates%2F1")
    assert (await browser.submit(asked, "/login", name="Maria", password=PASSWORD)).path == "/updates/1"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(50)), "application/x-www-form-urlencoded"),
        (b"\xff\xfe%ff=%00", "application/x-www-form-urlencoded; charset=nonsense"),
        (b'{"token": 1}', "application/json"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
    ],
)
async def test_a_strange_body_is_refused(house: House, sign_in: SignIn, body: bytes, kind: str) -> None:
    """Too long, too many fields, not text, not a form: a sentence, never a crash."""
    await house.fail()
    browser = await sign_in("Maria")
    async with browser.client.post("/updates/1/approve", data=body, headers={"Content-Type": kind}) as response:
        assert response.status in {403, 413}
        assert "so nothing was done" in await response.text()
    assert await untouched(house)


@pytest.mark.parametrize("path", ["/nowhere", "/updates/99", "/incidents/99", "/updates/x", "/updates/9999999999999"])
async def test_an_unknown_address_says_where_to_go(sign_in: SignIn, path: str) -> None:
    """Not found, in a page of ours."""
    page = await (await sign_in("Vera")).get(path)
    assert page.status == 404
    assert "The overview" in page.text


async def safe(page: Page) -> bool:
    """Whether a page tells the browser to trust nothing but us, and to keep nothing."""
    policy = page.headers["Content-Security-Policy"]
    return (
        "default-src 'self'" in policy
        and "'unsafe" not in policy
        and "frame-ancestors 'none'" in policy
        and page.headers["X-Content-Type-Options"] == "nosniff"
        and page.headers["Referrer-Policy"] == "same-origin"
        and page.headers["Cache-Control"] == "no-store"
    )


async def test_every_answer_limits_what_a_browser_may_do(house: House, sign_in: SignIn, browse: Browse) -> None:
    """Pages, refusals and redirects all carry the same headers, and no page is kept."""
    await house.fail()
    browser = await sign_in("Maria")
    for path in ("/", "/updates/1", "/updates/1/edit", "/incidents/1", "/nowhere"):
        assert await safe(await browser.get(path)), path
    async with browse().client.get("/", allow_redirects=False) as redirect:
        assert redirect.status == 303
        assert redirect.headers["Cache-Control"] == "no-store"


async def test_the_style_stands_in_the_page_and_no_other_does(sign_in: SignIn) -> None:
    """The first paint needs one round trip: the policy lets this very sheet through, by its hash, and no other."""
    page = await (await sign_in("Maria")).get("/")
    style = page.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in page.headers["Content-Security-Policy"]
    assert 'rel="stylesheet"' not in page.text
    assert "style=" not in page.text


async def test_the_script_is_kept_for_ever(sign_in: SignIn) -> None:
    """Its address changes when it does; no page has a script of its own."""
    page = await (await sign_in("Maria")).get("/")
    assert page.text.count("<script") == 1
    path = page.text.partition('<script src="')[2].partition('"')[0]
    async with (await sign_in("Maria")).client.get(path) as script:
        assert script.content_type == "text/javascript"
        assert "immutable" in script.headers["Cache-Control"]


@BOTH
async def test_a_number_that_no_row_can_have_is_nowhere(storage: dict[str, str], tmp_path: Path) -> None:
    """Not found, in each database and in each field of a form, and never a fault of ours; nor is NUL."""
    async with House.open(tmp_path, storage=storage) as house, TestClient(TestServer(make(house.seat()))) as client:
        await house.fail()
        browser = Browser(client)
        page = await browser.submit(await browser.get("/login"), "/login", name="Ada\0", password=PASSWORD)
        token = page.forms["/logout"]["token"]
        for number in ("2147483648", "999999999999", "9" * 5000, "0", "01", "\N{ARABIC-INDIC DIGIT ONE}"):
            for path in ("/updates/{}", "/updates/{}/edit", "/incidents/{}", "/incidents/{}/reparation"):
                assert (await browser.get(path.format(number))).status == 404, path
        for number in ("999999999999", "9" * 5000):
            fields = {"token": token, "other": number, "delivery": number, "revision": number, "seen": number}
            for path in DEEDS:
                assert (await browser.post(address(path.path), {**fields, "reason": "\0"})).status < 500, path.path
