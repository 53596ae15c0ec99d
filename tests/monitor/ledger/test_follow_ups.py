"""What somebody promised to do stays as it was promised, in both databases."""

from datetime import date

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from monitor.ledger import follow_ups
from monitor.ledger.store import Ledger
from monitor.models import FollowUp
from tests.monitor.ledger.story import after, outage, person


async def planned(ledger: Ledger) -> FollowUp:
    """An outage, and what is done so that it does not come again."""
    async with ledger.write() as s:
        incident, ada = await outage(s), await person(s)
        return await follow_ups.add(s, incident.id, ada.id, "watch the disk", "Ada", date(2026, 3, 9), after(1))


async def test_it_is_done_once(ledger: Ledger) -> None:
    """The first word counts."""
    action = await planned(ledger)
    async with ledger.write() as s:
        assert await follow_ups.done(s, action.id, action.added_by, after(2))
        assert not await follow_ups.done(s, action.id, action.added_by, after(3))
    async with ledger.read() as s:
        (told,) = await follow_ups.of_incident(s, action.incident_id)
    assert (told.done_at, told.due_on) == (after(2), date(2026, 3, 9))


@pytest.mark.parametrize(
    "attack", [update(FollowUp).values(due_on=date(2027, 1, 1)), update(FollowUp).values(owner="you"), delete(FollowUp)]
)
async def test_no_promise_is_moved(ledger: Ledger, attack: object) -> None:
    """A later day or another owner is another follow-up; the database refuses to rewrite one."""
    await planned(ledger)
    with pytest.raises(IntegrityError):
        async with ledger.write() as s:
            await s.execute(attack)
