"""Flips and standings move together, and only from where they are believed to be."""

from sqlalchemy import func, select

from monitor.ledger import flips
from monitor.ledger.store import Ledger
from monitor.models import Flip
from monitor.verdict import Verdict
from tests.monitor.ledger.story import NOON, after, flip


async def test_the_first_flip_makes_the_standing(ledger: Ledger) -> None:
    """A target never judged before stands where its first flip leads, and names that flip as its reason."""
    async with ledger.write() as s:
        first = await flip(s, before="unknown", after="up")
    async with ledger.read() as s:
        standing = (await flips.standings(s))["smtp"]
    assert (standing.verdict, standing.flip_id, standing.since) == (Verdict.UP, first.id, NOON)


async def test_a_flip_moves_the_standing(ledger: Ledger) -> None:
    """A flip from the verdict in force takes the standing with it, and what it knows."""
    async with ledger.write() as s:
        await flip(s, before="unknown", after="up")
        second = flip_of(before="up", after="suspect")
        assert await flips.record(s, second, first_failed_at=after(1), last_good_at=NOON)
    async with ledger.read() as s:
        standing = (await flips.standings(s))["smtp"]
    assert (standing.verdict, standing.flip_id) == (Verdict.SUSPECT, second.id)
    assert (standing.first_failed_at, standing.last_good_at) == (after(1), NOON)


async def test_who_comes_second_changes_nothing(ledger: Ledger) -> None:
    """A flip from a verdict that is no longer in force is refused, and leaves no row."""
    async with ledger.write() as s:
        await flip(s, before="unknown", after="down")
        assert not await flips.record(s, flip_of(before="unknown", after="up"), first_failed_at=None, last_good_at=None)
    async with ledger.read() as s:
        assert await s.scalar(select(func.count()).select_from(Flip)) == 1
        assert (await flips.standings(s))["smtp"].verdict is Verdict.DOWN


def flip_of(before: str, after: str) -> Flip:
    """A flip that is not in the record yet."""
    return Flip(
        target="smtp",
        component_id="outgoing",
        kind="smtp",
        at=NOON,
        before=Verdict(before),
        after=Verdict(after),
        result="{}",
    )


async def test_many_flips_are_stored_in_order(ledger: Ledger) -> None:
    """Each must find the verdict that the one before it left, and who does not is left out alone."""
    async with ledger.write() as s:
        await flip(s, before="unknown", after="up")
        steps = [flip_of("up", "suspect"), flip_of("unknown", "degraded"), flip_of("suspect", "down")]
        assert await flips.record_all(s, [(step, (after(1), NOON)) for step in steps]) == [True, False, True]
    async with ledger.read() as s:
        standing = (await flips.standings(s))["smtp"]
        assert await s.scalar(select(func.count()).select_from(Flip)) == 3
    assert (standing.verdict, standing.flip_id) == (Verdict.DOWN, steps[2].id)
