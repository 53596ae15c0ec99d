"""Every role at every address of the desk: one table says who may, and each cell of it is tried."""

from typing import Final

import pytest

from monitor.desk.app import ROUTES
from monitor.desk.number import ROW
from monitor.models import Role
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House

NAMES: Final = {Role.VIEWER: "Vera", Role.RESPONDER: "Rita", Role.APPROVER: "Maria", Role.ADMIN: "Ada"}
DENIED: Final = 403
RIGHTS: Final = {
    Role.VIEWER: """
        GET /            GET /live     GET /targets   GET /brief   GET /readiness   GET /subscribers
        GET /reply POST /reply
        GET /incidents/1 GET /incidents/1/reparation  GET /updates/1
    """,
    Role.RESPONDER: """
        GET /incidents/new            POST /incidents/new
        POST /incidents/1/acknowledge POST /incidents/1/takeover  POST /incidents/1/customer
        POST /incidents/1/began       POST /incidents/1/noticed   POST /incidents/1/cleared
        POST /incidents/1/merge       POST /incidents/1/split     POST /incidents/1/acts
        POST /incidents/1/followups   POST /followups/1/done      POST /incidents/1/briefed
        GET /updates/1/edit           POST /updates/1/edit        POST /updates/1/ours
        POST /updates/1/promise       POST /updates/1/reject
        POST /sample/break            POST /sample/repair
    """,
    Role.APPROVER: """
        POST /updates/1/approve POST /updates/1/agree POST /updates/1/again POST /updates/1/also
        POST /channels/lift     POST /drill   POST /subscribers/export POST /subscribers/erase
    """,
    Role.ADMIN: "",
}


def table() -> dict[tuple[str, str], Role]:
    """The least role for each method and address."""
    words = {role: cells.split() for role, cells in RIGHTS.items()}
    return {
        (method, path): role
        for role, cells in words.items()
        for method, path in zip(cells[::2], cells[1::2], strict=True)
    }


async def answered(browser: Browser, method: str, path: str, token: str) -> tuple[int, str]:
    """The status and the place of an answer, whose body may go on for ever."""
    fields = {"token": token} if method == "POST" else None
    async with browser.client.request(method, path, data=fields, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "")


def test_the_table_is_whole() -> None:
    """No address asks for another role than the table says, and none is left out of it."""
    asked = {
        (route.method, route.path.replace(f"{{id:{ROW}}}", "1")): route.role
        for route in ROUTES
        if route.role is not None
    }
    assert asked == table()


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_do_what_the_table_says(house: House, sign_in: SignIn, role: Role) -> None:
    """Each address answers whom it is for, and refuses everybody below."""
    await house.fail()
    browser, ranks = await sign_in(NAMES[role]), list(Role)
    token = (await browser.get("/")).forms["/logout"]["token"]
    for (method, path), least in table().items():
        status, _ = await answered(browser, method, path, token)
        assert (status != DENIED) == (ranks.index(role) >= ranks.index(least)), f"{role}: {method} {path} gave {status}"


async def test_a_stranger_may_do_nothing(house: House, sign_in: SignIn) -> None:
    """Whoever has signed in with nothing is sent to the sign-in, and no form of theirs does anything."""
    await house.fail()
    browser = await sign_in("Vera")
    await browser.submit(await browser.get("/"), "/logout")
    token = (await browser.get("/login")).forms["/login"]["token"]
    for method, path in table():
        status, place = await answered(browser, method, path, token)
        assert status == 401 if method == "POST" else place.startswith("/login?next="), f"{method} {path}"
