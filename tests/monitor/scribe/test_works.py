"""Planned work is told before, at its begin, at its end, and when it moves; a human approves each word."""

from datetime import datetime, timedelta

from drafts.facts import Facts, UpdateKind
from monitor.config import Maintenance
from monitor.models import Stage
from monitor.scribe.account import Account
from tests.monitor.scribe.company import Company

ANNOUNCED, BEGUN, DONE, POSTPONED = UpdateKind.ANNOUNCED, UpdateKind.BEGUN, UpdateKind.DONE, UpdateKind.POSTPONED


def move(company: Company, hours: float = 30, **changes: object) -> Maintenance:
    """Work on the sending of mail, so many hours ahead, for two hours."""
    start = company.now + timedelta(hours=hours)
    given = {"name": "moving the queue", "start": start, "end": start + timedelta(hours=2), "components": ("sending",)}
    return Maintenance(**{**given, **changes})


async def plan(company: Company, *works: Maintenance) -> None:
    """Load the config anew with these works planned, and no others."""
    config = company.config.model_copy(update={"maintenance": works})
    company.scribe.account = Account(config)
    await company.scribe.tend()


async def until(company: Company, moment: datetime | None) -> None:
    """Let time pass up to this moment."""
    assert moment is not None
    await company.wait(seconds=(moment - company.now).total_seconds())


def planned(facts: str) -> tuple[datetime | None, datetime | None]:
    """From when until when the work is, by these facts."""
    plan = Facts.from_json(facts).planned
    assert plan is not None
    return plan.start, plan.end


async def test_work_is_announced_a_day_before(company: Company) -> None:
    """Until then nothing is drafted; then the draft says when, and what customers will not be able to do."""
    work = move(company)
    await plan(company, work)
    assert await company.kinds() == []
    await company.wait(hours=6)
    draft = await company.draft()
    assert (draft.kind, draft.stage) == (ANNOUNCED, Stage.SCHEDULED)
    assert "you may be unable to send mail" in draft.body
    assert draft.next_update_at == work.start


async def test_the_whole_story_of_a_work(company: Company) -> None:
    """Announced, begun, done: each drafted when it is so, each published by a human; then the record is closed."""
    work = move(company, hours=3)
    await plan(company, work)
    await company.approve()
    assert await company.kinds() == []
    await until(company, work.start)
    begun = await company.approve()
    assert (begun.kind, begun.stage, begun.next_update_at) == (BEGUN, Stage.IN_PROGRESS, work.end)
    await until(company, work.end)
    done = await company.approve()
    assert (done.kind, done.stage) == (DONE, Stage.RESOLVED)
    assert "passes our checks now" in done.body
    (incident,) = await company.incidents()
    assert incident.resolved_at == company.now
    assert await company.kinds() == []


async def test_it_is_not_done_while_checks_fail(company: Company) -> None:
    """At the end of the time nobody says that it is done, unless every check of it passes."""
    work = move(company, hours=1)
    await plan(company, work)
    await company.approve()
    await until(company, work.start)
    await company.approve()
    await company.saw("smtp-1", "F")
    await until(company, work.end)
    assert DONE not in await company.kinds()
    await company.saw("smtp-1", "SS")
    assert DONE in await company.kinds()


async def test_work_that_moves_is_postponed(company: Company) -> None:
    """What we announced is no longer so: the draft names both times, and once told, nothing more is due."""
    work = move(company, hours=3)
    await plan(company, work)
    await company.approve()
    later = work.model_copy(update={"start": work.start + timedelta(days=2), "end": work.end + timedelta(days=2)})
    await plan(company, later)
    moved = await company.draft()
    assert (moved.kind, moved.stage, planned(moved.facts)) == (POSTPONED, Stage.SCHEDULED, (later.start, later.end))
    assert "The new time is" in moved.body
    await company.approve()
    assert await company.kinds() == []
    await until(company, later.start)
    assert await company.kinds() == [BEGUN]


async def test_work_that_takes_longer_says_so(company: Company) -> None:
    """An end that is moved while the work goes on is told as that."""
    work = move(company, hours=1)
    await plan(company, work)
    await company.approve()
    await until(company, work.start)
    await company.approve()
    await plan(company, work.model_copy(update={"end": work.end + timedelta(hours=1)}))
    longer = await company.approve()
    assert (longer.kind, longer.stage) == (POSTPONED, Stage.IN_PROGRESS)
    assert "takes longer than we announced" in longer.body
    await until(company, work.end)
    assert await company.kinds() == []


async def test_work_that_is_taken_out_is_put_off(company: Company) -> None:
    """Whoever was told of it is told that it will not be; with that word the matter is closed."""
    await plan(company, move(company, hours=3))
    await company.approve()
    await plan(company)
    off = await company.approve()
    assert (off.kind, off.stage) == (POSTPONED, Stage.RESOLVED)
    assert "There is no new time yet" in off.body
    (incident,) = await company.incidents()
    assert incident.resolved_at is not None


async def test_a_draft_follows_the_config_until_it_is_published(company: Company) -> None:
    """Work that moves before anybody was told is no postponement: the announcement is rewritten."""
    work = move(company, hours=3)
    await plan(company, work)
    before = await company.draft()
    await plan(company, work.model_copy(update={"end": work.end + timedelta(hours=1)}))
    after = await company.draft()
    assert (after.id, after.kind) == (before.id, ANNOUNCED)
    assert after.revision > before.revision


async def test_a_no_holds(company: Company) -> None:
    """Work that a human did not want announced is not proposed again, and ends without a word."""
    work = move(company, hours=1)
    await plan(company, work)
    await company.reject()
    await until(company, work.start)
    assert await company.kinds() == []
    await until(company, work.end)
    (incident,) = await company.incidents()
    assert incident.resolved_at is not None
    await company.wait(minutes=1)
    assert len(await company.incidents()) == 1


async def test_nobody_is_told_of_work_that_asks_for_silence(company: Company) -> None:
    """A weekly restart that nobody notices need not be announced."""
    await plan(company, move(company, hours=1, announce="0s"))
    assert await company.kinds() == []
    assert await company.incidents() == []


async def test_work_that_comes_again_is_announced_each_time(company: Company) -> None:
    """Each time has an incident of its own."""
    daily = Maintenance(name="updates", cron="0 20 * * *", lasts="1h", announce="2h", components=("website",))
    await plan(company, daily)
    assert await company.kinds() == []
    await company.wait(hours=4.5)
    assert await company.kinds() == [ANNOUNCED]
    await company.wait(hours=4)
    assert await company.kinds() == []
    await company.wait(hours=20)
    assert await company.kinds() == [ANNOUNCED]
    assert len(await company.incidents()) == 2


async def test_a_restart_forgets_no_work(company: Company) -> None:
    """What was announced stays open although no target is part of it."""
    await plan(company, move(company, hours=3))
    await company.judge.retire()
    assert await company.kinds() == [ANNOUNCED]
