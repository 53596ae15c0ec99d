"""Calls in the record: what is claimed by one, what never changes, and what is over."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from monitor.ledger import calls
from monitor.ledger.store import Ledger
from monitor.models import Call, CallState, Signal, Why

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def call(key: str, *, matter: str = "m", route: str = "pager", at: datetime = NOON) -> Call:
    """A ring of nobody in particular."""
    return Call(
        key=key,
        matter=matter,
        why=Why.BLIND,
        signal=Signal.RING,
        person="Ada",
        route=route,
        title="Title",
        text="Text",
        link="https://desk.test/",
        at=at,
        next_attempt_at=at,
    )


async def placed(ledger: Ledger, *new: Call) -> list[int]:
    """Write these down; gives their ids."""
    async with ledger.write() as s:
        await calls.place(s, new)
        return [one.id for one in new]


async def test_a_key_is_placed_once(ledger: Ledger) -> None:
    """Whoever decides the same twice finds it there, and the database holds it in any case."""
    await placed(ledger, call("one"))
    async with ledger.read() as s:
        assert [one.key for one in await calls.unplaced(s, [call("one"), call("two")])] == ["two"]
    with pytest.raises(IntegrityError):
        await placed(ledger, call("one"))


async def test_a_call_is_claimed_by_one(ledger: Ledger) -> None:
    """The second comes too late, and what came through is not claimed again."""
    (number,) = await placed(ledger, call("one"))
    async with ledger.write() as s:
        assert await calls.claim(s, number)
        assert not await calls.claim(s, number)
        assert await calls.delivered(s, number, "202", NOON)
        assert not await calls.fail(s, number, "late")
        assert not await calls.claim(s, number)


async def test_the_oldest_that_is_due_comes_first(ledger: Ledger) -> None:
    """One that waits for another attempt, or belongs to another route, holds up nobody."""
    first, _, _ = await placed(ledger, call("one"), call("two", route="mail"), call("three"))
    async with ledger.write() as s:
        await calls.claim(s, first)
        await calls.retry(s, first, "busy", NOON + timedelta(minutes=1))
        due = await calls.next_due(s, "pager", NOON)
        assert due
        assert due.key == "three"
        assert await calls.due_at(s, "pager") == NOON
        assert await calls.pending_counts(s) == {"pager": 2, "mail": 1}


async def test_what_is_over_is_over(ledger: Ledger) -> None:
    """Rings that wait are dropped, those under way are left to end, and the matter lives no more."""
    under_way, waiting = await placed(ledger, call("one"), call("two", route="mail"))
    async with ledger.write() as s:
        await calls.claim(s, under_way)
        await calls.drop(s, "m", Signal.RING, "not needed")
        await calls.close(s, "m", NOON)
        assert list(await calls.live(s)) == []
        assert (await s.get_one(Call, under_way)).state is CallState.SENDING
        assert (await s.get_one(Call, waiting)).state is CallState.DROPPED


async def test_a_dead_process_leaves_its_calls_to_be_made_again(ledger: Ledger) -> None:
    """Those of its own route only."""
    mine, other = await placed(ledger, call("one"), call("two", route="mail"))
    async with ledger.write() as s:
        await calls.claim(s, mine)
        await calls.claim(s, other)
        assert await calls.unclaim_all(s, "pager") == 1
        assert (await s.get_one(Call, other, populate_existing=True)).state is CallState.SENDING


@pytest.mark.parametrize("change", ["key = 'x'", "person = 'Eve'", "state = 'pending', delivered_at = NULL"])
async def test_what_came_through_stays_as_it_is(ledger: Ledger, change: str) -> None:
    """The database itself refuses, whatever code of ours forgets."""
    (number,) = await placed(ledger, call("one"))
    async with ledger.write() as s:
        await calls.claim(s, number)
        await calls.delivered(s, number, "202", NOON)
    with pytest.raises(IntegrityError, match="a call"):
        async with ledger.write() as s:
            await s.execute(text(f"UPDATE call SET {change}"))  # noqa: S608 - a row of the table
    with pytest.raises(IntegrityError, match="nothing is ever deleted"):
        async with ledger.write() as s:
            await s.execute(text("DELETE FROM call"))
