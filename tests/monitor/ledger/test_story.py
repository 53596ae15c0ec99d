"""What happened, read across incidents and targets."""

from monitor.ledger import drafts, incidents
from monitor.ledger import story as told
from monitor.ledger.store import Ledger
from tests.monitor.ledger import story


async def test_what_fails_for_certain(ledger: Ledger) -> None:
    """Confirmed members of open incidents, until they recover; a suspicion is not among them."""
    async with ledger.write() as s:
        certain = await story.outage(s)
        await story.suspicion(s, "component:other", "pop")
    async with ledger.read() as s:
        assert [member.target for member in await told.failing(s)] == ["smtp"]
    async with ledger.write() as s:
        await incidents.recover(s, certain.id, "smtp", story.after(5))
    async with ledger.read() as s:
        assert await told.failing(s) == []


async def test_components_come_by_incident(ledger: Ledger) -> None:
    """Those of several incidents in one go, the first to fail first, with how many of their targets fail now."""
    async with ledger.write() as s:
        one = await story.outage(s)
        await incidents.join(s, await story.member(s, one, "relay", minute=1))
        other = await story.suspicion(s, "component:other", "pop")
        await incidents.recover(s, other.id, "pop", story.after(5))
    async with ledger.read() as s:
        found = await told.hit_by(s, [one.id, other.id])
        assert [part.failing for part in found[one.id]] == [2]
        assert [part.failing for part in found[other.id]] == [0]
        assert await told.hit_by(s, []) == {}


async def test_components_that_fail_are_known_by_looks_and_by_word(ledger: Ledger) -> None:
    """Confirmed failures and what humans noticed, in open incidents, until each is over; a suspicion is no failure."""
    async with ledger.write() as s:
        certain = await story.outage(s)
        await story.suspicion(s, "component:other", "pop")
    async with ledger.read() as s:
        (mine,) = await incidents.members(s, certain.id)
        assert await told.failing_components(s) == {mine.component_id}
    async with ledger.write() as s:
        await incidents.recover(s, certain.id, "smtp", story.after(5))
    async with ledger.read() as s:
        assert await told.failing_components(s) == frozenset()


async def test_flips_come_newest_first_and_bounded(ledger: Ledger) -> None:
    """Only of the incident's targets and of the time that were asked for, and not more than wanted."""
    async with ledger.write() as s:
        incident = await story.outage(s)
        await incidents.join(s, await story.member(s, incident, "relay"))
        await story.flip(s, "pop")
    async with ledger.read() as s:
        now = {"since": story.NOON, "until": story.after(1)}
        found = await told.flips_during(s, incident.id, **now, limit=10)
        assert {flip.target for flip in found} == {"smtp", "relay"}
        assert found[0].target == "relay"
        assert len(await told.flips_during(s, incident.id, **now, limit=1)) == 1
        later = {"since": story.after(1), "until": story.after(2)}
        assert await told.flips_during(s, incident.id, **later, limit=10) == []


async def test_every_wording_is_told(ledger: Ledger) -> None:
    """All revisions of an incident's drafts, the newest first, and none of another's."""
    async with ledger.write() as s:
        ours = await story.draft(s, await story.outage(s))
        await drafts.rewrite(s, ours.id, story.notice("It is worse"), story.facts(), story.after(3))
        await story.draft(s, await story.outage(s, "component:other", "pop"))
    async with ledger.read() as s:
        found = await told.revisions_of(s, ours.incident_id, limit=10)
        assert [(revision.update_id, revision.number) for revision in found] == [(ours.id, 2), (ours.id, 1)]
        assert len(await told.revisions_of(s, ours.incident_id, limit=1)) == 1
