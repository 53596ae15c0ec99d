"""Planned work through the API: each of its words is a draft, which a human approves as any other."""

from datetime import timedelta

from monitor.config import Maintenance
from monitor.scribe.account import Account
from tests.monitor.desk.api.conftest import Program, Speak
from tests.monitor.desk.conftest import BOTH
from tests.monitor.desk.house import House

pytestmark = BOTH


async def approve(program: Program) -> str:
    """Say yes to the one draft that waits; gives what kind it is."""
    (line,) = (await program.get("/drafts")).told["items"]
    draft = (await program.get(f"/drafts/{line['id']}")).told
    given = {"text_sha256": draft["text_sha256"]}
    answer = await program.post(f"/drafts/{line['id']}/approve", given, If_Match=draft["etag"])
    assert answer.status == 200, answer.told
    return str(line["kind"])


async def plan(house: House, *works: Maintenance) -> None:
    """Load the config anew with these works planned."""
    house.config = house.config.model_copy(update={"maintenance": works})
    house.scribe.account = Account(house.config)
    await house.scribe.tend()


async def test_planned_work_is_told_from_first_to_last(house: House, speak: Speak) -> None:
    """Announced, moved by the config, begun and done: four approvals, and the incident is over."""
    maria, start = await speak("Maria"), house.now + timedelta(hours=3)
    work = Maintenance(name="moving the queue", start=start, end=start + timedelta(hours=2), components=("sending",))
    await plan(house, work)
    assert await approve(maria) == "announced"
    assert (await maria.get("/incidents/1")).told["name"] == "Planned work: moving the queue"
    later = work.model_copy(update={"start": start + timedelta(hours=1), "end": start + timedelta(hours=3)})
    await plan(house, later)
    assert await approve(maria) == "postponed"
    for hours, kind in ((4, "begun"), (2.1, "done")):
        house.wait(hours=hours)
        await house.scribe.tend()
        assert await approve(maria) == kind
    assert (await maria.get("/incidents/1")).told["stage"] == "resolved"
