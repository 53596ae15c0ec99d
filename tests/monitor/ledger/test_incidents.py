"""Incidents: one open of a cause, quiet until confirmed, and ended by a human once something was published."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from drafts.facts import UpdateKind
from monitor.ledger import audit, drafts, incidents
from monitor.ledger.store import Ledger
from monitor.models import ActKind, Incident, Stage
from tests.monitor.ledger.story import NOON, after, approve, draft, member, outage, person, suspicion


async def test_an_incident_begins_quietly(ledger: Ledger) -> None:
    """It is open at once, and confirmed by nothing yet."""
    async with ledger.write() as s:
        begun = await suspicion(s)
    async with ledger.read() as s:
        found = await incidents.open_of_cause(s, "component:outgoing")
        assert found is not None
        assert (found.id, found.stage, found.opened_at, found.confirmed_at) == (
            begun.id,
            Stage.INVESTIGATING,
            NOON,
            None,
        )


async def test_one_is_open_of_a_cause(ledger: Ledger) -> None:
    """A second of the same cause is refused while the first is open, and allowed when it is over."""
    async with ledger.write() as s:
        first = await suspicion(s)
    with pytest.raises(IntegrityError):
        async with ledger.write() as s:
            await incidents.begin(s, "component:outgoing", after(1))
    async with ledger.write() as s:
        await incidents.close(s, first.id, after(1))
        second = await incidents.begin(s, "component:outgoing", after(2))
        assert [incident.id for incident in await incidents.open_all(s)] == [second.id]
        assert [incident.id for incident in await incidents.recent(s, 5)] == [second.id, first.id]


async def test_the_first_confirmation_counts(ledger: Ledger) -> None:
    """A member and its incident are confirmed once; later confirmations do not move the time."""
    async with ledger.write() as s:
        incident = await suspicion(s)
        await incidents.confirm(s, incident.id, "smtp", after(1))
        await incidents.confirm(s, incident.id, "smtp", after(2))
    async with ledger.read() as s:
        found = await incidents.get(s, incident.id)
        (part,) = await incidents.members(s, incident.id)
        assert found is not None
        assert found.confirmed_at == part.confirmed_at == after(1)


async def test_members_stand_in_the_order_in_which_they_failed(ledger: Ledger) -> None:
    """A second failing target joins the incident, after those that failed before it."""
    async with ledger.write() as s:
        incident = await suspicion(s)
        await incidents.join(s, await member(s, incident, "submission", minute=3))
        await incidents.join(s, await member(s, incident, "lmtp", minute=2))
    async with ledger.read() as s:
        assert [part.target for part in await incidents.members(s, incident.id)] == ["smtp", "lmtp", "submission"]


async def test_a_relapse_keeps_the_beginning(ledger: Ledger) -> None:
    """A member that recovered and fails again has failed since the first time, and stays confirmed."""
    async with ledger.write() as s:
        incident = await outage(s)
        await incidents.recover(s, incident.id, "smtp", after(5))
        (part,) = await incidents.members(s, incident.id)
        again = part.model_copy(update={"first_failed_at": after(7), "reason": "timeout", "confirmed_at": None})
    async with ledger.write() as s:
        await incidents.join(s, type(part)(**again.model_dump()))
    async with ledger.read() as s:
        (part,) = await incidents.members(s, incident.id)
    assert (part.first_failed_at, part.confirmed_at, part.recovered_at) == (NOON, after(0.2), None)
    assert part.failing_since == after(7)
    assert part.reason == "timeout"


async def test_recovery_is_said_once(ledger: Ledger) -> None:
    """The first good look after the failure is when a member recovered; later ones do not move the time."""
    async with ledger.write() as s:
        incident = await outage(s)
        await incidents.recover(s, incident.id, "smtp", after(5))
        await incidents.recover(s, incident.id, "smtp", after(6))
        await incidents.set_recovered(s, incident.id, after(5))
    async with ledger.read() as s:
        (part,) = await incidents.members(s, incident.id)
        found = await incidents.get(s, incident.id)
        assert found is not None
        assert part.recovered_at == found.recovered_at == after(5)


async def test_a_blip_takes_its_draft_with_it(ledger: Ledger) -> None:
    """When a suspicion was nothing, its draft is withdrawn and kept, and nobody can approve it."""
    async with ledger.write() as s:
        incident = await suspicion(s)
        first = await draft(s, incident)
        await incidents.close(s, incident.id, after(1))
    async with ledger.read() as s:
        assert not await drafts.waiting(s)
        assert [update.withdrawn_at for update in await drafts.of_incident(s, incident.id)] == [after(1)]
        assert (await drafts.get(s, first.id)) is not None


async def test_only_a_human_ends_what_was_published(ledger: Ledger) -> None:
    """Code cannot close an incident that something was published about; an approved resolved update does."""
    async with ledger.write() as s:
        incident = await outage(s)
        await approve(s, await draft(s, incident))
    with pytest.raises(IntegrityError, match="resolved by an approved update only"):
        async with ledger.write() as s:
            await incidents.close(s, incident.id, after(9))
    async with ledger.write() as s:
        await approve(s, await draft(s, incident, UpdateKind.RESOLVED), minute=9)
        found = await incidents.get(s, incident.id)
        assert found is not None
        assert (found.stage, found.resolved_at) == (Stage.RESOLVED, after(9))


async def test_an_act_is_evidence(ledger: Ledger) -> None:
    """What a human did or said is kept, in order, and the audit names them."""
    async with ledger.write() as s:
        incident = await outage(s)
        ada = await person(s)
        await incidents.act(s, incident.id, ada.id, ActKind.ACKNOWLEDGED, "", after(1))
        await incidents.act(s, incident.id, ada.id, ActKind.CAUSE, "a full disk", after(2))
    async with ledger.read() as s:
        assert [(act.kind, act.words) for act in await incidents.acts(s, incident.id)] == [
            (ActKind.ACKNOWLEDGED, ""),
            (ActKind.CAUSE, "a full disk"),
        ]
        assert [(line.actor, line.action, line.detail) for line in await audit.lines(s)] == [
            ("Ada", "acknowledged", ""),
            ("Ada", "cause", "a full disk"),
        ]


async def test_a_blip_may_go_on(ledger: Ledger) -> None:
    """The newest of its cause; it is open again, and begins when it came back."""
    async with ledger.write() as s:
        for minute in (1, 2):
            incident = await incidents.begin(s, "component:outgoing", after(minute))
            await incidents.close(s, incident.id, after(minute + 0.5))
        assert [one.id for one in await incidents.blips_since(s, after(2))] == [incident.id]
        await incidents.reopen(s, "component:outgoing", after(4))
    async with ledger.read() as s:
        found = await incidents.open_of_cause(s, "component:outgoing")
        assert found is not None
        assert (found.id, found.stage, found.opened_at) == (incident.id, Stage.INVESTIGATING, after(4))


async def test_a_suspicion_that_clears_and_comes_back_begins_anew(ledger: Ledger) -> None:
    """It was nobody's outage, so its first beginning is forgotten."""
    async with ledger.write() as s:
        incident = await suspicion(s)
        await incidents.recover(s, incident.id, "smtp", after(5))
        (part,) = await incidents.members(s, incident.id)
        again = part.model_copy(update={"first_failed_at": after(7), "last_good_at": after(6)})
    async with ledger.write() as s:
        await incidents.join(s, type(part)(**again.model_dump()))
    async with ledger.read() as s:
        (part,) = await incidents.members(s, incident.id)
    assert (part.first_failed_at, part.last_good_at, part.failing_since) == (after(7), after(6), None)


async def test_only_a_blip_is_opened_again(ledger: Ledger) -> None:
    """What was ever confirmed stays over, whoever closed it."""
    async with ledger.write() as s:
        incident = await outage(s)
        await incidents.close(s, incident.id, after(1))
    with pytest.raises(IntegrityError, match="never opened again"):
        async with ledger.write() as s:
            await s.execute(update(Incident).values(resolved_at=None, stage=Stage.INVESTIGATING))
