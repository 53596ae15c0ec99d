"""Incidents and what is said of them through the API, and the answers at addresses that do not take what was sent."""

import re
from datetime import timedelta

import pytest

from tests.monitor.desk.api.conftest import Speak
from tests.monitor.desk.conftest import BOTH
from tests.monitor.desk.house import House

pytestmark = BOTH


async def test_a_list_is_read_part_by_part(house: House, speak: Speak) -> None:
    """The newest first, each once, until nothing is left."""
    for name in ("smtp-submission", "imap-login", "shop"):
        await house.fail(name)
    vera = await speak("Vera")
    found, cursor = [], ""
    while cursor is not None:
        part = (await vera.get(f"/incidents?limit=2{cursor}")).told
        found += [one["id"] for one in part["items"]]
        cursor = part["next"] and f"&cursor={part['next']}"
    assert found == [3, 2, 1]
    assert [one["id"] for one in (await vera.get("/incidents?state=over")).told["items"]] == []


async def test_what_a_person_says_stands_in_their_name(house: House, speak: Speak) -> None:
    """An incident begun, taken up and explained by a program is Rita's doing, from the list of acts to its story."""
    rita = await speak("Rita")
    at = (house.now - timedelta(minutes=5)).isoformat()
    begun = await rita.post("/incidents", {"components": ["website"], "noticed": "It is blank.", "at": at})
    assert begun.status == 201, begun.told
    assert begun.headers["Location"] == "/api/v1/incidents/1"
    assert (await rita.post("/incidents/1/acknowledge")).told["held_by"] == "Rita"
    said = await rita.post("/incidents/1/acts", {"kind": "cause", "lines": ["the disk is full"]})
    assert [(act["by"], act["kind"]) for act in said.told["acts"]] == [
        ("Rita", "noticed"),
        ("Rita", "acknowledged"),
        ("Rita", "cause"),
    ]
    await house.scribe.tend()
    assert "the disk is full" in (await rita.get("/drafts/1")).told["languages"][0]["body"]


async def test_no_answer_turns_or_hides_a_letter(house: House, speak: Speak) -> None:
    """What servers and people wrote comes in ASCII, so that a terminal which shows an answer obeys none of it."""
    rita = await speak("Rita")
    await house.fail(detail="454 \u202egnp.exe\u2066 \x1b[31m")
    await rita.post("/incidents/1/acts", {"kind": "cause", "lines": ["<script> {{7*7}} \u202egnp.exe is Jörg's"]})
    await rita.post("/incidents", {"components": ["website"], "noticed": "\u202egnp.exe\x07", "at": None})
    await house.scribe.tend()
    headers = {"Authorization": f"Bearer {rita.secret}"}
    for path in ("/incidents", "/incidents/1", "/incidents/2", "/drafts", "/drafts/1", "/targets", "/incidents/0"):
        async with rita.client.get(f"/api/v1{path}", headers=headers) as answer:
            raw = await answer.read()
        assert raw.isascii(), path
        assert not re.search(rb"[\x00-\x1f\x7f]", raw), path


async def test_an_act_has_the_lines_of_its_form(house: House, speak: Speak) -> None:
    """The refusal says which."""
    await house.fail()
    answer = await (await speak("Rita")).post("/incidents/1/acts", {"kind": "checked", "lines": ["the disks"]})
    assert (answer.status, answer.told["detail"]) == (422, "A checked has 2 lines, not 1.")
    assert answer.told["advice"] == "Say: We checked · It showed."


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/nothing", 404, "There is nothing at this address."),
        ("GET", "/incidents/0", 404, "There is nothing at this address."),
        ("GET", "/incidents/7", 404, "Not done: there is no such incident."),
        ("DELETE", "/drafts/1", 405, "DELETE is not done here."),
        ("GET", "/incidents?limit=1000", 422, "The query is not what this address takes: limit:"),
        ("POST", "/incidents/1/acknowledge", 415, "The body is no JSON."),
    ],
)
async def test_what_cannot_be_answered_is_said_plainly(
    house: House, speak: Speak, method: str, path: str, status: int, said: str
) -> None:
    """With the status that programs know, and a sentence for the people behind them."""
    await house.fail()
    answer = await (await speak("Rita")).send(method, path)
    assert answer.status == status, answer.told
    assert answer.told["detail"].startswith(said)
    assert ("Allow" in answer.headers) == (status == 405)


async def test_a_key_that_nobody_knows_is_a_mistake(house: House, speak: Speak) -> None:
    """Every mistake is told at once, each with its place."""
    await house.fail()
    answer = await (await speak("Rita")).post("/incidents/1/merge", {"other": "two", "force": True})
    assert answer.status == 422
    assert [mistake["where"] for mistake in answer.told["mistakes"]] == ["other", "force"]


async def test_two_causes_are_split_and_one_cause_is_merged(house: House, speak: Speak) -> None:
    """What goes apart is an incident of its own, and comes back as part of the older one."""
    await house.fail()
    await house.fail("smtp-relay")
    rita = await speak("Rita")
    apart = await rita.post("/incidents/1/split", {"targets": ["smtp-relay"]})
    assert apart.status == 200, apart.told
    assert (apart.told["id"], [one["target"] for one in apart.told["members"]]) == (2, ["smtp-relay"])
    one = await rita.post("/incidents/2/merge", {"other": 1})
    assert (one.status, one.told["id"]) == (200, 1)
    assert sorted(member["target"] for member in one.told["members"]) == ["smtp-relay", "smtp-submission"]
    assert (await rita.get("/incidents/2")).told["merged_into"] == 1
    assert (await rita.post("/incidents/1/merge", {"other": 2_147_483_647})).status == 404


async def test_a_number_that_no_row_can_have_is_nowhere(speak: Speak) -> None:
    """404 in each database, never a fault of ours."""
    vera = await speak("Vera")
    for number in ("2147483648", "999999999999", "9" * 5000, "0", "01", "-1", "1%00"):
        for path in ("/incidents/{}", "/drafts/{}", "/incidents/{}/reparation"):
            answer = await vera.get(path.format(number))
            assert (answer.status, answer.told["detail"]) == (404, "There is nothing at this address."), number
    assert (await vera.get("/incidents/999999999")).told["detail"] == "Not done: there is no such incident."
