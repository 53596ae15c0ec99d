"""What the court makes of looks: verdicts, flapping, slowness, planned work and our own stalls."""

from dataclasses import replace
from datetime import timedelta
from statistics import median
from time import thread_time

import pytest

from monitor.court.court import Court, Rules
from monitor.court.latency import PHASE_SAMPLES_MAX, PHASES_MAX, SAMPLES_MAX, Times
from monitor.court.mind import Part
from monitor.court.testimony import Testimony
from monitor.court.topology import Topology
from monitor.verdict import Patience, Verdict
from probes.finding import Outcome
from probes.reason import Reason
from tests.monitor.court.trial import NOON, company, node

JUDGING_S_MAX = 20e-6


def test_the_first_failure_opens_quietly_and_the_third_calls() -> None:
    """Two bars: the draft is there before anybody is called."""
    trial = company(node("web"))
    trial.saw("web", "SF")
    assert (trial.drafts, trial.calls) == (1, 0)
    trial.saw("web", "FF")
    assert (trial.drafts, trial.calls) == (1, 1)


def test_a_call_comes_at_the_threshold_and_an_end_at_its_own() -> None:
    """CASES X1, first half: two failures call once, and it takes three good looks in a row to be over."""
    trial = company(node("web", patience=Patience(failures=2, recover=3), confirm_s=(3.0,)))
    calls = []
    for look in "FFFF":
        trial.saw("web", look)
        calls.append(trial.calls)
    assert calls == [0, 1, 1, 1]
    assert trial.saw("web", "SSS") == ["down", "down", "up"]
    assert not trial.open[0].members[0].failing
    assert trial.calls == 1


def test_cases_x1() -> None:
    """Two failures alert, and three good looks resolve; what happens in between alerts nobody again."""
    trial = company(node("web", patience=Patience(2, 3)))
    assert trial.saw("web", "SFFFFSSS") == ["up", "suspect", "down", "down", "down", "down", "down", "up"]
    assert trial.calls == 1


def test_a_good_look_between_failures_keeps_it_quiet() -> None:
    """CASES X1, second half: F F S F F with a threshold of three calls nobody."""
    trial = company(node("web"))
    trial.saw("web", "SFFSFF")
    assert trial.calls == 0


def test_cases_x2() -> None:
    """S F S S with two good looks to recover: resolved only at the last, and the F calls nobody again."""
    trial = company(node("web"))
    trial.saw("web", "SFFF")
    assert trial.saw("web", "SFSS") == ["down", "down", "down", "up"]
    assert trial.calls == 1


@pytest.mark.parametrize(("relapses", "goods"), [(0, 2), (1, 4), (2, 8), (3, 16), (4, 20), (7, 20)])
def test_a_target_that_flaps_must_be_good_for_longer(relapses: int, goods: int) -> None:
    """Each relapse doubles the good looks that are asked for, up to twenty."""
    trial = company(node("web"))
    for _ in range(relapses):
        trial.saw("web", "FFF" + "S" * 20, every_s=1)
    trial.saw("web", "FFF", every_s=1)
    assert trial.saw("web", "S" * goods, every_s=1)[-2:] == ["down", "up"]


def test_an_old_relapse_is_forgotten() -> None:
    """What was down before the window asks for no more than usual."""
    trial = company(node("web"))
    trial.saw("web", "FFFSS")
    trial.wait(minutes=31)
    assert trial.saw("web", "FFFSS")[-1] == "up"


def test_a_flapping_target_is_one_case() -> None:
    """It goes on as long as nobody has ended it."""
    trial = company(node("web"))
    for _ in range(5):
        trial.saw("web", "FFF" + "S" * 20)
    assert (trial.drafts, len(trial.docket)) == (1, 1)


def test_a_blip_that_comes_back_soon_is_the_same_blip() -> None:
    """Ten suspicions in a row are one story, not ten."""
    trial = company(node("web"))
    trial.saw("web", "SFSFSFS")
    assert (trial.drafts, trial.blips) == (1, 3)
    trial.wait(minutes=31)
    trial.saw("web", "FS")
    assert trial.drafts == 2


@pytest.mark.parametrize("reason", [Reason.LATENCY, Reason.DEFERRED, Reason.SPAM_FOLDER, Reason.AUTH_TEMPORARY])
def test_lasting_slowness_opens_and_calls(reason: Reason) -> None:
    """By the same patience as a failure, and since the first slow look; once is nothing."""
    trial = company(node("mail"))
    trial.saw("mail", "SD", reason=reason)
    began = trial.now
    trial.saw("mail", "D", reason=reason)
    assert trial.drafts == 0
    trial.saw("mail", "D", reason=reason)
    (case,) = trial.open
    assert case.members[0].first_failed_at == began
    assert case.members[0].confirmed
    trial.saw("mail", "S")
    assert trial.open[0].members[0].failing
    trial.saw("mail", "S")
    assert not trial.open[0].members[0].failing


@pytest.mark.parametrize("after", ["S", "U", "SSSS"])
def test_what_is_well_when_its_plan_ends_calls_nobody(after: str) -> None:
    """Down by plan, and on its way up: the good looks that it still has to show are no outage."""
    trial = company(node("web"))
    trial.saw("web", "SFFF")
    trial.saw("web", "SS")
    trial.saw("web", "FFF", planned=True)
    calls = trial.calls
    trial.saw("web", after)
    assert (trial.mind("web").part, trial.calls) == (Part.NONE, calls)


def test_what_fails_past_its_plan_fails_since_its_end() -> None:
    """Also if we could not see at first: the planned hours are nobody's outage."""
    trial = company(node("web"))
    trial.saw("web", "S")
    trial.saw("web", "FFFF", planned=True)
    trial.saw("web", "UF")
    (case,) = trial.open
    assert case.members[0].first_failed_at == trial.now
    assert case.members[0].confirmed


def test_an_expiring_certificate_opens_nothing() -> None:
    """Customers feel nothing of it for days; the verdict tells those who must act."""
    trial = company(node("web"))
    assert trial.saw("web", "S" + "D" * 50, reason=Reason.CERT_EXPIRING)[-1] == "degraded"
    assert trial.drafts == 0


def test_slowness_that_becomes_an_outage_stays_one_case() -> None:
    """And the outage that becomes slow again, likewise."""
    trial = company(node("web"))
    trial.saw("web", "SDDD", reason=Reason.LATENCY)
    trial.saw("web", "FFF")
    trial.saw("web", "DDDDD", reason=Reason.LATENCY)
    (case,) = trial.docket
    assert case.members[0].failing
    assert trial.drafts == 1


def test_slow_by_its_own_history() -> None:
    """Five times the usual and half a second more is slow; what has become usual is not."""
    trial = company(node("web", slow_times=5.0))
    for _ in range(40):
        trial.wait(seconds=30)
        trial.hear(Testimony("web", Outcome.OK, None, trial.now, 0.2))
    counts = trial.hear(Testimony("web", Outcome.OK, None, trial.now, 0.9)).testimony
    assert counts.outcome is Outcome.OK
    counts = trial.hear(Testimony("web", Outcome.OK, None, trial.now, 1.1)).testimony
    assert (counts.outcome, counts.reason) == (Outcome.DEGRADED, Reason.LATENCY)
    for _ in range(140):
        trial.hear(Testimony("web", Outcome.OK, None, trial.now, 1.1))
    assert trial.hear(Testimony("web", Outcome.OK, None, trial.now, 1.1)).testimony.outcome is Outcome.OK


def test_a_phase_is_slow_by_its_own_history() -> None:
    """A greeting that took ten milliseconds and now takes two seconds is slow, in a look that may take ten."""
    trial = company(node("out", slow_times=5.0))
    phases = {"connect": 0.02, "greeting": 0.01, "data": 4.0}
    for number in range(40):
        phases["data"] = 2.0 + number % 5
        trial.hear(Testimony("out", Outcome.OK, None, trial.now, 6.0, phases=dict(phases)))
    assert trial.saw_in("out", 8.0, phases) is Outcome.OK
    assert trial.saw_in("out", 8.0, phases | {"greeting": 0.4}) is Outcome.OK
    assert trial.saw_in("out", 8.0, phases | {"greeting": 2.0, "connect": 0.9}) is Outcome.DEGRADED
    assert trial.last is not None
    assert trial.last.testimony.detail == "greeting took 2.000 s, where up to 0.510 s is usual"
    assert trial.last.testimony.reason is Reason.LATENCY


def test_a_phase_that_is_new_is_judged_once_it_is_known() -> None:
    """A redirect that comes into play, or STARTTLS that is offered now, is no slowness."""
    trial = company(node("out", slow_times=5.0))
    for _ in range(40):
        trial.saw_in("out", 1.0, {"connect": 0.02})
    for _ in range(29):
        assert trial.saw_in("out", 1.0, {"connect": 0.02, "starttls": 0.01}) is Outcome.OK
    assert trial.saw_in("out", 2.0, {"connect": 0.02, "starttls": 1.0}) is Outcome.OK
    assert trial.saw_in("out", 2.0, {"connect": 0.02, "starttls": 1.0}) is Outcome.DEGRADED


def test_the_memory_of_phases_has_a_limit() -> None:
    """However many names a look may bring, and however long it goes on."""
    times = Times()
    for number in range(200):
        times.learn(1.0, {f"phase-{number}": 1.0, "connect": number})
    assert len(times.phases) == PHASES_MAX
    assert len(times.phases["connect"]) == PHASE_SAMPLES_MAX
    assert times.phases["connect"].durations_s == tuple(range(200 - PHASE_SAMPLES_MAX, 200))
    assert times.whole.durations_s == (1.0,) * SAMPLES_MAX


def test_too_little_history_judges_nobody() -> None:
    """A target that we hardly know may take its time."""
    trial = company(node("web", slow_times=5.0))
    trial.saw("web", "S" * 20)
    assert trial.hear(Testimony("web", Outcome.OK, None, trial.now, 9)).testimony.outcome is Outcome.OK


def test_a_look_during_a_step_of_our_clock_does_not_vote() -> None:
    """A certificate was judged by a wrong date, or a connection died while we slept: nobody is accused of it."""
    trial = company(node("web"))
    trial.saw("web", "S")
    told = Testimony("web", Outcome.FAILED, Reason.CERT_EXPIRED, trial.now, 3.0)
    heard = trial.court.hear(told, now_s=trial.now_s, spoilt="our own clock stepped")
    assert (heard.testimony.reason, heard.testimony.detail) == (Reason.ISOLATED, "our own clock stepped")
    assert (heard.pleas, trial.mind("web").verdict) == ((), Verdict.UP)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.DEGRADED])
def test_a_look_during_our_own_stall_does_not_vote(outcome: Outcome) -> None:
    """CASES X16: it is marked, and counts as unknown."""
    trial = company(node("web"))
    trial.saw("web", "S")
    for _ in range(2):
        counts = trial.hear(Testimony("web", outcome, Reason.TIMEOUT, trial.now, 6), stalled=True).testimony
    assert (counts.outcome, counts.reason) == (Outcome.UNKNOWN, Reason.ISOLATED)
    assert (trial.mind("web").verdict, trial.drafts) == (Verdict.UP, 0)


def test_a_good_look_counts_even_after_a_stall() -> None:
    """What worked, worked."""
    trial = company(node("web"))
    trial.saw("web", "FFF")
    assert trial.hear(Testimony("web", Outcome.OK, None, trial.now, 6), stalled=True).testimony.outcome is Outcome.OK


def test_planned_work_opens_nothing_until_it_is_over() -> None:
    """CASES X12: the verdict follows reality; what fails past the end opens then, and since then."""
    trial = company(node("web"))
    assert trial.saw("web", "SFFFFFF", planned=True)[-1] == "down"
    assert trial.drafts == 0
    trial.saw("web", "F")
    (case,) = trial.open
    assert (case.members[0].first_failed_at, trial.calls) == (trial.now, 1)


def test_planned_work_that_ends_well_leaves_no_trace() -> None:
    """Nothing is said of it."""
    trial = company(node("web"))
    trial.saw("web", "SFFFFSS", planned=True)
    trial.saw("web", "SSS")
    assert trial.rulings == []


def test_an_outage_goes_on_through_planned_work() -> None:
    """What failed before is no part of the plan, and its end is told."""
    trial = company(node("web"))
    trial.saw("web", "FFF")
    trial.saw("web", "FFSS", planned=True)
    assert (trial.drafts, trial.open[0].members[0].failing) == (1, False)


def test_confirming_looks_come_on_their_schedule() -> None:
    """Three and eight seconds after the first failure; a blank look waits as long again."""
    trial = company(node("web"))
    trial.saw("web", "S")
    assert trial.last is not None
    assert trial.last.again_s is None
    trial.saw("web", "F")
    assert trial.last.again_s == pytest.approx(3.0)
    trial.saw("web", "F", every_s=3)
    assert trial.last.again_s == pytest.approx(5.0)
    trial.saw("web", "F")
    assert trial.last.again_s is None


@pytest.mark.parametrize(("hung_s", "needed"), [(0.01, 5), (2.5, 4), (8.0, 3), (60.0, 3)])
def test_a_look_that_hung_has_waited_for_the_others(hung_s: float, needed: int) -> None:
    """Confirming looks that would have come while the first failed one hung need not come; three are the least."""
    trial = company(node("web", patience=Patience(5, 2), confirm_s=(2.0, 5.0, 9.0, 13.0)))
    trial.saw("web", "S")
    for number in range(1, needed + 1):
        trial.wait(seconds=hung_s)
        trial.hear(Testimony("web", Outcome.FAILED, Reason.STATUS, trial.now, hung_s))
        assert (trial.mind("web").verdict is Verdict.DOWN) == (number == needed)


def test_judging_is_cheap() -> None:
    """At most 20 µs of CPU for one look, at the median."""
    court = Court(Topology([node("web", slow_times=5.0)]), Rules())
    told = [Testimony("web", Outcome.OK, None, NOON + timedelta(seconds=30 * n), 0.1) for n in range(2000)]
    spent: list[float] = []
    for number in range(0, len(told), 20):
        began = thread_time()
        for one in told[number : number + 20]:
            court.hear(one, now_s=one.at.timestamp())
        spent.append((thread_time() - began) / 20)
    assert median(spent) <= JUDGING_S_MAX


def test_a_court_that_never_met_a_target_judges_it_alone() -> None:
    """A name that is not in the topology has no kin and no witnesses."""
    trial = company()
    trial.saw("stranger", "FFF", reason=Reason.TIMEOUT)
    assert trial.calls == 1
    assert replace(trial.open[0]).cause == "component:stranger"
