"""Atlassian Statuspage's write API v1, against a real HTTP server that keeps incidents as it does."""

import json
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

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


@pytest.mark.parametrize("planned", [(Stage.SCHEDULED, "identified"), (Stage.IN_PROGRESS, "monitoring")])
async def test_every_status_is_one_of_theirs(message: Message, server: Server, planned: tuple[Stage, str]) -> None:
    """Planned work is told with the statuses that an incident may have there."""
    async with hook_sink() as sink:
        sink.answers += [server] * 2
        await channel(sink).send(replace(message, stage=planned[0]))
    assert server.incidents[0]["updates"][0]["status"] == planned[1]


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
