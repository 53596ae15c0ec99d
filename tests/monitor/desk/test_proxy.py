"""A proxy that knows people: believed if it is ours, and not heard if it is not."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import ValidationError

from monitor.config import Desk
from monitor.desk.app import make
from monitor.ledger import people
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.house import PASSWORD, House

HEADERS = {"user_header": "Remote-User", "name_header": "Remote-Name", "groups_header": "Remote-Groups"}
OURS = {**HEADERS, "trusted_proxies": ["127.0.0.0/8", "::1"], "groups": {"on-call": "approver", "all": "viewer"}}
NORA = {"Remote-User": "nora", "Remote-Name": "Nora", "Remote-Groups": "all, on-call"}
Serve = Callable[..., Awaitable[tuple[House, TestClient]]]


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    """Serves desks that know proxies."""
    async with AsyncExitStack() as stack:

        async def one(**desk: Any) -> tuple[House, TestClient]:
            house = await stack.enter_async_context(House.open(tmp_path, desk=desk))
            client = await stack.enter_async_context(TestClient(TestServer(make(house.seat()))))
            return house, client

        yield one


async def test_whom_our_proxy_knows_is_in(serve: Serve) -> None:
    """With the role of their groups, and forms that work; and only while the proxy says so."""
    _, client = await serve(**OURS)
    async with client.get("/", headers=NORA) as answer:
        text = await answer.text()
    assert "Nora<small>approver" in text
    async with client.get("/", allow_redirects=False) as answer:
        assert answer.status == 303


async def test_a_header_from_elsewhere_is_not_heard(serve: Serve) -> None:
    """Whoever reaches the desk by another way may claim what they like."""
    house, client = await serve(**{**OURS, "trusted_proxies": ["10.0.0.0/8"]})
    async with client.get("/", headers={**NORA, "X-Forwarded-For": "10.0.0.1"}, allow_redirects=False) as answer:
        assert answer.headers["Location"].startswith("/login")
    assert not await known(house, "Nora")


async def known(house: House, name: str) -> bool:
    """Whether somebody of this name is here."""
    async with house.ledger.read() as s:
        return await people.find(s, name) is not None


async def test_two_names_are_none(serve: Serve) -> None:
    """A header that a visitor sent and the proxy did not replace signs nobody in."""
    _, client = await serve(**OURS)
    headers = [("Remote-User", "ada"), ("Remote-User", "nora"), ("Remote-Groups", "on-call")]
    async with client.get("/", headers=headers) as answer:
        assert answer.status == 400


async def test_who_is_in_no_group_stays_out(serve: Serve) -> None:
    """The mapping alone says what people may do; and our Maria is not whoever is called so elsewhere."""
    _, client = await serve(**OURS)
    for headers in ({**NORA, "Remote-Groups": "choir"}, {**NORA, "Remote-User": "m2", "Remote-Name": "Maria"}):
        async with client.get("/", headers=headers) as answer:
            assert answer.status == 403


@pytest.mark.parametrize(
    ("trusted", "status"), [(["127.0.0.0/8"], 200), (["10.0.0.0/8"], 429)], ids=["ours", "a stranger's"]
)
async def test_guesses_are_counted_where_they_come_from(serve: Serve, trusted: list[str], status: int) -> None:
    """Behind our proxy one guesser stops no other; and nobody escapes the count by writing the header themselves."""
    _, client = await serve(trusted_proxies=trusted)
    for number in range(6):
        await guess(client, f"name{number}", "203.0.113.1, 198.51.100.7")
    assert await guess(client, "Maria", "203.0.113.1, 198.51.100.8", answer=PASSWORD) == status


async def test_what_a_guesser_writes_before_our_proxy_counts_for_nothing(serve: Serve) -> None:
    """Only the address that our proxy added is the guesser's."""
    _, client = await serve(trusted_proxies=["127.0.0.0/8"])
    for number in range(6):
        await guess(client, f"name{number}", f"203.0.113.{number}, 198.51.100.7")
    assert await guess(client, "Maria", "203.0.113.99, 198.51.100.7") == 429


async def guess(client: TestClient, name: str, way: str, answer: str = "a guess") -> int:
    """One sign-in, by this way."""
    browser = Browser(client)
    form = (await browser.get("/login")).forms["/login"]
    fields = {**form, "name": name, "password": answer}
    return (await browser.post("/login", fields, X_Forwarded_For=way)).status


@pytest.mark.parametrize(
    "desk", [HEADERS, {"trusted_proxies": ["127.0.0.1"], "groups_header": "Groups"}, {"user_header": "a b"}], ids=str
)
def test_a_half_told_proxy_is_refused(desk: dict[str, Any]) -> None:
    """Headers that nobody trusted sends, or that name groups of nobody, are mistakes."""
    with pytest.raises(ValidationError):
        Desk.model_validate(desk)
