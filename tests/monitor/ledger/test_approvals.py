"""Approval: the very words that were seen, by somebody with a name who may, once, and with all that follows."""

import json

import pytest
from sqlalchemy import func, select, text

from drafts.facts import UpdateKind
from monitor.ledger import approvals, audit, deliveries, drafts, incidents, people
from monitor.ledger.store import Ledger
from monitor.models import ActKind, Approval, DeliveryState, Role, Stage
from tests.monitor.ledger.story import after, approve, draft, facts, notice, outage, person, suspicion


async def test_a_yes_and_all_that_follows(ledger: Ledger) -> None:
    """One transaction holds the approval, a delivery a channel, the acknowledgement, and the line of the audit."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        yes = await approve(s, update, "page", "mail")
    async with ledger.read() as s:
        assert await approvals.of_update(s, update.id) == yes
        assert (yes.text_sha256, yes.revision, yes.at) == (update.text_sha256, 1, after(1))
        sendings = await deliveries.of_update(s, update.id)
        assert [(row.channel, row.state, row.attempts, row.next_attempt_at) for row in sendings] == [
            ("mail", DeliveryState.PENDING, 0, after(1)),
            ("page", DeliveryState.PENDING, 0, after(1)),
        ]
        assert [act.kind for act in await incidents.acts(s, update.incident_id)] == [ActKind.ACKNOWLEDGED]
        assert [(line.actor, line.action) for line in await audit.lines(s)] == [
            ("Ada", "acknowledged"),
            ("Ada", "approved"),
        ]
        assert not await drafts.waiting(s)


async def test_nobody_speaks_of_what_nobody_looks_at(ledger: Ledger) -> None:
    """A first notice waits until a human has taken the incident up; whoever did may be another than who approves."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        yes = {"update_id": update.id, "revision": 1, "text_sha256": update.text_sha256, "channels": ["page"]}
        asked = {**yes, "person_id": (await person(s)).id, "left_out": {}, "now": after(1)}
        with pytest.raises(approvals.NotTakenUp):
            await approvals.approve(s, **asked)
        grace = await person(s, "Grace", Role.RESPONDER)
        await incidents.act(s, update.incident_id, grace.id, ActKind.ACKNOWLEDGED, "", after(0.5))
        await approvals.approve(s, **asked)


async def test_the_audit_says_what_was_left_out(ledger: Ledger) -> None:
    """A channel that is not used, and why, is part of what a human said yes to."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        ada = await person(s)
        await incidents.act(s, update.incident_id, ada.id, ActKind.ACKNOWLEDGED, "", after(0.5))
        await approvals.approve(
            s,
            update_id=update.id,
            person_id=ada.id,
            revision=1,
            text_sha256=update.text_sha256,
            channels=["page"],
            left_out={"mail": "it is carried by what is down"},
            now=after(1),
        )
        detail = json.loads((await audit.lines(s))[-1].detail)
    assert detail == {
        "text_sha256": update.text_sha256,
        "revision": 1,
        "channels": ["page"],
        "left_out": {"mail": "it is carried by what is down"},
    }


async def test_a_delivery_has_the_key_of_its_words(ledger: Ledger) -> None:
    """The key that a receiver sees follows from the approved words and the channel alone."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        yes = await approve(s, update, "page")
        (sending,) = await deliveries.of_update(s, update.id)
    assert sending.key == approvals.key(yes, "page")


def test_keys_are_the_same_for_ever() -> None:
    """The key of the same words on the same channel never changes from version to version, and no two are the same."""
    yes = Approval(update_id=1, person_id=1, text_sha256="a" * 64, revision=1, at=after(0))
    assert approvals.key(yes, "page") == "90885e72-2cff-580e-aad1-01b6f4e1b13b"
    others = (
        (yes, "mail"),
        (yes.model_copy(update={"update_id": 2}), "page"),
        (yes.model_copy(update={"text_sha256": "b" * 64}), "page"),
    )
    assert len({approvals.key(yes, "page"), *(approvals.key(*other) for other in others)}) == 4


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        (UpdateKind.FIRST, Stage.INVESTIGATING),
        (UpdateKind.RECOVERY, Stage.MONITORING),
        (UpdateKind.RESOLVED, Stage.RESOLVED),
    ],
)
async def test_the_incident_stands_where_the_words_say(ledger: Ledger, kind: UpdateKind, stage: Stage) -> None:
    """Approving moves the stage; only a resolved update ends the incident."""
    async with ledger.write() as s:
        incident = await outage(s)
        await approve(s, await draft(s, incident, kind), minute=5)
    async with ledger.read() as s:
        found = await incidents.get(s, incident.id)
        assert found is not None
        assert found.stage is stage
        assert found.resolved_at == (after(5) if stage is Stage.RESOLVED else None)


async def test_the_end_withdraws_what_still_waited(ledger: Ledger) -> None:
    """When an incident is resolved, its other drafts are withdrawn, and the approved ones stay."""
    async with ledger.write() as s:
        incident = await outage(s)
        await approve(s, await draft(s, incident))
        await draft(s, incident, UpdateKind.RECOVERY)
        await approve(s, await draft(s, incident, UpdateKind.RESOLVED), minute=5)
        assert [update.withdrawn_at for update in await drafts.of_incident(s, incident.id)] == [None, after(5), None]


async def test_newer_words_are_not_what_was_seen(ledger: Ledger) -> None:
    """A yes to revision 1 is no yes to revision 2, nor are its words."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        seen = update.text_sha256
        await drafts.rewrite(s, update.id, notice("New"), facts("flip:2"), after(1))
    await _refused(ledger, update.id, approvals.Stale, revision=1, text_sha256=seen)
    await _refused(ledger, update.id, approvals.Stale, revision=2, text_sha256=seen)
    await _refused(ledger, update.id, approvals.Stale, revision=1, text_sha256=notice("New").sha256())


async def test_newer_facts_are_not_what_was_seen(ledger: Ledger) -> None:
    """The same words over other facts must be looked at again."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        await drafts.refact(s, update.id, facts("flip:2"), after(1))
    await _refused(ledger, update.id, approvals.Stale, revision=1, text_sha256=update.text_sha256)


async def test_tampered_words_are_not_what_was_seen(ledger: Ledger) -> None:
    """Words that were changed behind the hash's back are refused, though the hash in the row is the one seen."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        await s.execute(text("UPDATE incident_update SET body = 'all is well', revision = 2"))
    await _refused(ledger, update.id, approvals.Stale, revision=2, text_sha256=update.text_sha256)


async def test_nobody_approves_twice(ledger: Ledger) -> None:
    """The second yes is told that there is one, and nothing is sent twice."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        await approve(s, update)
    await _refused(ledger, update.id, approvals.AlreadyApproved, left=1)


async def test_what_is_gone_is_not_approved(ledger: Ledger) -> None:
    """Withdrawn and rejected drafts, and those of an incident that is over, are gone, and so is one that never was."""
    async with ledger.write() as s:
        ada = await person(s)
        incident = await outage(s)
        withdrawn, rejected, over = [await draft(s, incident) for _ in range(3)]
        await drafts.withdraw(s, withdrawn.id, after(1))
        await drafts.reject(s, rejected.id, ada.id, "no", after(1))
        await incidents.close(s, incident.id, after(2))
    for update_id in (withdrawn.id, rejected.id, over.id, 99):
        await _refused(ledger, update_id, approvals.Gone)


async def test_a_suspicion_is_not_announced(ledger: Ledger) -> None:
    """A first notice waits until the failure is confirmed."""
    async with ledger.write() as s:
        update = await draft(s, await suspicion(s))
    await _refused(ledger, update.id, approvals.Unconfirmed)


@pytest.mark.parametrize("who", ["nobody", "viewer", "responder", "disabled", "nameless"])
async def test_somebody_must_stand_behind_it(ledger: Ledger, who: str) -> None:
    """A yes needs a person who has a name, may approve and is not disabled."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        role = Role(who) if who in {"viewer", "responder"} else Role.ADMIN
        signer = await people.add(s, " " if who == "nameless" else "Vic", role, after(0))
        if who == "disabled":
            await people.disable(s, signer.id, after(0))
    await _refused(ledger, update.id, approvals.Unsigned, person_id=99 if who == "nobody" else signer.id)


async def _refused(
    ledger: Ledger, update_id: int, refusal: type[approvals.Refused], *, left: int = 0, **seen: object
) -> None:
    """The yes is refused in this way, and no approval is left behind beyond those before."""
    async with ledger.write() as s:
        ada = await person(s)
        update = await drafts.get(s, update_id)
        now = {"revision": update.revision, "text_sha256": update.text_sha256} if update else {}
        asked = {"person_id": ada.id, "revision": 1, "text_sha256": "", **now, **seen}
        with pytest.raises(refusal):
            await approvals.approve(s, update_id=update_id, channels=["page"], left_out={}, now=after(3), **asked)
    async with ledger.read() as s:
        assert await s.scalar(select(func.count()).select_from(Approval)) == left
