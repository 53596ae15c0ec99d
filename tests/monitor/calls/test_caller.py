"""Who is called in the stories that an incident can tell, on a real record with the time in the test's hand."""

import asyncio
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from drafts.facts import Facts
from monitor.calls import caller
from monitor.calls.caller import Caller, House
from monitor.config import Calls
from monitor.ledger import approvals, calls, claims, drafts, incidents
from monitor.models import ActKind, CallState
from tests.monitor.calls.conftest import ANNA, BEN, Staff
from tests.monitor.scribe.company import opened


async def test_a_suspicion_calls_nobody(staff: Staff) -> None:
    """A draft lies ready from the first failed look, and everybody sleeps on."""
    await staff.saw("smtp-1", "FF")
    assert await staff.made() == []


async def test_a_confirmed_failure_calls_the_first_person_by_their_first_route(staff: Staff) -> None:
    """At once, with the draft's short text and the link to it."""
    await staff.saw("smtp-1", "FFF")
    (call,) = await staff.rows()
    draft = await staff.company.draft()
    assert (call.why, call.person, call.route, call.round) == ("confirmed", "Anna", "anna-mail", 0)
    assert (call.at, call.next_attempt_at) == (staff.company.now, staff.company.now)
    assert call.title == draft.title
    assert draft.short in call.text
    assert call.link == f"https://desk.test/updates/{draft.id}"
    assert call.link in call.text


async def test_the_record_itself_wakes_the_caller(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first call need not wait for any clock: it is written down as soon as the confirmation is."""
    monkeypatch.setattr(caller, "TICK_S", 3600.0)
    running = asyncio.create_task(staff.caller.run())
    await staff.company.saw("smtp-1", "FFF")
    async with asyncio.timeout(20):
        while not await staff.rows():
            await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_nobody_comes_so_the_next_route_the_next_person_and_a_quiet_repeat_follow(staff: Staff) -> None:
    """Two minutes, five minutes, ten minutes: each call once, whatever else wakes the caller."""
    await staff.saw("smtp-1", "FFF")
    assert await staff.new() == ["confirmed ring anna-mail 0"]
    await staff.wait(seconds=119)
    assert await staff.new() == []
    await staff.wait(seconds=1)
    assert await staff.new() == ["confirmed ring anna-phone 0"]
    await staff.wait(minutes=3)
    assert await staff.new() == ["confirmed ring pager 0"]
    await staff.wait(minutes=5)
    assert await staff.new() == ["confirmed ring anna-mail 1"]
    await staff.wait(minutes=2)
    assert await staff.new() == ["confirmed ring anna-phone 1"]


async def test_whoever_takes_it_up_stops_the_calls_and_the_others_are_told(staff: Staff) -> None:
    """Ben's pager is told that somebody came; Anna, who came, is told nothing."""
    await staff.saw("smtp-1", "FFF")
    await staff.wait(minutes=5)
    await staff.new()
    await staff.company.take_up()
    await staff.wait(seconds=1)
    assert await staff.new() == ["confirmed taken pager 0"]
    await staff.wait(minutes=14)
    assert await staff.new() == []


async def test_a_call_that_did_not_get_through_in_time_is_dropped(staff: Staff) -> None:
    """What waits for another attempt when somebody comes wakes nobody any more."""
    await staff.saw("smtp-1", "FFF")
    await staff.company.take_up()
    await staff.caller.tend()
    (call,) = await staff.rows()
    assert call.state is CallState.DROPPED


async def test_a_failed_route_is_not_waited_for(staff: Staff) -> None:
    """The first attempt by mail fails: the phone rings at once, and the mail is tried again beside it."""
    await staff.saw("smtp-1", "FFF")
    (mail,) = await staff.rows()
    async with staff.company.ledger.write() as s:
        await calls.claim(s, mail.id)
        await calls.retry(s, mail.id, "connection refused", staff.company.now)
    await staff.caller.tend()
    assert await staff.made() == ["confirmed ring anna-mail 0", "confirmed ring anna-phone 0"]


async def test_what_works_again_before_anybody_came_is_told_to_all_who_were_called(staff: Staff) -> None:
    """They may be on their way; and the draft that tells of the recovery waits for its own time."""
    await staff.saw("smtp-1", "FFF")
    await staff.wait(minutes=2)
    await staff.new()
    await staff.saw("smtp-1", "SS")
    assert await staff.new() == ["confirmed over anna-mail 0", "confirmed over anna-phone 0"]
    await staff.wait(minutes=5)
    assert await staff.new() == []


async def test_what_comes_back_calls_again(staff: Staff) -> None:
    """Anna took the first one up, and may be asleep by now; a mere suspicion calls nobody, as ever."""
    await staff.saw("smtp-1", "FFF")
    await staff.new()
    await staff.company.take_up()
    await staff.saw("smtp-1", "SSSS")
    await staff.new()
    (incident,) = await staff.company.incidents()
    assert incident.recovered_at
    await staff.saw("smtp-1", "F")
    assert await staff.new() == []
    await staff.saw("smtp-1", "FF")
    assert await staff.new() == ["confirmed ring anna-mail 0"]


async def test_whoever_looks_at_it_again_stops_the_calls_again(staff: Staff) -> None:
    """The same button as the first time; and the notice says that somebody has it only from then on."""

    async def taken() -> datetime | None:
        acknowledged = Facts.from_json((await staff.company.draft()).facts).acknowledged
        return acknowledged and acknowledged.at

    await staff.saw("smtp-1", "FFF")
    await staff.company.approve()
    await staff.saw("smtp-1", "SSSS")
    await staff.company.approve()
    await staff.saw("smtp-1", "FFF")
    assert await taken() is None
    (incident,) = await staff.company.incidents()
    async with staff.company.ledger.write() as s:
        await claims.take_up(s, incident.id, staff.company.person_id, staff.company.now)
    at = staff.company.now
    await staff.wait(minutes=10)
    rings = [made for made in await staff.made() if "confirmed ring" in made]
    assert rings == ["confirmed ring anna-mail 0"] * 2
    assert await taken() == at


async def test_what_comes_back_calls_even_where_nobody_had_to_be_called_before(staff: Staff) -> None:
    """Anna saw the suspicion at the desk and took it up, so no call was made; when it is back she may be asleep."""
    await staff.saw("smtp-1", "F")
    await staff.company.take_up()
    await staff.saw("smtp-1", "FF")
    assert await staff.made() == []
    await staff.saw("smtp-1", "SSSSFFF")
    assert await staff.new() == ["confirmed ring anna-mail 0"]


async def test_who_came_is_not_called_again_while_it_goes_on(staff: Staff) -> None:
    """What joins later, and outlasts what was first, is the same failure."""
    await staff.saw("smtp-1", "FFF")
    await staff.new()
    await staff.company.take_up()
    await staff.saw("smtp-2", "FFF")
    await staff.saw("smtp-1", "SSSS")
    await staff.wait(seconds=1)
    assert [made for made in await staff.made() if " ring " in made] == ["confirmed ring anna-mail 0"]


async def test_a_rejected_first_notice_ends_the_calls(staff: Staff) -> None:
    """A human has looked at it and said that the public needs no word."""
    await staff.saw("smtp-1", "FFF")
    await staff.new()
    await staff.company.reject()
    await staff.wait(minutes=30)
    assert await staff.made() == ["confirmed ring anna-mail 0", "confirmed over anna-mail 0"]


async def test_a_draft_that_waits_for_too_long_calls_who_took_it_up(staff: Staff) -> None:
    """Taken up, and then nothing for a quarter of an hour: Anna first, since it is hers."""
    await staff.saw("smtp-1", "FFF")
    await staff.new()
    await staff.company.take_up()
    await staff.wait(minutes=15)
    assert await staff.new() == ["approval ring anna-mail 0"]
    await staff.company.approve()
    await staff.wait(seconds=1)
    assert await staff.new() == []


async def test_a_promise_calls_before_it_is_due_and_with_the_next_person_when_it_is_late(staff: Staff) -> None:
    """The draft lies ready ten minutes ahead, the call leaves five minutes ahead; late, two people are called."""
    await staff.saw("smtp-1", "FFF")
    await staff.new()
    await staff.company.approve()
    due_at = await due(staff)
    await staff.wait(seconds=(due_at - staff.company.now).total_seconds() - 600)
    assert [draft.kind for draft in await staff.company.waiting()] == ["no_news"]
    assert await staff.new() == []
    await staff.wait(minutes=5)
    assert await staff.new() == ["due ring anna-mail 0"]
    await staff.wait(minutes=2)
    assert await staff.new() == ["due ring anna-phone 0"]
    await staff.wait(minutes=3)
    assert await staff.new() == ["late ring anna-mail 0", "late ring pager 0"]
    late = next(call for call in await staff.rows() if call.why == "late")
    assert late.title.startswith(f"Update late, promised for {due_at:%H:%M} UTC: ")
    await staff.company.approve()
    await staff.wait(seconds=1)
    assert await staff.new() == ["late over pager 0"]
    assert await due(staff) > staff.company.now


async def due(staff: Staff) -> datetime:
    """The time that the public was promised last."""
    async with staff.company.ledger.read() as s:
        (incident,) = await incidents.open_all(s)
        updates = await drafts.of_incident(s, incident.id)
        return [one.next_update_at for one in updates if await approvals.of_update(s, one.id)][-1]


async def test_blindness_calls_when_it_lasts(staff: Staff) -> None:
    """Five minutes without sight, and somebody is told why; once we see again they are told that too."""
    staff.why_blind = "our own resolver no longer answers"
    await staff.wait(seconds=1)
    await staff.wait(minutes=4)
    async with staff.company.ledger.read() as s:
        assert await calls.live(s) == []
    await staff.wait(minutes=1)
    async with staff.company.ledger.write() as s:
        (call,) = await calls.live(s)
        await calls.claim(s, call.id)
        await calls.delivered(s, call.id, "taken", staff.company.now)
    assert (call.why, call.person) == ("blind", "Anna")
    assert call.text.startswith("Our own resolver no longer answers. ")
    staff.why_blind = None
    await staff.caller.tend()
    async with staff.company.ledger.read() as s:
        told = await calls.next_due(s, "anna-mail", staff.company.now)
        assert told
        assert (told.signal, told.title) == ("over", "Over: Ownup cannot see what customers see")


async def test_a_restart_repeats_nothing_and_forgets_nothing(tmp_path: Path) -> None:
    """Another caller on the same record finds every call made, and goes on where the first one stopped."""
    async with opened(tmp_path) as company:
        await company.saw("smtp-1", "SFFF")
        for minutes in (0, 2):
            await company.wait(minutes=minutes)
            another = Caller(
                company.ledger,
                House((ANNA, BEN), Calls(), "https://desk.test", "UTC"),
                clock=lambda: company.now,
                blind=lambda: None,
            )
            await another.tend()
            await another.tend()
        async with company.ledger.read() as s:
            assert [call.route for call in await calls.live(s)] == ["anna-mail", "anna-phone"]


async def test_the_caller_rests_when_there_is_nothing_to_do(staff: Staff) -> None:
    """It writes nothing then, so that it does not wake itself for ever."""
    await staff.saw("smtp-1", "FFF")
    version = staff.company.ledger.version
    await staff.caller.tend()
    await staff.caller.tend()
    assert staff.company.ledger.version == version


async def test_any_deed_counts_as_having_come(staff: Staff) -> None:
    """Who writes down what they checked is plainly looking at it."""
    await staff.saw("smtp-1", "FFF")
    await staff.new()
    (incident,) = await staff.company.incidents()
    async with staff.company.ledger.write() as s:
        await incidents.act(
            s, incident.id, staff.company.person_id, ActKind.CHECKED, "the disk\nhas room", staff.company.now
        )
    await staff.wait(minutes=30)
    assert [made for made in await staff.made() if " ring " in made] == ["confirmed ring anna-mail 0"]
