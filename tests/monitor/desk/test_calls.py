"""Who was called stands in the story of an incident."""

from monitor.ledger import calls
from monitor.models import Call, CallState, Signal, Why
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House


def call(house: House, incident_id: int, **changes: object) -> Call:
    """A ring by the pager."""
    told = {
        "key": "k",
        "matter": "m",
        "incident_id": incident_id,
        "why": Why.CONFIRMED,
        "signal": Signal.RING,
        "person": "Ada",
        "route": "pager",
        "title": "Sending email <fails>",
        "text": "Text",
        "link": "/",
        "at": house.now,
        "next_attempt_at": house.now,
    }
    return Call(**{**told, **changes})


async def test_every_call_is_told_with_what_came_of_it(house: House, sign_in: SignIn) -> None:
    """Whom, by which route, whether it got through, and if not why."""
    incident_id = await house.fail()
    failed = {"state": CallState.FAILED, "error": "it answered 400", "attempts": 1}
    async with house.ledger.write() as s:
        told = {"key": "t", "person": "Ben", "route": "mail", "signal": Signal.TAKEN}
        await calls.place(s, [call(house, incident_id, **failed), call(house, incident_id, **told)])
    page = await (await sign_in("Vera")).get(f"/incidents/{incident_id}")
    assert "Ada was called by pager" in page.text
    assert "Sending email &lt;fails&gt;; it did not get through: it answered 400" in page.text
    assert "Ben was told that somebody has come, by mail" in page.text
