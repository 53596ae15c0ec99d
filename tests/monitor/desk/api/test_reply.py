"""Answers and reparation through the API: from the record alone, in the person's name, and nothing is stored."""

from monitor.ledger import audit
from tests.monitor.desk.api.conftest import Speak
from tests.monitor.desk.house import House

MESSAGE = "Unbelievable!! When will it be fixed, and are my mails lost? XYZZY"


async def test_a_message_is_answered_from_the_record(house: House, speak: Speak) -> None:
    """What it asks is found; the answer bears the name of whose token it is."""
    await house.fail()
    answer = await (await speak("Vera")).post("/incidents/1/reply", {"message": MESSAGE})
    assert answer.status == 200, answer.told
    assert (answer.told["language"], answer.told["asks"]) == ("en", ["fixed", "lost"])
    assert "We do not know yet when it will be fixed." in answer.told["public"]
    assert "\N{EN DASH} Vera" in answer.told["public"] + answer.told["private"]
    async with house.ledger.read() as s:
        assert "XYZZY" not in "".join(f"{line.subject}{line.detail}" for line in await audit.lines(s))


async def test_what_people_cannot_write_about_has_no_answer(house: House, speak: Speak) -> None:
    """An incident that nothing has confirmed, or that is none, or no message at all."""
    await house.fail(confirmed=False)
    vera = await speak("Vera")
    for number in (1, 2):
        answer = await vera.post(f"/incidents/{number}/reply", {"message": MESSAGE})
        assert (answer.status, answer.told["advice"]) == (404, "The lists show what there is.")
    assert (await vera.post("/incidents/1/reply", {"message": " \x00"})).status == 422


async def test_what_is_owed_is_worked_out_for_programs_too(house: House, speak: Speak) -> None:
    """With whatever a human has decided; what is not confirmed owes nothing."""
    await house.fail()
    rita = await speak("Rita")
    assert (await rita.get("/incidents/1/reparation")).told == {"incident": 1, "decision": "", "lines": []}
    await rita.post("/incidents/1/acts", {"kind": "amends", "lines": ["a day's fee"]})
    assert (await rita.get("/incidents/1/reparation")).told["decision"].startswith("We give: a day's fee (Rita, ")
    assert (await rita.get("/incidents/9/reparation")).status == 404
