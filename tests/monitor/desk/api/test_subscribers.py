"""Subscribers, for programs."""

from monitor.ledger import subscribers
from monitor.ledger.subscribers import Choice
from monitor.models import Way
from tests.monitor.desk.api.conftest import Speak
from tests.monitor.desk.house import House

ANN = "ann.of.arbor@a.test"


async def test_a_program_counts_exports_and_erases(house: House, speak: Speak) -> None:
    """Whoever may look sees numbers; an approver's token gives out and erases, once."""
    async with house.ledger.write() as s:
        one = await subscribers.ask(s, Way.EMAIL, ANN, Choice("en", ("shop",)), house.now)
        await subscribers.confirm(s, one.nonce, house.now)
    viewer, approver = await speak("Vera"), await speak("Maria")
    counted = (await viewer.get("/subscribers")).told
    assert counted == {"items": [{"way": "email", "state": "confirmed", "count": 1}]}
    assert (await viewer.post("/subscribers/export", {"address": ANN})).status == 403
    kept = (await approver.post("/subscribers/export", {"address": ANN})).told["items"]
    assert (kept[0]["address"], kept[0]["components"]) == (ANN, ["shop"])
    assert (await approver.post("/subscribers/erase", {"address": ANN})).told == {"erased": 1}
    for deed in ("export", "erase"):
        assert (await approver.post(f"/subscribers/{deed}", {"address": ANN})).status == 404
    assert (await viewer.get("/subscribers")).told == {"items": []}
