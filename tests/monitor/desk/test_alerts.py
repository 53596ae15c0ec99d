"""Alerts from outside: Alertmanager's own notifications, and what else may come to that address."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from drafts.facts import UpdateKind
from monitor.calls.matter import matters
from monitor.calls.plights import read
from monitor.desk.alerts import NOTIFICATIONS_A_MINUTE_MAX, STRANGERS_A_MINUTE_MAX
from monitor.desk.app import make
from monitor.ledger import drafts, incidents
from monitor.models import Act, ActKind, Incident
from tests.monitor.desk.house import START, House
from tests.peers.alertmanager import Alertmanager
from tests.peers.ports import Block

TOKEN = "a token of twenty letters and more"
RULES = {"token": TOKEN, "label": "service", "components": {"mta": "sending"}}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A provider that takes alerts."""
    async with House.open(tmp_path, alerts=RULES) as opened:
        yield opened


@pytest.fixture
async def client(house: House) -> AsyncIterator[TestClient]:
    """Somebody outside."""
    async with TestClient(TestServer(make(house.seat()))) as opened:
        yield opened


def alert(status: str = "firing", fingerprint: str = "a1", service: str = "mta", **changes: Any) -> dict[str, Any]:
    """One alert as Alertmanager writes it; it began three minutes before we hear of it."""
    return {
        "status": status,
        "labels": {"alertname": "QueueTooLong", "service": service},
        "annotations": {"summary": "1200 mails wait"},
        "startsAt": (START - timedelta(minutes=3)).isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": fingerprint,
        **changes,
    }


def notification(*alerts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A notification, with the keys of newer versions too."""
    return {
        "version": "4",
        "groupKey": '{}:{alertname="QueueTooLong"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "desk",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "routeLabels": {},
        "notification_reason": "new",
        "alerts": list(alerts),
        **changes,
    }


async def post(client: TestClient, *alerts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Tell the desk, which takes it; gives its answer."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with client.post("/api/v1/alerts", json=notification(*alerts, **changes), headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def opened(house: House) -> list[Incident]:
    """Every incident that is open."""
    async with house.ledger.read() as s:
        return list(await incidents.open_all(s))


async def said(house: House, incident_id: int) -> list[Act]:
    """What was said of an incident."""
    async with house.ledger.read() as s:
        return list(await incidents.acts(s, incident_id))


async def test_an_alert_opens_an_incident_with_a_draft_and_calls_people(house: House, client: TestClient) -> None:
    """It is confirmed, since somebody else's rule has said so; what we know of begins now, and not with the alert."""
    assert await post(client, alert()) == {"taken": 1, "without_component": []}
    await house.scribe.tend()
    (incident,) = await opened(house)
    assert (incident.opened_at, incident.confirmed_at) == (START, START)
    async with house.ledger.read() as s:
        (draft,) = await drafts.waiting(s)
        (plight,) = await read(s)
    assert draft.kind is UpdateKind.FIRST
    assert "alert started at 13:59 UTC on 22 November 2026: QueueTooLong: 1200 mails wait" in draft.body
    assert "Alertmanager" in draft.body
    assert "you cannot send mail" not in draft.body.lower()
    assert [one.why for one in matters(plight, house.config.calls, START)] == ["confirmed"]


async def test_an_alert_that_is_told_again_changes_nothing(house: House, client: TestClient) -> None:
    """Alertmanager repeats itself every few hours, and after each lost answer."""
    await post(client, alert())
    await post(client, alert())
    (incident,) = await opened(house)
    assert [act.kind for act in await said(house, incident.id)] == [ActKind.ALERTED]


async def test_a_second_alert_joins_the_incident_of_its_component(house: House, client: TestClient) -> None:
    """And so does one of a component that our own looks saw fail."""
    seen = await house.fail()
    await post(client, alert(), alert(fingerprint="b2"), alert(fingerprint="c3", service="reading"))
    first, second = await opened(house)
    assert first.id == seen
    assert [act.kind for act in await said(house, first.id)].count(ActKind.ALERTED) == 2
    assert [act.kind for act in await said(house, second.id)] == [ActKind.ALERTED]


async def test_the_end_of_the_last_alert_is_a_recovery_to_be_approved(house: House, client: TestClient) -> None:
    """Until all of them have ended it goes on; and nobody but a human resolves it."""
    await post(client, alert(), alert(fingerprint="b2"))
    house.wait(minutes=10)
    await post(client, alert("resolved"))
    assert (await opened(house))[0].recovered_at is None
    await post(client, alert("resolved", fingerprint="b2"), alert("resolved", fingerprint="never-seen"))
    (incident,) = await opened(house)
    assert incident.recovered_at == house.now
    assert (await said(house, incident.id))[-1].words == "alert ended: QueueTooLong: 1200 mails wait"
    house.wait(minutes=1)
    await post(client, alert(startsAt=house.now.isoformat()))
    assert (await opened(house))[0].recovered_at is None


async def test_an_alert_of_nothing_that_we_know_is_told_back(house: House, client: TestClient) -> None:
    """A wrong label is seen at once, and the other alerts are taken."""
    told = await post(client, alert(service="printer"), alert(fingerprint="b2"))
    assert told == {"taken": 1, "without_component": ["QueueTooLong: 1200 mails wait"]}
    assert len(await opened(house)) == 1


@pytest.mark.parametrize("shown", ["", "Bearer wrong", f"Basic {TOKEN}", "Basic !", "Bearer \udcff"])
async def test_who_does_not_show_the_secret_is_turned_away(house: House, client: TestClient, shown: str) -> None:
    """And is told how to do better, not what the secret is."""
    headers = {"Authorization": shown.encode("utf-8", "surrogateescape").decode("latin-1")} if shown else {}
    async with client.post("/api/v1/alerts", json=notification(alert()), headers=headers) as answer:
        assert answer.status == 401
        assert answer.content_type == "application/problem+json"
        assert TOKEN not in await answer.text()
    assert await opened(house) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (json.dumps(notification(alert(), version="3")).encode(), 422),
        (json.dumps(notification(alert(startsAt="2026-11-22T14:00:00"))).encode(), 422),
        (json.dumps(notification({"status": "firing"})).encode(), 422),
        (json.dumps(notification(*[alert()] * 1001)).encode(), 422),
        (b" " * (1024 * 1024 + 1), 413),
    ],
    ids=["empty", "cut", "list", "version", "zone", "keys", "many", "long"],
)
async def test_what_is_no_notification_is_refused(house: House, client: TestClient, body: bytes, status: int) -> None:
    """It is said what is wrong with it and what to do, and nothing is kept of it."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with client.post("/api/v1/alerts", data=BytesIO(body), headers=headers) as answer:
        told = await answer.json(content_type="application/problem+json")
        assert (answer.status, told["status"]) == (status, status)
        assert told["advice"]
    assert await opened(house) == []


async def pour(client: TestClient, secret: str) -> tuple[int, str]:
    """Send empty notifications until one is refused for their number; gives how many went before, and the wait."""
    headers = {"Authorization": f"Bearer {secret}"}
    for count in range(NOTIFICATIONS_A_MINUTE_MAX + 1):
        async with client.post("/api/v1/alerts", json=notification(), headers=headers) as answer:
            if answer.status == 429:
                assert "nothing was taken" in (await answer.json(content_type=None))["detail"]
                return count, answer.headers["Retry-After"]
    return 0, ""


async def test_a_flood_is_told_to_come_back(house: House, client: TestClient) -> None:
    """What is over the limit of a minute is refused with how long to wait, and after that it is taken."""
    assert await pour(client, TOKEN) == (NOTIFICATIONS_A_MINUTE_MAX, "1")
    house.wait(seconds=1)
    await post(client, alert())
    assert len(await opened(house)) == 1


async def test_a_flood_of_strangers_keeps_no_alert_out(house: House, client: TestClient) -> None:
    """They are told to wait; who shows the secret meanwhile is heard at once."""
    assert await pour(client, "guess") == (STRANGERS_A_MINUTE_MAX, "2")
    await post(client, alert())
    assert len(await opened(house)) == 1
    house.wait(minutes=2)
    assert await pour(client, "guess") == (STRANGERS_A_MINUTE_MAX, "2")


async def test_hostile_words_stay_one_harmless_line(house: House, client: TestClient) -> None:
    """An alert's words are a stranger's: no markup, no line breaks, no end."""
    labels = {"alertname": "<script>alert(1)</script>\n\n# Title", "service": "mta"}
    await post(client, alert(labels=labels, annotations={"summary": "{{7*7}} " * 500}))
    await house.scribe.tend()
    async with house.ledger.read() as s:
        (draft,) = await drafts.waiting(s)
    assert "<script>" not in draft.body
    assert "\n# Title" not in draft.body
    assert len(draft.body) < 2000


async def test_without_a_secret_there_is_nothing_at_this_address(tmp_path: Path) -> None:
    """Nobody opens incidents at a desk that was not told to take alerts."""
    async with House.open(tmp_path) as quiet, TestClient(TestServer(make(quiet.seat()))) as client:
        async with client.post("/api/v1/alerts", json=notification(alert())) as answer:
            assert answer.status == 404
        assert await opened(quiet) == []


async def test_a_user_name_and_a_password_will_do(tmp_path: Path) -> None:
    """Older systems know basic authentication only."""
    rules = {"username": "am", "password": "four words in a row"}
    async with House.open(tmp_path, alerts=rules) as quiet, TestClient(TestServer(make(quiet.seat()))) as client:
        for password, status in (("wrong", 401), ("four words in a row", 200)):
            headers = {"Authorization": f"Basic {b64encode(f'am:{password}'.encode()).decode()}"}
            async with client.post("/api/v1/alerts", json=notification(), headers=headers) as answer:
                assert answer.status == status


async def test_a_real_alertmanager_tells_us(house: House, ports: Block) -> None:
    """From its own API to our record: an alert, and its end."""
    house.now = datetime.now(UTC)
    async with TestServer(make(house.seat())) as desk, aiohttp.ClientSession() as session:
        hook = {"url": f"http://127.0.0.1:{desk.port}/api/v1/alerts"}
        hook |= {"http_config": {"authorization": {"credentials": TOKEN}}}
        config = {
            "route": {"receiver": "desk", "group_by": ["alertname"], "group_wait": "10ms", "group_interval": "200ms"},
            "receivers": [{"name": "desk", "webhook_configs": [hook]}],
        }
        with Alertmanager(ports, config) as manager:
            labels = {"alertname": "QueueTooLong", "service": "mta"}
            for ended, kind in ((None, ActKind.ALERTED), (datetime.now(UTC), ActKind.CLEARED)):
                sent = {"labels": labels, "startsAt": (house.now - timedelta(minutes=1)).isoformat()}
                if ended:
                    sent["endsAt"] = ended.isoformat()
                async with session.post(f"http://127.0.0.1:{manager.port}/api/v2/alerts", json=[sent]) as answer:
                    assert answer.status == 200
                await until(house, kind)
    (incident,) = await opened(house)
    assert incident.recovered_at


async def until(house: House, kind: ActKind) -> None:
    """Wait until the record has an act of this kind."""
    async with asyncio.timeout(20):
        while True:
            for incident in await opened(house):
                if kind in [act.kind for act in await said(house, incident.id)]:
                    return
            await asyncio.sleep(0.05)
