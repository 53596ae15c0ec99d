"""Who may read the metrics: everybody, or who shows the password or the token."""

import base64
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from monitor.config import Metrics
from monitor.metrics.app import make
from monitor.metrics.gauges import Gauges
from monitor.metrics.guard import Guard
from monitor.metrics.health import Pulse
from monitor.metrics.series import Series
from monitor.password import Passwords
from tests.monitor.metrics.shop import NOW

PASSWORD, TOKEN = "four wörds in a row", "a-token-of-at-least-twenty"
HASH = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
BOTH = Metrics(username="prometheus", password_hash=HASH, bearer_token=TOKEN)


def basic(username: str, password: str) -> str:
    """The header that a client sends."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


@pytest.fixture
async def client() -> AsyncIterator[TestClient]:
    """A listener that wants the password or the token."""
    async with TestClient(TestServer(listener(BOTH))) as client:
        yield client


def listener(rules: Metrics) -> object:
    """The listener for machines."""
    return make(Gauges(version="0"), Series(), Pulse(0.0), rules=rules, clock=lambda: NOW, reload=lambda: True)


@pytest.mark.parametrize("shown", [basic("prometheus", PASSWORD), f"Bearer {TOKEN}", f"bearer  {TOKEN} "])
async def test_who_shows_it_may_read(client: TestClient, shown: str) -> None:
    """Each of the two is enough, at the first scrape and at the next."""
    for _ in range(2):
        assert (await client.get("/metrics", headers={"Authorization": shown})).status == 200


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "Basic",
        "Bearer",
        "Bearer " + TOKEN[:-1],
        "Basic not base64!",
        "Basic " + base64.b64encode(b"prometheus").decode(),
        basic("prometheus", ""),
        basic("prometheus", HASH),
        basic("prometheus", PASSWORD + "!"),
        basic("grafana", PASSWORD),
        basic("", TOKEN),
        f"Digest {TOKEN}",
        "Bearer \udcff",
    ],
)
async def test_who_does_not_may_not(client: TestClient, shown: str) -> None:
    """A 401 says which ways there are, and nothing else; also after somebody else has signed in."""
    await client.get("/metrics", headers={"Authorization": basic("prometheus", PASSWORD)})
    answer = await client.get("/metrics", headers={"Authorization": shown})
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="metrics", charset="UTF-8", Bearer realm="metrics"'
    assert "ownup_" not in await answer.text()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/-/healthy", 200),
        ("GET", "/-/ready", 200),
        ("POST", "/-/reload", 401),
        ("GET", "/probe?target=shop", 401),
        ("GET", "/metrics", 401),
        ("GET", "/-/healthy/../../metrics", 401),
        ("GET", "/nowhere", 401),
    ],
)
async def test_only_health_is_open(client: TestClient, method: str, path: str, status: int) -> None:
    """An orchestrator needs no secret; whoever has none cannot even ask for a reload."""
    assert (await client.request(method, path)).status == status


@pytest.mark.parametrize(
    ("rules", "challenge"),
    [
        (Metrics(username="prometheus", password_hash=HASH), 'Basic realm="metrics", charset="UTF-8"'),
        (Metrics(bearer_token=TOKEN), 'Bearer realm="metrics"'),
    ],
)
async def test_one_way_does_not_open_the_other(rules: Metrics, challenge: str) -> None:
    """What the config does not name is no way in."""
    async with TestClient(TestServer(listener(rules))) as client:
        shown = [basic("prometheus", PASSWORD), f"Bearer {TOKEN}"]
        answers = [await client.get("/metrics", headers={"Authorization": one}) for one in shown]
        assert sorted(answer.status for answer in answers) == [200, 401]
        assert {answer.headers.get("WWW-Authenticate") for answer in answers} == {challenge, None}


async def test_without_a_rule_everybody_may_read() -> None:
    """The listener is on loopback then, unless told otherwise."""
    async with TestClient(TestServer(listener(Metrics()))) as client:
        assert (await client.get("/metrics")).status == 200


class Tally(PasswordHasher):
    """A hasher that knows how often it was asked."""

    asked = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - its own name
        self.asked += 1
        return super().verify(hash, password)


async def test_a_scrape_does_not_cost_what_a_hash_does() -> None:
    """Who has signed in is known again without another hash; a guess is hashed each time, and displaces nobody."""
    guard, tally = Guard(BOTH), Tally()
    guard._passwords = Passwords(tally)
    app = web.Application(middlewares=guard.middleware())
    asked = []
    async with TestClient(TestServer(app)) as client:
        for username, password in (
            ("prometheus", PASSWORD),
            ("prometheus", PASSWORD),
            ("prometheus", "a guess"),
            ("grafana", PASSWORD),
            ("prometheus", PASSWORD),
        ):
            await client.get("/", headers={"Authorization": basic(username, password)})
            asked.append(tally.asked)
    assert asked == [1, 1, 2, 3, 3]
