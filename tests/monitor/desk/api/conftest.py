"""A house with an outage in it, and programs that hold tokens of the people there."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from monitor.desk.app import make
from monitor.ledger import tokens
from monitor.models import Role
from tests.monitor.desk.house import House

MONTH = timedelta(days=30)
ALERTS = "a secret for alerts of twenty letters"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    told: Any
    headers: Mapping[str, str]


@dataclass(slots=True)
class Program:
    """Something that speaks for a person, or, without a secret, for nobody."""

    client: TestClient
    secret: str = ""

    async def get(self, path: str) -> Answer:
        """Read."""
        return await self.send("GET", path)

    async def post(self, path: str, given: Any = None, **headers: str) -> Answer:
        """Do, with an empty object unless told otherwise."""
        return await self.send("POST", path, {} if given is None else given, **headers)

    async def send(self, method: str, path: str, given: Any = None, **headers: str) -> Answer:
        """Send JSON, and read what comes back."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        async with self.client.request(method, f"/api/v1{path}", json=given, headers=sent) as answer:
            told = await answer.json(content_type=None)
            return Answer(answer.status, told, answer.headers)


Speak = Callable[..., Awaitable[Program]]


@pytest.fixture
async def house(storage: dict[str, str], tmp_path: Path) -> AsyncIterator[House]:
    """A provider on whose desk nothing waits."""
    async with House.open(tmp_path, storage=storage, alerts={"token": ALERTS}) as opened:
        yield opened


@pytest.fixture
async def client(house: House) -> AsyncIterator[TestClient]:
    """Its desk, served on loopback."""
    async with TestClient(TestServer(make(house.seat()))) as opened:
        yield opened


@pytest.fixture
def speak(house: House, client: TestClient) -> Speak:
    """Gives a program a token of somebody."""

    async def give(name: str, role: Role | None = None) -> Program:
        return Program(client, await issue(house, name, role))

    return give


async def issue(house: House, name: str, role: Role | None = None) -> str:
    """A token that may what its person may, or less; gives its secret."""
    person = await house.person(name)
    async with house.ledger.write() as s:
        return await tokens.add(
            s, person, role or person.role, label="robot", expires_at=house.now + MONTH, now=house.now
        )
