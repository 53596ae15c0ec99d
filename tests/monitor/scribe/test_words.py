"""What humans say, from the record to the draft: what they noticed, when it began, what is one cause or two."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts, UpdateKind
from monitor.ledger import approvals, audit, claims, incidents, merge, people, sightings
from monitor.ledger.errors import Gone, Missing, Refused, Stale
from monitor.models import ActKind, Incident, IncidentUpdate, Role
from tests.monitor.scribe.company import Company


async def said(company: Company, words: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
    """Let somebody say something, and the drafts follow."""
    async with company.ledger.write() as s:
        told = await words(s)
    await company.scribe.tend()
    return told


async def noticed(company: Company, *components: str, minutes: float = 5) -> Incident:
    """Somebody has noticed a little while ago that these fail."""
    found = company.now - timedelta(minutes=minutes)
    return await said(
        company,
        lambda s: sightings.begin(
            s, components, company.person_id, words="nobody can pay by card", noticed_at=found, now=company.now
        ),
    )


async def facts(company: Company) -> Facts:
    """What the one waiting draft states."""
    return Facts.from_json((await company.draft()).facts)


async def test_a_humans_word_opens_an_incident(company: Company) -> None:
    """The draft tells who noticed what and when, claims no check of ours, and can be approved once it is taken up."""
    incident = await noticed(company, "website")
    draft = await company.approve()
    assert (draft.kind, incident.confirmed_at) == (UpdateKind.FIRST, company.now)
    assert "Anna noticed at 13:55 UTC" in draft.body
    assert "“nobody can pay by card”" in draft.body
    assert "Sending email and Reading email work in our checks." in draft.body
    assert not any(claim in draft.body for claim in ("checks of Website", "check of Website", "has failed"))
    assert Facts.from_json(draft.facts).affected[0].evidence == ("act:1",)


async def test_what_a_human_noticed_a_human_ends(company: Company) -> None:
    """It is over when somebody says so; the recovery names them, and resolved is said by a human as ever."""
    incident = await noticed(company, "website")
    await company.approve()
    await company.wait(minutes=12)
    await said(
        company, lambda s: sightings.clear(s, incident.id, company.person_id, "paid with my own card", company.now)
    )
    draft = await company.approve()
    assert draft.kind is UpdateKind.RECOVERY
    assert "Website works again since 14:12 UTC" in draft.body
    assert "as Anna has found" in draft.body
    assert "checks" not in draft.body
    await company.wait(minutes=16)
    assert (await company.approve()).kind is UpdateKind.RESOLVED
    assert (await company.incidents())[0].resolved_at == company.now
    with pytest.raises(Gone):
        await said(company, lambda s: sightings.clear(s, incident.id, company.person_id, "again", company.now))


async def test_what_our_looks_find_later_joins_a_humans_word(company: Company) -> None:
    """One cause stays one incident: numbers take the place of words while looks fail, and end nothing alone."""
    await noticed(company, "website", "reading")
    await company.saw("web", "SFFF")
    assert len(await company.incidents()) == 1
    told = {part.component: part.noticed is not None for part in (await facts(company)).affected}
    assert told == {"Website": False, "Reading email": True}
    await company.saw("web", "SSSSSS")
    assert all(part.noticed for part in (await facts(company)).affected)
    assert (await company.incidents())[0].recovered_at is None


async def test_a_restart_forgets_no_humans_word(company: Company) -> None:
    """An incident without a look of ours is not taken for one whose targets are gone."""
    await noticed(company, "website")
    await company.begin()
    assert (await company.incidents())[0].resolved_at is None
    assert await company.kinds() == [UpdateKind.FIRST]


@pytest.mark.parametrize("components", [(), ("nothing",), ("website", "website"), ("sending",)])
async def test_a_word_names_what_is_not_open_yet(company: Company, components: tuple[str, ...]) -> None:
    """Nothing, what we do not know, one thing twice, or what has an incident already is refused; nothing is kept."""
    await company.saw("smtp-1", "SFFF")
    with pytest.raises(Refused):
        await noticed(company, *components)
    assert len(await company.incidents()) == 1


async def test_nothing_is_noticed_ahead_of_time(company: Company) -> None:
    """A time that has not come is refused."""
    with pytest.raises(Refused, match="before it happens"):
        await noticed(company, "website", minutes=-1)


async def test_a_human_widens_what_looks_have_found(company: Company) -> None:
    """To an open incident somebody adds a component that fails as well; one that another incident has is refused."""
    await company.saw("smtp-1", "SFFF")
    await company.saw("imap", "SFFF")

    async def add(s: AsyncSession, component: str) -> None:
        words: dict[str, Any] = {"words": "it is slow", "noticed_at": company.now, "now": company.now}
        await sightings.add(s, 1, [component], company.person_id, **words)

    await said(company, lambda s: add(s, "website"))
    first = next(draft for draft in await company.waiting() if draft.incident_id == 1)
    assert [part.component for part in Facts.from_json(first.facts).affected] == ["Sending email", "Website"]
    with pytest.raises(Refused, match="merge the two"):
        await said(company, lambda s: add(s, "reading"))


async def test_back_dating_tells_who_knows_and_how(company: Company) -> None:
    """The notice has both times, ours and the human's; a time that is none, or that somebody else moved, is refused."""
    await company.saw("smtp-1", "SFFF")
    began = company.now - timedelta(minutes=30)

    async def move(s: AsyncSession, seen: int, **change: Any) -> None:
        claim: dict[str, Any] = {"at": began, "reason": "the queue grew from then on", "seen": seen, **change}
        await claims.back_date(s, 1, company.person_id, now=company.now, **claim)

    await said(company, lambda s: move(s, 0))
    body = (await company.draft()).body
    assert "it began at 13:30 UTC, as Anna found (“the queue grew from then on”)" in body
    assert "has failed since 14:00 UTC" in body or "have failed since 14:00 UTC" in body
    with pytest.raises(Stale):
        await said(company, lambda s: move(s, 0))
    for at in (company.now, began - timedelta(days=400)):
        with pytest.raises(Refused):
            await said(company, lambda s, at=at: move(s, 1, at=at))


async def test_the_next_word_is_promised_within_the_limit(company: Company) -> None:
    """A human chooses when, the draft says so and holds still; beyond the limit, or of another draft, it is refused."""
    await company.saw("smtp-1", "SFFF")
    draft = await company.draft()

    async def promise(s: AsyncSession, minutes: float, revision: int) -> None:
        at = draft.created_at.replace(second=0) + timedelta(minutes=minutes)
        await claims.promise(s, draft.id, company.person_id, revision=revision, at=at, now=company.now)

    await said(company, lambda s: promise(s, 20, draft.revision))
    after = await company.draft()
    assert after.next_update_at == draft.created_at.replace(second=0) + timedelta(minutes=20)
    assert "14:20 UTC" in after.body
    await company.wait(minutes=5)
    assert (await company.draft()).next_update_at == after.next_update_at
    for minutes, revision, why in ((90, after.revision, Refused), (6, after.revision, Refused), (30, 1, Stale)):
        with pytest.raises(why):
            await said(company, lambda s, m=minutes, r=revision: promise(s, m, r))
    await company.wait(minutes=12)
    assert (await company.draft()).next_update_at > company.now + timedelta(minutes=5)


async def other(company: Company) -> int:
    """Somebody else who works there."""
    async with company.ledger.write() as s:
        person = await people.find(s, "Ben") or await people.add(s, "Ben", Role.APPROVER, company.now)
        return person.id


async def test_whoever_takes_over_signs(company: Company) -> None:
    """The notice tells who took it up first, and bears the name of who has it now; one of two at once is refused."""
    await company.saw("smtp-1", "SFFF")
    await company.take_up()
    ben = await other(company)
    await said(company, lambda s: claims.take_over(s, 1, ben, 1, company.now))
    draft = await company.draft()
    assert "Anna took this up at" in draft.body
    assert draft.body.endswith(" Ben, the Example team")
    with pytest.raises(Stale):
        await said(company, lambda s: claims.take_over(s, 1, company.person_id, 1, company.now))
    with pytest.raises(Refused, match="you have it already"):
        await said(company, lambda s: claims.take_over(s, 1, ben, 2, company.now))


async def test_a_customer_was_first_once(company: Company) -> None:
    """It is counted once for an incident, and a second time is refused."""
    await company.saw("smtp-1", "SFFF")
    await said(company, lambda s: claims.customer_first(s, 1, company.person_id, company.now))
    with pytest.raises(Refused, match="written down already"):
        await said(company, lambda s: claims.customer_first(s, 1, company.person_id, company.now))
    with pytest.raises(Missing):
        await said(company, lambda s: claims.customer_first(s, 99, company.person_id, company.now))


async def two(company: Company) -> None:
    """Two outages, taken for two causes."""
    await company.saw("smtp-1", "SFFF")
    await company.saw("imap", "SFFF")
    assert len(await company.waiting()) == 2


async def test_two_incidents_become_one(company: Company) -> None:
    """The older goes on with all that fails; what waited of the other is withdrawn, what was said of it counts."""
    await two(company)

    async def tell(s: AsyncSession) -> None:
        await incidents.act(s, 2, company.person_id, ActKind.CAUSE, "the storage is full", company.now)

    await said(company, tell)
    await said(company, lambda s: merge.merge(s, 2, 1, company.person_id, company.now))
    draft = await company.draft()
    told = Facts.from_json(draft.facts)
    assert (draft.incident_id, [part.component for part in told.affected]) == (1, ["Sending email", "Reading email"])
    assert told.cause
    assert [(one.merged_into, one.resolved_at is None) for one in await company.incidents()] == [
        (None, True),
        (1, False),
    ]
    await company.saw("imap", "SSSSSS")
    await company.saw("smtp-1", "SSSSSS")
    assert (await company.incidents())[0].recovered_at
    with pytest.raises(Gone):
        await said(company, lambda s: merge.merge(s, 1, 2, company.person_id, company.now))
    async with company.ledger.read() as s:
        lines = [(line.action, line.subject) for line in await audit.lines(s)]
    assert lines[-2:] == [("merged", "incident:1"), ("merged", "incident:2")]


async def test_what_the_public_knows_goes_on(company: Company) -> None:
    """A younger incident that was published about takes the older one in; two such stay two."""
    await two(company)
    await approve(company, 2)
    await said(company, lambda s: merge.merge(s, 1, 2, company.person_id, company.now))
    assert [one.merged_into for one in await company.incidents()] == [2, None]
    await company.saw("web", "SFFF")
    await approve(company, 3)
    with pytest.raises(Refused, match="the public was told of both"):
        await said(company, lambda s: merge.merge(s, 2, 3, company.person_id, company.now))
    with pytest.raises(Refused, match="with itself"):
        await said(company, lambda s: merge.merge(s, 2, 2, company.person_id, company.now))


async def approve(company: Company, incident_id: int) -> None:
    """Say yes to what waits of one incident."""
    async with company.ledger.write() as s:
        await incidents.act(s, incident_id, company.person_id, ActKind.ACKNOWLEDGED, "", company.now)
    await company.scribe.tend()
    draft = next(one for one in await company.waiting() if one.incident_id == incident_id)
    async with company.ledger.write() as s:
        await approvals.approve(
            s,
            update_id=draft.id,
            person_id=company.person_id,
            revision=draft.revision,
            text_sha256=draft.text_sha256,
            channels=["page"],
            left_out={},
            now=company.now,
        )
    await company.scribe.tend()


async def test_one_incident_becomes_two(company: Company) -> None:
    """What is another cause gets an incident and a draft of its own, and goes on by itself."""
    await company.saw("smtp-1", "SFFF")
    await company.saw("smtp-2", "SFFF")
    new = await said(company, lambda s: merge.split(s, 1, ["smtp-2"], company.person_id, company.now))
    drafts: dict[int, IncidentUpdate] = {draft.incident_id: draft for draft in await company.waiting()}
    assert set(drafts) == {1, new.id}
    assert all("1 of our 2 checks of Sending email has failed" in draft.body for draft in drafts.values())
    await company.saw("smtp-1", "SSSSSS")
    assert [one.recovered_at is None for one in await company.incidents()] == [False, True]
    with pytest.raises(Stale):
        await said(company, lambda s: merge.split(s, 1, ["smtp-2"], company.person_id, company.now))
    for rest in ([], ["smtp-1"]):
        with pytest.raises(Refused):
            await said(company, lambda s, rest=rest: merge.split(s, 1, rest, company.person_id, company.now))


async def test_a_cause_that_was_split_off_is_found_again(company: Company) -> None:
    """The part that gave an incident its name is gone, and a new failure of that name does not stop the judge."""
    await company.saw("smtp-1", "SFFF")

    async def widen(s: AsyncSession) -> None:
        told: dict[str, Any] = {"words": "it is slow", "noticed_at": company.now, "now": company.now}
        await sightings.add(s, 1, ["website"], company.person_id, **told)

    await said(company, widen)
    await said(company, lambda s: merge.split(s, 1, ["smtp-1"], company.person_id, company.now))
    await company.saw("smtp-1", "SSSSSSSS")
    await company.wait(minutes=40)
    await approve(company, 2)
    await company.saw("smtp-2", "SFFF")
    assert [one.id for one in await company.incidents() if one.resolved_at is None] == [1]
