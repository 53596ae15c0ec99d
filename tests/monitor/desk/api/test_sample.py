"""The sample servers through the API: real ones, broken and repaired."""

from dataclasses import replace

from aiohttp.test_utils import TestClient, TestServer

from monitor.desk.app import make
from monitor.sample import Ports, Sample, running
from tests.monitor.desk.api.conftest import Program, Speak, issue
from tests.monitor.desk.house import House

WORKING = {"web": "working", "smtp": "working", "imap": "working"}


async def test_a_part_breaks_and_is_repaired(house: House) -> None:
    """The answer says how all of them stand by then."""
    async with running(Ports(*[0] * 6)) as sample:
        seat = replace(house.seat(), sample=sample)
        async with TestClient(TestServer(make(seat))) as client:
            rita = Program(client, await issue(house, "Rita"))
            assert (await rita.get("/sample")).told == {"parts": WORKING}
            broken = await rita.post("/sample/break", {"part": "smtp"})
            assert (broken.status, broken.told) == (200, {"parts": {**WORKING, "smtp": "broken"}})
            assert (await rita.post("/sample/repair", {"part": "smtp"})).told == {"parts": WORKING}


async def test_servers_that_do_not_answer_are_said_to_be_so(house: House) -> None:
    """502, with what to do."""
    seat = replace(house.seat(), sample=Sample(Ports(control=9)))
    async with TestClient(TestServer(make(seat))) as client:
        answer = await Program(client, await issue(house, "Rita")).post("/sample/break", {"part": "web"})
    assert (answer.status, answer.told["advice"]) == (502, "Start the daemon anew.")
    assert "no sample host answers" in answer.told["detail"]


async def test_outside_sample_mode_there_is_nothing_to_break(speak: Speak) -> None:
    """404, and which mode has it."""
    rita = await speak("Rita")
    for answer in (await rita.get("/sample"), await rita.post("/sample/repair", {"part": "web"})):
        assert (answer.status, "ownup run --sample" in answer.told["advice"]) == (404, True)
