"""Atlassian Statuspage's write API v1, against a real HTTP server that keeps incidents as it does."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from aiohttp import web

from drafts.facts import Planned
from monitor.channels.channel import Message
from monitor.channels.statuspage import Statuspage
from monitor.models import Stage
from monitor.sending.sender import Barred, Permanent, Temporary
from tests.monitor.channels.sinks import HookSink, answer, hook_sink

KEY = "89a229ce1a8dbcf9ff30430fbe35eb4c0426574bca932061892cefd2138aa4b1"


class Server:
    """One page: POST makes an incident, PATCH adds an update; a body that it takes may cost it its answer."""

    def __init__(self) -> None:
        self.incidents: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.lose: set[int] = set()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == f"OAuth {KEY}"
        if request.path == "/v1/pages/kctbh9vrtdwd":
            return web.json_response({"id": "kctbh9vrtdwd", "name": "Harbour Mail"})
        assert request.path.startswith("/v1/pages/kctbh9vrtdwd/incidents")
        number = request.path.removeprefix("/v1/pages/kctbh9vrtdwd/incidents").lstrip("/")
        self.asked.append(f"{request.method} {number}".rstrip())
        told = self._told(request.method, number, json.loads(await request.read() or b"{}"))
        if len(self.asked) in self.lose:
            request.transport.abort()
        return web.json_response(told)

    def _told(self, method: str, number: str, content: dict[str, Any]) -> object:
        if method == "GET":
            return next((one for one in self.incidents if one["id"] == number), self.incidents)
        if method == "POST":
            made = {"id": f"p31zjtct{len(self.incidents)}jer", "shortlink": "https://stspg.io/1", "updates": []}
            self.incidents.append(made)
            number = made["id"]
        (incident,) = [one for one in self.incidents if one["id"] == number]
        incident["updates"].append(content["incident"])
        incident["metadata"] = content["incident"]["metadata"]
        return incident


@pytest.fixture
def server() -> Server:
    """A page without incidents."""
    return Server()


def channel(sink: HookSink, **options: object) -> Statuspage:
    """The page, at our server."""
    where = {"url": f"http://127.0.0.1:{sink.port}", "page_id": "kctbh9vrtdwd", "api_key": KEY}
    return Statuspage.model_validate({"name": "statuspage", **where, **options})


async def test_the_first_update_makes_the_incident_and_the_next_is_added(message: Message, server: Server) -> None:
    """One incident for one of ours, in the documented shape; nobody is mailed unless somebody said so."""
    second = replace(message, key="second", stage=Stage.RESOLVED, title="It is over")
    async with hook_sink() as sink:
        sink.answers += [server] * 4
        first = await channel(sink).send(message)
        await channel(sink, deliver_notifications=True).send(replace(second, earlier=(first,)))
    assert first == "incident p31zjtct0jer https://stspg.io/1"
    assert server.asked == ["GET", "POST", "GET p31zjtct0jer", "PATCH p31zjtct0jer"]
    (incident,) = server.incidents
    made, added = incident["updates"]
    assert made == {
        "name": message.title,
        "status": "investigating",
        "body": "Sending email: you cannot send mail. Since 14:02 UTC it fails, says Zoë: follow us (https://status.test/).",
        "deliver_notifications": False,
        "metadata": {"ownup": {"thread": message.thread, "key": message.key}},
    }
    assert (added["status"], added["name"], added["deliver_notifications"]) == ("resolved", "It is over", True)


@pytest.mark.parametrize("lost", [1, 2, 3, 4])
async def test_whichever_answer_is_lost_each_update_stands_there_once(
    message: Message, server: Server, lost: int
) -> None:
    """Exactly once: a repeat finds what the request before it did, and does nothing."""
    server.lose = {lost}
    receipts: tuple[str, ...] = ()
    async with hook_sink() as sink:
        sink.answers += [server] * 9
        for key in ("first", "second"):
            for attempt in (1, 2):
                update = replace(message, key=key, attempt=attempt, earlier=receipts)
                try:
                    receipts = (await channel(sink).send(update), *receipts)
                    break
                except Temporary:
                    continue
    (incident,) = server.incidents
    assert [each["metadata"]["ownup"]["key"] for each in incident["updates"]] == ["first", "second"]


async def test_a_lost_receipt_is_no_second_incident(message: Message, server: Server) -> None:
    """Where the first update was given up, its incident is found by its thread."""
    async with hook_sink() as sink:
        sink.answers += [server] * 4
        await channel(sink).send(message)
        await channel(sink).send(replace(message, key="second"))
    assert len(server.incidents) == 1


async def test_an_incident_of_others_is_left_alone(message: Message, server: Server) -> None:
    """What bears no mark of ours, or another's, is not touched."""
    server.incidents += [
        {"id": "human", "metadata": {}, "updates": []},
        {"id": "other", "metadata": {"ownup": {"thread": "x"}}},
    ]
    async with hook_sink() as sink:
        sink.answers += [server] * 2
        await channel(sink).send(message)
    assert server.asked == ["GET", "POST"]


START = datetime(2026, 11, 29, 3, 0, tzinfo=timezone(timedelta(hours=1)))
WORK = Planned("moving mail to new disks", START, START + timedelta(hours=2), ("maintenance:1",))
TIMES = {"scheduled_for": "2026-11-29T02:00:00.000Z", "scheduled_until": "2026-11-29T04:00:00.000Z"}


async def test_planned_work_is_scheduled_maintenance(message: Message, server: Server) -> None:
    """With its times as data and each of its states, and never a word or a change that the page makes by itself."""
    receipts: tuple[str, ...] = ()
    async with hook_sink() as sink:
        sink.usual = server
        for number, stage in enumerate((Stage.SCHEDULED, Stage.IN_PROGRESS, Stage.MONITORING, Stage.RESOLVED)):
            told = replace(message, key=f"key {number}", stage=stage, planned=WORK, earlier=receipts)
            receipts = (await channel(sink).send(told), *receipts)
    (made,) = server.incidents
    assert [each["status"] for each in made["updates"]] == ["scheduled", "in_progress", "verifying", "completed"]
    assert made["updates"][0] == {
        "name": message.title,
        "status": "scheduled",
        **TIMES,
        "scheduled_remind_prior": False,
        "scheduled_auto_in_progress": False,
        "scheduled_auto_completed": False,
        "auto_transition_to_maintenance_state": False,
        "auto_transition_to_operational_state": False,
        "auto_transition_deliver_notifications_at_start": False,
        "auto_transition_deliver_notifications_at_end": False,
        "body": made["updates"][0]["body"],
        "deliver_notifications": False,
        "metadata": {"ownup": {"thread": message.thread, "key": "key 0"}},
    }
    assert all(TIMES.items() <= each.items() for each in made["updates"])


async def test_work_that_is_put_off_moves_or_ends_there(message: Message, server: Server) -> None:
    """A new time is told as one; without one it is over there, as our own page says it, until it has one again."""
    later = replace(WORK, start=WORK.start + timedelta(days=1), end=WORK.end + timedelta(days=1))
    nowhen = replace(WORK, start=None, end=None)
    async with hook_sink() as sink:
        sink.usual = server
        for number, work in enumerate((WORK, later, nowhen, later)):
            await channel(sink).send(replace(message, key=f"key {number}", stage=Stage.SCHEDULED, planned=work))
    (made,) = server.incidents
    assert [(each["status"], each.get("scheduled_for")) for each in made["updates"]] == [
        ("scheduled", "2026-11-29T02:00:00.000Z"),
        ("scheduled", "2026-11-30T02:00:00.000Z"),
        ("completed", None),
        ("scheduled", "2026-11-30T02:00:00.000Z"),
    ]


@pytest.mark.parametrize("lost", [1, 2, 3, 4])
async def test_whichever_answer_is_lost_maintenance_stands_there_once(
    message: Message, server: Server, lost: int
) -> None:
    """Exactly once, as an incident."""
    server.lose = {lost}
    async with hook_sink() as sink:
        sink.usual = server
        for key, stage in (("first", Stage.SCHEDULED), ("second", Stage.IN_PROGRESS)):
            update = replace(message, key=key, stage=stage, planned=WORK)
            for _ in range(2):
                with suppress(Temporary):
                    await channel(sink).send(update)
    (made,) = server.incidents
    assert [each["metadata"]["ownup"]["key"] for each in made["updates"]] == ["first", "second"]


async def test_long_words_keep_its_limits(message: Message, server: Server) -> None:
    """A name has at most 255 characters; a body beyond 25,000 gives way to the short form and a link."""
    async with hook_sink() as sink:
        sink.answers += [server] * 2
        await channel(sink).send(replace(message, title="T" * 300, body="b" * 25_001))
    (made,) = server.incidents[0]["updates"]
    assert made["name"] == "T" * 254 + "…"
    assert made["body"] == f"{message.short}\n\n{message.page_url}"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(401, Barred), (403, Barred), (404, Barred), (422, Permanent), (420, Temporary), (429, Temporary)],
)
async def test_its_errors_are_told_apart(message: Message, status: int, outcome: type[Exception]) -> None:
    """420 and 429 are its words for too fast; a key that is refused bars the page, and is never shown."""
    async with hook_sink() as sink:
        sink.answers.append(answer(status, json.dumps({"error": f"no {KEY}"}), Retry_After="60"))
        with pytest.raises(outcome) as refused:
            await channel(sink).send(message)
    assert type(refused.value) is outcome
    assert KEY not in str(refused.value)


async def test_what_cannot_be_read_makes_no_incident(message: Message) -> None:
    """A list that is none says nothing about what is there, so nothing is made."""
    async with hook_sink() as sink:
        sink.answers.append(answer(200, "<html>"))
        with pytest.raises(Temporary, match="no list of incidents"):
            await channel(sink).send(message)
    assert [hook.method for hook in sink.hooks] == ["GET"]
