"""What did not go out, through the API: an approver sends it later, or lets a channel go on, once."""

from monitor.ledger import deliveries, halts
from monitor.models import DeliveryState
from tests.monitor.desk.api.conftest import Program, Speak
from tests.monitor.desk.conftest import BOTH
from tests.monitor.desk.house import House

pytestmark = BOTH


async def published(house: House, speak: Speak) -> Program:
    """A notice that Maria has approved, while mail is left out of it."""
    await house.fail()
    maria = await speak("Maria")
    draft = (await maria.get("/drafts/1")).told
    yes = await maria.post("/drafts/1/approve", {"text_sha256": draft["text_sha256"]}, If_Match=draft["etag"])
    assert yes.status == 200, yes.told
    return maria


async def refused(house: House, channel: str) -> int:
    """The channel is told that it may not post at all; gives the delivery."""
    async with house.ledger.write() as s:
        (one,) = [delivery for delivery in await deliveries.of_update(s, 1) if delivery.channel == channel]
        epoch = await deliveries.claim(s, one.id)
        await deliveries.fail(s, one.id, "it answered 401", epoch=epoch)
        await halts.halt(s, one.id, "it answered 401", house.now)
    return one.id


async def states(house: House) -> dict[str, DeliveryState]:
    """How each sending stands."""
    async with house.ledger.read() as s:
        return {one.channel: one.state for one in await deliveries.of_update(s, 1)}


async def test_a_channel_that_stands_still_is_let_go_on(house: House, speak: Speak) -> None:
    """The list says why it stands; once it is lifted, what it was refused waits to be sent again."""
    maria = await published(house, speak)
    await refused(house, "page")
    stopped = {one["name"]: one["stopped"] for one in (await maria.get("/channels")).told["items"]}
    assert stopped == {"page": "it answered 401", "subscribers": "", "chat": ""}
    assert (await maria.post("/channels/lift", {"channel": "page"})).told == {"channel": "page"}
    assert (await states(house))["page"] is DeliveryState.PENDING
    again = await maria.post("/channels/lift", {"channel": "page"})
    assert (again.status, again.told["detail"]) == (409, "Not done: page is not stopped.")


async def test_what_was_given_up_is_sent_again(house: House, speak: Speak) -> None:
    """By the number that the draft's deliveries have; one that was not given up is not."""
    maria = await published(house, speak)
    number = await refused(house, "page")
    listed = (await maria.get("/drafts/1")).told["deliveries"]
    assert [one["state"] for one in listed if one["id"] == number] == ["failed"]
    answer = await maria.post(f"/deliveries/{number}/again")
    assert (answer.status, answer.told["channel"], answer.told["state"]) == (200, "page", "pending")
    twice = await maria.post(f"/deliveries/{number}/again")
    assert (twice.status, twice.told["detail"]) == (409, "Not done: it was not given up.")
    assert (await maria.post("/deliveries/99/again")).status == 404


async def test_what_was_left_out_is_sent_only_if_a_human_says_so(house: House, speak: Speak) -> None:
    """Once, and to a channel of the config."""
    maria = await published(house, speak)
    assert "subscribers" not in await states(house)
    also = await maria.post("/drafts/1/also", {"channel": "subscribers"})
    assert [one["channel"] for one in also.told["deliveries"]] == ["chat", "page", "subscribers"]
    assert (await maria.post("/drafts/1/also", {"channel": "subscribers"})).status == 409
    unknown = await maria.post("/drafts/1/also", {"channel": "elsewhere"})
    assert (unknown.status, unknown.told["detail"]) == (404, "There is no such channel.")
    assert len(await states(house)) == 3
