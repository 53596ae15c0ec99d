"""Failing in part: neither up nor down, told with its own reason, and over when hardly any look fails."""

from monitor.court.mind import Part
from monitor.court.share import CLEAR_MAX, LOOKS, Share
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.reason import Reason
from tests.monitor.court.trial import NOON, Trial, company, node


def one_of_three() -> Trial:
    """A target of which every third look fails, for long enough to be called."""
    trial = company(node("web", partial_after=6))
    trial.saw("web", "SSF" * 7 + "S", every_s=30)
    return trial


def test_a_third_of_all_looks_is_a_failure_in_part() -> None:
    """No run of failures is long enough to call it down; its share is."""
    trial = one_of_three()
    assert trial.mind("web").verdict is Verdict.DEGRADED
    assert trial.mind("web").part is Part.CALLED
    assert trial.calls == 1
    assert trial.last is not None
    told = trial.last.testimony
    assert (told.outcome, told.reason) == (Outcome.DEGRADED, Reason.PARTIAL)
    assert told.detail == "7 of the last 20 looks failed"


def test_it_lasts_until_hardly_any_look_fails() -> None:
    """A good quarter of an hour in between does not end it; when it ends, everybody has recovered."""
    trial = one_of_three()
    trial.saw("web", "SSSSSF" * 3, every_s=30)
    assert trial.mind("web").part is Part.CALLED
    trial.saw("web", "S" * (LOOKS + 2), every_s=30)
    assert trial.mind("web").verdict is Verdict.UP
    assert trial.mind("web").part is Part.NONE
    assert trial.calls == 1


def test_without_the_setting_nothing_fails_in_part() -> None:
    """``partial_after = 0`` means what it says."""
    trial = company(node("web", partial_after=0))
    trial.saw("web", "SSF" * 20, every_s=30)
    assert trial.calls == 0


def test_what_was_down_is_not_called_a_failure_in_part_afterwards() -> None:
    """An outage fills the last looks with failures; its recovery must not be held up by them."""
    trial = company(node("web", partial_after=6))
    trial.saw("web", "S" + "F" * 12 + "SS")
    assert trial.mind("web").verdict is Verdict.UP
    assert trial.mind("web").part is Part.NONE


def test_planned_work_leaves_no_trace() -> None:
    """What fails under a plan does not count once the plan is over."""
    trial = company(node("web", partial_after=6))
    trial.saw("web", "SFF" * 6, planned=True)
    trial.saw("web", "SSS")
    assert trial.mind("web").verdict is Verdict.UP


def test_a_share_begins_with_its_first_failure() -> None:
    """The incident began when the first of these looks failed, and forgets what is more than twenty looks ago."""
    share = Share()
    share.note(NOON, failed=True, enough=2)
    share.note(NOON, failed=True, enough=2)
    assert (share.partly, share.since) == (True, NOON)
    for _ in range(LOOKS - CLEAR_MAX):
        assert share.partly
        share.note(NOON, failed=False, enough=2)
    assert not share.partly
