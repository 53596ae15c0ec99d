"""From Results to drafts on a real record: the stories that an incident can tell."""

from pathlib import Path

import pytest

from drafts.facts import Facts, UpdateKind
from monitor.models import Stage
from probes.reason import Reason
from tests.monitor.scribe.company import Company, opened

FIRST, SCOPE, NO_NEWS, RECOVERY, RESOLVED, CORRECTION, REVIEW, NEWS, *_ = UpdateKind


async def test_the_first_failed_look_lays_a_draft_ready(company: Company) -> None:
    """It is there before anything is confirmed, and the incident says that it is not."""
    await company.saw("smtp-1", "F")
    assert await company.kinds() == [FIRST]
    (incident,) = await company.incidents()
    assert incident.confirmed_at is None


async def test_the_third_failure_confirms(company: Company) -> None:
    """The incident began with the first failed look, not with its confirmation."""
    await company.saw("smtp-1", "F")
    began = company.now
    await company.saw("smtp-1", "FF")
    (incident,) = await company.incidents()
    assert (incident.opened_at, incident.confirmed_at) == (began, company.now)


async def test_a_blip_is_kept_and_bothers_nobody(company: Company) -> None:
    """A suspicion that clears withdraws its draft and closes its incident."""
    await company.saw("smtp-1", "FFS")
    assert await company.kinds() == []
    (incident,) = await company.incidents()
    assert incident.resolved_at is not None
    assert incident.confirmed_at is None


async def test_unknown_looks_open_nothing(company: Company) -> None:
    """Promise 4: we could not look is not it is down."""
    await company.saw("smtp-1", "UUUUUUUU")
    assert await company.incidents() == []


async def test_a_second_failing_target_of_a_component_joins(company: Company) -> None:
    """One cause, one incident, one draft, which is written anew with the grown scope."""
    await company.saw("smtp-1", "FFF")
    before = await company.draft()
    await company.saw("smtp-2", "FFF")
    after = await company.draft()
    assert len(await company.incidents()) == 1
    assert after.id == before.id
    assert after.revision > before.revision
    assert Facts.from_json(after.facts).affected[0].total


async def test_two_components_are_two_incidents(company: Company) -> None:
    """Sending and reading fail for causes of their own until something says otherwise."""
    await company.saw("smtp-1", "FFF")
    await company.saw("imap", "FFF")
    assert len(await company.incidents()) == 2


async def test_the_facts_say_what_still_works(company: Company) -> None:
    """Only components whose every target passes are named; one that fails elsewhere is not."""
    await company.saw("smtp-1", "FFF")
    assert {w.component for w in Facts.from_json((await company.draft()).facts).working} == {"Reading email", "Website"}
    await company.saw("imap", "F")
    drafts = await company.waiting()
    assert [w.component for w in Facts.from_json(drafts[0].facts).working] == ["Website"]


async def test_more_failures_of_the_same_sort_leave_the_draft_alone(company: Company) -> None:
    """A draft that changed with every look could never be approved."""
    await company.saw("smtp-1", "FFF")
    before = await company.draft()
    await company.saw("smtp-1", "FFFFFFFF")
    assert (await company.draft()).revision == before.revision


async def test_recovery_before_approval_withdraws_the_first_notice(company: Company) -> None:
    """CASES X19: nothing is published by itself; what lies ready then says that it works again."""
    await company.saw("smtp-1", "FFFSS")
    assert await company.kinds() == [RECOVERY]


async def test_the_whole_story(company: Company) -> None:
    """First, recovery, resolved: each drafted when it becomes true, each published by a human."""
    await company.saw("smtp-1", "FFF")
    await company.approve()
    assert await company.kinds() == []
    await company.saw("smtp-1", "SS")
    recovery = await company.draft()
    assert (recovery.kind, recovery.stage) == (RECOVERY, Stage.MONITORING)
    await company.approve()
    assert await company.kinds() == []
    await company.wait(minutes=16)
    assert await company.kinds() == [RESOLVED]
    await company.approve()
    (incident,) = await company.incidents()
    assert incident.stage is Stage.RESOLVED
    assert await company.kinds() == [REVIEW]


async def test_what_was_wholly_down_is_told_so_afterwards(company: Company) -> None:
    """That nothing fails any more does not make a total outage a partial one."""
    await company.saw("smtp-1", "FFF")
    await company.saw("smtp-2", "FFF")
    await company.approve()
    await company.saw("smtp-1", "SS")
    await company.saw("smtp-2", "SS")
    await company.approve()
    await company.wait(minutes=16)
    assert "did not work from" in (await company.draft()).body


async def test_a_relapse_while_we_watch_is_the_same_incident(company: Company) -> None:
    """What was published about the recovery is no longer so, and a draft says it."""
    await company.saw("smtp-1", "FFF")
    await company.approve()
    await company.saw("smtp-1", "SS")
    await company.approve()
    await company.saw("smtp-1", "FFF")
    assert len(await company.incidents()) == 1
    assert await company.kinds() == [SCOPE]


async def test_grown_scope_after_publication_is_told(company: Company) -> None:
    """What was published said that one target of two fails; now both do."""
    await company.saw("smtp-1", "FFF")
    await company.approve()
    await company.saw("smtp-2", "FFF")
    assert await company.kinds() == [SCOPE]


async def test_a_promise_falls_due_with_no_news(company: Company) -> None:
    """A draft lies ready ten minutes before the promised time, and not before."""
    await company.saw("smtp-1", "FFF")
    published = await company.approve()
    assert published.next_update_at is not None
    await company.wait(seconds=(published.next_update_at - company.now).total_seconds() - 11 * 60)
    assert await company.kinds() == []
    await company.wait(minutes=1)
    assert await company.kinds() == [NO_NEWS]


async def test_a_draft_that_waits_too_long_promises_anew(company: Company) -> None:
    """Its promised time is never in the past when somebody comes to approve it."""
    await company.saw("smtp-1", "FFF")
    before = await company.draft()
    await company.wait(hours=2)
    after = await company.draft()
    assert after.id == before.id
    assert after.next_update_at is not None
    assert after.next_update_at > company.now


async def test_a_rejected_notice_does_not_come_back(company: Company) -> None:
    """A human said no to these facts; only other facts ask again."""
    await company.saw("smtp-1", "FFF")
    await company.reject()
    await company.saw("smtp-1", "FFF")
    assert await company.kinds() == []
    await company.saw("smtp-2", "FFF")
    assert await company.kinds() == [FIRST]


async def test_a_rejected_outage_ends_without_a_word(company: Company) -> None:
    """Who said no to its beginning is not asked about its end."""
    await company.saw("smtp-1", "FFF")
    await company.reject()
    await company.saw("smtp-1", "SS")
    assert await company.kinds() == []
    (incident,) = await company.incidents()
    assert incident.resolved_at is not None


async def test_the_story_goes_on_after_a_crash(tmp_path: Path) -> None:
    """Promise 5: what was recorded is believed again, and a recovery in our absence is noticed."""
    async with opened(tmp_path) as company:
        await company.saw("smtp-1", "SFFF")
        draft = await company.draft()
    async with opened(tmp_path) as company:
        assert (await company.draft()).id == draft.id
        await company.approve()
        await company.saw("smtp-1", "SS")
        assert await company.kinds() == [RECOVERY]
        assert len(await company.incidents()) == 1


@pytest.mark.parametrize("looks", ["F", "FFF"])
async def test_a_target_that_left_the_config_closes_what_rests_on_it(tmp_path: Path, looks: str) -> None:
    """CASES C11: nobody will ever look at it again, so its draft is closed with a note."""
    async with opened(tmp_path) as company:
        await company.saw("smtp-1", looks)
        company.config = company.config.model_copy(update={"target": company.config.target[1:]})
        await company.begin()
        assert await company.kinds() == []
        (incident,) = await company.incidents()
        assert incident.resolved_at is not None


async def test_a_check_that_is_refused_says_so(company: Company) -> None:
    """``refused`` is our check's trouble first, and the facts hand that on to the words."""
    await company.saw("web", "FFF", reason=Reason.REFUSED)
    assert Facts.from_json((await company.draft()).facts).affected[0].reason == "refused"
