"""Drafts follow reality; every wording is kept; and what somebody saw can be held against what is."""

import pytest

from drafts.facts import UpdateKind
from monitor.ledger import approvals, audit, drafts
from monitor.ledger.store import Ledger
from tests.monitor.ledger.story import after, approve, draft, facts, notice, outage, person


async def test_a_draft_waits(ledger: Ledger) -> None:
    """A draft is an update without an approval; its words, hashes and promise are those that it was written from."""
    promise = facts(next_update=after(60))
    async with ledger.write() as s:
        incident = await outage(s)
        first = await draft(s, incident)
        await drafts.rewrite(s, first.id, notice("New"), promise, after(1))
    async with ledger.read() as s:
        (waiting,) = await drafts.waiting(s)
    assert (waiting.id, waiting.title, waiting.text_sha256) == (first.id, "New", notice("New").sha256())
    assert (waiting.facts, waiting.facts_sha256) == (promise.as_json(), promise.sha256())
    assert (waiting.next_update_at, waiting.revision) == (after(60), 2)


async def test_every_wording_is_kept(ledger: Ledger) -> None:
    """Each revision holds the words and facts of its moment, and who wrote them."""
    async with ledger.write() as s:
        ada = await person(s)
        update = await draft(s, await outage(s))
        await drafts.rewrite(s, update.id, notice("Second"), facts("flip:2"), after(1))
        await drafts.edit(s, update.id, ada.id, 2, notice("Third"), after(2))
        await drafts.refact(s, update.id, facts("flip:3"), after(3))
    async with ledger.read() as s:
        kept = [await drafts.revision(s, update.id, number) for number in (1, 2, 3, 4)]
        assert await drafts.revision(s, update.id, 5) is None
    assert [(row.title, row.facts_sha256, row.person_id) for row in kept if row] == [
        ("The first words", facts().sha256(), None),
        ("Second", facts("flip:2").sha256(), None),
        ("Third", facts("flip:2").sha256(), ada.id),
        ("Third", facts("flip:3").sha256(), ada.id),
    ]


async def test_nothing_new_is_no_revision(ledger: Ledger) -> None:
    """Rewriting a draft with the same words and facts leaves it as it is, so that nobody's page goes stale."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        await drafts.rewrite(s, update.id, notice("The first words"), facts(), after(1))
        await drafts.refact(s, update.id, facts(), after(1))
        assert (update.revision, update.changed_at) == (1, after(0.3))


async def test_an_edit_of_older_words_is_refused(ledger: Ledger) -> None:
    """Whoever edits what was rewritten meanwhile is told so, and the new words stay."""
    async with ledger.write() as s:
        ada = await person(s)
        update = await draft(s, await outage(s))
        await drafts.rewrite(s, update.id, notice("New"), facts("flip:2"), after(1))
        with pytest.raises(approvals.Stale, match="it is revision 2 now, and you saw 1"):
            await drafts.edit(s, update.id, ada.id, 1, notice("Mine"), after(2))
        assert update.title == "New"


async def test_a_machine_takes_its_draft_back(ledger: Ledger) -> None:
    """Words that the machine wrote over a human's are the machine's."""
    async with ledger.write() as s:
        ada = await person(s)
        update = await draft(s, await outage(s))
        await drafts.edit(s, update.id, ada.id, 1, notice("Mine"), after(1))
        assert update.edited_by == ada.id
        await drafts.rewrite(s, update.id, notice("New"), facts("flip:2"), after(2))
        assert update.edited_by is None


async def test_withdrawing_twice_is_withdrawing_once(ledger: Ledger) -> None:
    """A draft that is withdrawn already stays withdrawn since the first time."""
    async with ledger.write() as s:
        update = await draft(s, await outage(s))
        await drafts.withdraw(s, update.id, after(1))
        await drafts.withdraw(s, update.id, after(2))
        assert update.withdrawn_at == after(1)
        assert not await drafts.waiting(s)


async def test_a_rejection_is_kept(ledger: Ledger) -> None:
    """A rejected draft waits no more, and the record says who rejected it and why."""
    async with ledger.write() as s:
        ada = await person(s)
        update = await draft(s, await outage(s))
        await drafts.reject(s, update.id, ada.id, "planned work", after(1))
    async with ledger.read() as s:
        assert not await drafts.waiting(s)
        (kept,) = await drafts.of_incident(s, update.incident_id)
        assert (kept.rejected_at, kept.rejected_by, kept.reject_reason) == (after(1), ada.id, "planned work")
        assert [(line.actor, line.action, line.detail) for line in await audit.lines(s)] == [
            ("Ada", "rejected", "planned work")
        ]


@pytest.mark.parametrize(
    ("end", "refusal"),
    [("approve", approvals.AlreadyApproved), ("withdraw", approvals.Gone), ("reject", approvals.Gone)],
)
@pytest.mark.parametrize("change", ["rewrite", "refact", "edit", "reject"])
async def test_an_answered_draft_is_not_changed(
    ledger: Ledger, end: str, refusal: type[Exception], change: str
) -> None:
    """Once approved, withdrawn or rejected, a draft takes no new words, no new facts and no other answer."""
    async with ledger.write() as s:
        ada = await person(s)
        update = await draft(s, await outage(s))
        ends = {
            "approve": lambda: approve(s, update),
            "withdraw": lambda: drafts.withdraw(s, update.id, after(1)),
            "reject": lambda: drafts.reject(s, update.id, ada.id, "no", after(1)),
        }
        changes = {
            "rewrite": lambda: drafts.rewrite(s, update.id, notice("New"), facts("flip:2"), after(2)),
            "refact": lambda: drafts.refact(s, update.id, facts("flip:2"), after(2)),
            "edit": lambda: drafts.edit(s, update.id, ada.id, 1, notice("Mine"), after(2)),
            "reject": lambda: drafts.reject(s, update.id, ada.id, "no", after(2)),
        }
        await ends[end]()
        with pytest.raises(refusal):
            await changes[change]()


async def test_updates_of_an_incident_stand_in_order(ledger: Ledger) -> None:
    """Approved, waiting and withdrawn ones are all there, oldest first."""
    async with ledger.write() as s:
        incident = await outage(s)
        await approve(s, await draft(s, incident))
        await draft(s, incident, UpdateKind.NO_NEWS)
    async with ledger.read() as s:
        assert [update.kind for update in await drafts.of_incident(s, incident.id)] == ["first", "no_news"]
        assert [update.kind for update in await drafts.waiting(s)] == ["no_news"]
