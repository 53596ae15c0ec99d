"""Before something breaks, through the API: what is missing, and drills."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from monitor.desk.app import make
from monitor.desk.rehearsals import Rehearsals
from monitor.models import Role
from tests.monitor.desk.api.conftest import Program, Speak, issue
from tests.monitor.desk.house import House


@pytest.fixture
async def maria(tmp_path: Path) -> AsyncIterator[Program]:
    """A program of Maria's, at a desk where drills may be started, and nobody has begun to hold them yet."""
    async with House.open(tmp_path, desk={"drill_port": 9}) as house:
        rehearsals = Rehearsals(house.ledger, house.config, lambda: house.now)
        async with TestClient(TestServer(make(house.seat(rehearsals=rehearsals)))) as client:
            yield Program(client, await issue(house, "Maria"))


async def test_what_is_missing_is_said_in_whole_sentences(speak: Speak) -> None:
    """And what is left without each component."""
    ready = (await (await speak("Vera")).get("/readiness")).told
    assert any(gap.startswith("There is no [[person]]") for gap in ready["gaps"])
    sending = ready["without"][0]
    assert (sending["component"], sending["channels"]) == ("Sending email", ["page", "chat"])
    assert sending["lost"] == {"subscribers": ["Sending email"]}


async def test_a_drill_begins_once(maria: Program) -> None:
    """Its starter is the token's person; a second is refused while one goes on."""
    assert (await maria.get("/drill")).told == {"latest": None}
    begun = await maria.post("/drill", {"calls_people": True})
    assert begun.status == 200, begun.told
    latest = begun.told["latest"]
    assert (latest["asked_by"], latest["calls_people"], latest["end"]) == ("Maria", True, "")
    assert latest["url"] == "http://127.0.0.1:9"
    again = await maria.post("/drill")
    assert (again.status, again.told["detail"]) == (409, "Not started: a drill is under way already.")
    assert (await maria.get("/drill")).told == begun.told


async def test_where_none_can_be_started_the_answer_says_how(speak: Speak) -> None:
    """And who may not start one is told so."""
    answer = await (await speak("Maria")).post("/drill")
    assert (answer.status, "drill_port" in answer.told["advice"]) == (404, True)
    assert (await (await speak("Maria", Role.RESPONDER)).post("/drill")).status == 403
