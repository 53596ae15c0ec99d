"""Incidents that turn out to have one cause, on a real record: one lives on, and nothing that was promised is lost."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from drafts.facts import Facts
from monitor.ledger import audit, drafts, incidents
from monitor.models import Incident
from tests.monitor.scribe.company import Company, opened, target


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Company]:
    """A company whose smtp-1 and web both need imap, which is seldom looked at."""
    async with opened(tmp_path) as company:
        yield await needing(company)


async def needing(company: Company) -> Company:
    """Let two targets depend on a third."""
    children = (target("smtp-1", "sending"), target("web", "website"))
    needs = [child.model_copy(update={"depends_on": ("imap",)}) for child in children]
    company.config = company.config.model_copy(update={"target": (*needs, target("imap", "reading"))})
    await company.begin()
    return company


async def both_fail(house: Company) -> None:
    """The children fail, too far apart to be one."""
    await house.saw("imap", "S")
    await house.saw("smtp-1", "SFFF")
    await house.wait(minutes=5)
    await house.saw("web", "SFFF")


async def members(house: Company, incident: Incident) -> dict[str, bool]:
    """Who is part of an incident, and whether for certain."""
    async with house.ledger.read() as s:
        return {member.target: member.confirmed_at is not None for member in await incidents.members(s, incident.id)}


async def test_one_lives_on_and_tells_of_both(house: Company) -> None:
    """Its draft is extended; the other is over with a note, and its draft is withdrawn and kept."""
    await both_fail(house)
    await house.saw("imap", "FF")
    before = await house.waiting()
    await house.saw("imap", "F")
    heir, gone = await house.incidents()
    assert (heir.resolved_at, gone.merged_into, gone.resolved_at) == (None, heir.id, house.now)
    assert await members(house, heir) == {"smtp-1": True, "web": True, "imap": True}
    draft = await house.draft()
    assert draft.id == before[0].id
    told = {part.component for part in Facts.from_json(draft.facts).affected}
    assert told == {"Sending email", "Website", "Reading email"}
    async with house.ledger.read() as s:
        kept = await drafts.get(s, before[1].id)
        assert kept is not None
        assert (kept.withdrawn_at, kept.body) == (house.now, before[1].body)
        note = next(line for line in await audit.lines(s) if line.action == "merged")
    assert (note.subject, note.actor) == (f"incident:{gone.id}", "ownup")
    assert f"part of incident {heir.id}: the failure of imap" in note.detail


async def test_it_is_over_when_all_of_it_is(house: Company) -> None:
    """The members that came along recover where they are now."""
    await both_fail(house)
    await house.saw("imap", "FFF")
    await house.saw("smtp-1", "SS")
    await house.saw("imap", "SS")
    heir, gone = await house.incidents()
    assert (heir.recovered_at, gone.recovered_at) == (None, None)
    await house.saw("web", "SS")
    heir, _ = await house.incidents()
    assert heir.recovered_at is not None


async def test_published_words_live_on(house: Company) -> None:
    """The younger one was told of, so the older one becomes part of it, and the public hears of the wider scope."""
    await house.saw("imap", "S")
    await house.saw("smtp-1", "SF")
    await house.wait(minutes=5)
    await house.saw("web", "SFFF")
    first = next(draft for draft in await house.waiting() if "Website" in draft.title)
    await house.approve(first)
    await house.saw("smtp-1", "FF")
    await house.saw("imap", "FFF")
    gone, heir = await house.incidents()
    assert (gone.merged_into, heir.id) == (first.incident_id, first.incident_id)
    (draft,) = await house.waiting()
    assert (draft.incident_id, draft.kind) == (heir.id, "scope")


async def test_two_promises_are_both_kept(house: Company) -> None:
    """Both were published: each stays open for a human to end, and so does its promise."""
    await both_fail(house)
    for draft in await house.waiting():
        await house.approve(draft)
    await house.saw("imap", "FFF")
    assert [one.resolved_at for one in await house.incidents()] == [None, None]


async def test_what_was_merged_never_goes_on(house: Company) -> None:
    """Not even if it was never confirmed, as a blip would: its target fails again in the one that lives on."""
    await house.saw("imap", "S")
    await house.saw("web", "SFFF")
    await house.wait(minutes=5)
    await house.saw("smtp-1", "SF")
    await house.saw("imap", "FFF")
    heir, gone = await house.incidents()
    assert (gone.merged_into, gone.confirmed_at) == (heir.id, None)
    await house.saw("smtp-1", "SFFF")
    assert [one.resolved_at is None for one in await house.incidents()] == [True, False]


class Killed(Exception):  # noqa: N818 - a death is no error
    """The process is no more."""


@contextmanager
def dying_at(step: int) -> Iterator[None]:
    """Die right before the n-th statement that writes, or the commit."""
    steps = count(1)

    def perhaps(*_: object) -> None:
        if next(steps) == step:
            raise Killed

    def on_statement(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            perhaps()

    event.listen(Engine, "before_cursor_execute", on_statement)
    event.listen(Engine, "commit", perhaps)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", on_statement)
        event.remove(Engine, "commit", perhaps)


async def test_a_death_at_any_step_leaves_both_or_one(tmp_path: Path) -> None:
    """Merged whole or not at all; and what was not merged is so after the next failed look."""
    async with opened(tmp_path) as company:
        house = await needing(company)
        await both_fail(house)
        await house.saw("imap", "F")
        for step in count(1):
            try:
                with dying_at(step):
                    await house.saw("imap", "FF")
            except Killed:
                await check_whole(house)
                await house.begin()
                continue
            break
        assert step > 10
        heir, gone = await house.incidents()
        assert (gone.merged_into, len(await house.waiting())) == (heir.id, 1)


async def check_whole(house: Company) -> None:
    """Both are there with their drafts, or one has all of both."""
    heir, gone = await house.incidents()
    merged = gone.merged_into is not None
    assert (len(await members(house, heir)), len(await house.waiting())) == ((3, 1) if merged else (2, 2))
    async with house.ledger.read() as s:
        assert await audit.verify(s) is None
        assert [line.action for line in await audit.lines(s)] == ["merged"] * merged
