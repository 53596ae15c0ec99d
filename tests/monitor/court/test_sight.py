"""Are we blind? Whom we ask before we believe a failure, and what becomes of looks while we cannot see."""

from datetime import timedelta

import pytest

from monitor.court.case import Open
from monitor.court.testimony import Testimony
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.reason import Reason
from tests.monitor.court.trial import Trial, company, node

GONE = Reason.CONNECT_TIMEOUT
ANCHORS = (node("north", host="north.example", anchor=True), node("south", host="south.example", anchor=True))


def strangers(count: int) -> Trial:
    """Targets of as many hosts and domains, all well."""
    trial = company(*(node(f"t{number}") for number in range(count)))
    for number in range(count):
        trial.saw(f"t{number}", "S")
    return trial


def anchored(*more: str) -> Trial:
    """One target, or some, and two anchors, all well."""
    trial = company(node("web"), *(node(name) for name in more), *ANCHORS)
    for name in ("web", *more, "north", "south"):
        trial.saw(name, "S")
    return trial


def test_anchors_are_asked_before_a_failure_is_believed() -> None:
    """The failed look waits; once an anchor answers it counts, and its draft opens."""
    trial = anchored()
    trial.saw("web", "F", reason=GONE)
    assert trial.asked == ["north", "south"]
    assert trial.drafts == 0
    trial.saw("north", "S", every_s=0.1)
    assert trial.drafts == 1


def test_anchors_that_fail_as_well_mean_that_we_are_blind() -> None:
    """CASES X10: no incident; the look counts as unknown, isolated; one alarm."""
    trial = anchored()
    trial.saw("web", "F", reason=GONE)
    trial.saw("north", "F", reason=GONE)
    assert trial.last is not None
    assert trial.last.blinded == ()
    trial.saw("south", "F", reason=GONE)
    assert trial.last.blinded == ("4",)
    trial.saw("web", "FFFFF", reason=GONE)
    assert trial.last.testimony.reason is Reason.ISOLATED
    assert trial.last.blinded == ()
    assert (trial.rulings, trial.mind("web").verdict) == ([], Verdict.UNKNOWN)


def test_names_on_one_address_bear_no_witness_for_one_another() -> None:
    """Five names on one server: its outage is an outage, not our own."""
    trial = strangers(5)
    assert trial.topology.witnesses("t0", "4")
    for number in range(5):
        trial.saw_in(f"t{number}", 0.1, {}, "192.0.2.7")
    assert trial.topology.witnesses("t0", "4") == ()
    for number in range(5):
        trial.saw(f"t{number}", "F", reason=GONE, every_s=1)
    assert (trial.drafts, trial.court.sight.blind) == (1, {})


def test_anchors_that_see_decide() -> None:
    """However many targets fail, it is they."""
    trial = anchored("shop", "mail", "blog", "docs", "wiki")
    for name in ("web", "shop", "mail", "blog", "docs", "wiki"):
        trial.saw(name, "F", reason=GONE, every_s=0.1)
    trial.saw("south", "S", every_s=0.1)
    assert trial.drafts == 6


def test_looks_that_began_before_the_failure_ended_prove_nothing() -> None:
    """The anchor was well a second ago; that is asked again, not believed."""
    trial = anchored()
    trial.saw("web", "F", reason=GONE)
    trial.wait(seconds=0.5)
    trial.asked.clear()
    trial.hear(Testimony("north", Outcome.OK, None, trial.now, duration_s=2))
    assert trial.drafts == 0
    assert trial.asked == ["north"]


def test_a_witness_that_never_answers_is_none() -> None:
    """After its own timeout and a little the failure is believed: an outage must not wait for ever."""
    trial = anchored()
    trial.saw("web", "F", reason=GONE)
    trial.saw("web", "F", reason=GONE, every_s=20)
    assert trial.drafts == 1


def test_an_answer_from_the_far_end_needs_no_witness() -> None:
    """A server that says 500 was reached."""
    trial = anchored()
    trial.saw("web", "F", reason=Reason.STATUS)
    assert (trial.drafts, trial.asked) == (1, [])


def test_most_strangers_failing_together_mean_that_we_are_blind() -> None:
    """Without anchors, targets of other hosts and domains bear witness."""
    trial = strangers(50)
    for number in range(50):
        trial.saw(f"t{number}", "F", reason=GONE, every_s=0.2)
    assert trial.rulings == []
    assert list(trial.court.sight.blind) == ["4"]


def test_three_targets_of_one_server_are_a_real_outage() -> None:
    """Kin bear no witness for each other, so nothing is asked."""
    nodes = [node("web", host="a.example"), node("mail", host="mail.a.example"), node("api", host="a.example")]
    trial = company(*nodes)
    for name in ("web", "mail", "api"):
        trial.saw(name, "SFFF", reason=GONE)
    assert (trial.drafts, trial.calls, trial.asked) == (1, 3, [])


@pytest.mark.parametrize(("others", "asked"), [(2, False), (4, False), (5, True)])
def test_few_strangers_are_too_few(others: int, *, asked: bool) -> None:
    """From the targets alone we never call ourselves cut off unless there are at least four others."""
    trial = strangers(others)
    trial.saw("t0", "F", reason=GONE)
    assert bool(trial.asked) is asked
    assert bool(trial.drafts) is not asked


def test_a_target_on_this_machine_is_never_in_doubt() -> None:
    """Our line has nothing to do with it."""
    trial = company(node("local", host="127.0.0.1"), node("web"), *ANCHORS)
    trial.saw("local", "F", reason=Reason.CONNECT_REFUSED)
    assert (trial.drafts, trial.asked) == (1, [])


def test_only_names_fail() -> None:
    """The resolver is a way of its own: anchors by address say nothing of it, those by name do."""
    trial = company(node("web"), node("addr", host="192.0.2.1", anchor=True), *ANCHORS)
    for name in ("web", "addr", "north", "south"):
        trial.saw(name, "S")
    trial.saw("web", "F", reason=Reason.DNS_TIMEOUT)
    assert trial.asked == ["north", "south"]
    trial.saw("north", "F", reason=Reason.DNS_TIMEOUT, every_s=0.1)
    trial.saw("south", "F", reason=Reason.DNS_TIMEOUT, every_s=0.1)
    assert list(trial.court.sight.blind) == ["dns"]
    assert trial.saw("web", "FF", reason=Reason.STATUS)[-1] == "suspect"


def test_when_all_is_cut_names_fail_first() -> None:
    """Witnesses that are not even found have not been reached, so they do not speak for the line."""
    trial = company(node("addr", host="192.0.2.1"), *(node(f"t{number}") for number in range(6)))
    for one in ("addr", *(f"t{number}" for number in range(6))):
        trial.saw(one, "S")
    trial.saw("addr", "F", reason=GONE)
    for number in range(6):
        trial.saw(f"t{number}", "F", reason=Reason.DNS_TIMEOUT, every_s=0.1)
    assert set(trial.court.sight.blind) == {"dns", "4"}
    assert trial.rulings == []


def test_addresses_bear_witness_before_names() -> None:
    """When only the resolver is gone, a target by address is judged as ever."""
    addresses = [node(f"a{number}", host=f"192.0.2.{number}") for number in range(6)]
    trial = company(node("n0"), node("n1"), *addresses)
    trial.saw("a0", "F", reason=GONE)
    assert trial.asked == ["a1", "a2", "a3", "a4", "a5"]


def test_only_ipv6_fails() -> None:
    """IPv4 anchors that are well do not make an IPv6 target's silence an outage."""
    sixes = [node(f"six{n}", host=f"2001:db8:{n}::1") for n in range(6)]
    trial = company(node("web"), *sixes)
    for one in (node("web"), *sixes):
        trial.saw(one.name, "S")
    for one in sixes:
        trial.saw(one.name, "F", reason=Reason.UNREACHABLE, every_s=0.2)
    assert (list(trial.court.sight.blind), trial.drafts) == (["6"], 0)
    trial.saw("web", "F", reason=Reason.STATUS)
    assert trial.drafts == 1


def test_healing_brings_no_storm() -> None:
    """Looks that began in the dark do not count, and fresh ones decide."""
    trial = strangers(20)
    for number in range(20):
        trial.saw(f"t{number}", "F", reason=GONE, every_s=0.2)
    trial.wait(seconds=60)
    for name in ("t1", "t2", "t3", "t4", "t5"):
        trial.saw(name, "S", every_s=0.1)
    assert trial.court.sight.blind == {}
    for number in range(6, 20):
        trial.hear(Testimony(f"t{number}", Outcome.FAILED, GONE, trial.now - timedelta(seconds=10), 10.0))
    assert trial.rulings == []
    for number in range(20):
        trial.saw(f"t{number}", "SS", every_s=0.1)
    assert trial.rulings == []


def test_what_still_fails_after_healing_opens() -> None:
    """A real outage that began in the dark is found at the first fresh look."""
    trial = anchored()
    trial.saw("web", "F", reason=GONE)
    for name in ("north", "south"):
        trial.saw(name, "F", reason=GONE)
    for name in ("north", "south"):
        trial.saw(name, "S")
    trial.saw("web", "F", reason=GONE)
    trial.saw("north", "S")
    assert trial.count(Open) == 1


def test_a_suspicion_from_just_before_is_dropped() -> None:
    """What had opened quietly when we turned out to be blind closes as a blip."""
    trial = anchored("shop")
    trial.saw("shop", "F", reason=GONE)
    trial.saw("north", "S", every_s=0.1)
    assert trial.drafts == 1
    trial.saw("web", "F", reason=GONE)
    for name in ("north", "south"):
        trial.saw(name, "F", reason=GONE)
    assert (trial.open, trial.mind("shop").verdict) == ([], Verdict.UNKNOWN)


def test_an_open_outage_is_not_forgotten_in_the_dark() -> None:
    """Down stays down while we cannot see."""
    trial = anchored()
    trial.saw("web", "F", reason=GONE)
    trial.saw("north", "S", every_s=0.1)
    trial.saw("web", "FFF", reason=Reason.STATUS)
    trial.court.lose({"4": "our own default route is gone"}, now_s=trial.now_s)
    trial.saw("web", "FFFFF", reason=GONE)
    assert trial.mind("web").verdict is Verdict.DOWN
    assert trial.open


def test_a_lost_route_closes_its_way_at_once() -> None:
    """And its return opens it; nobody has to be asked."""
    trial = company(node("web"))
    trial.saw("web", "S")
    assert trial.court.lose({"4": "gone"}, now_s=trial.now_s) == (("4",), ())
    trial.saw("web", "FFFF", reason=Reason.UNREACHABLE)
    assert trial.rulings == []
    assert trial.court.lose({}, now_s=trial.now_s) == ((), ("4",))
    trial.saw("web", "F", reason=GONE)
    assert trial.drafts == 1


def test_an_anchor_never_opens_anything() -> None:
    """It is no customer's, whatever becomes of it."""
    trial = anchored()
    trial.saw("north", "FFFFFF", reason=GONE)
    trial.saw("south", "DDDDDD", reason=Reason.LATENCY)
    assert trial.rulings == []


def test_while_blind_the_witnesses_are_looked_at_often() -> None:
    """So that we know soon when we see again."""
    trial = anchored()
    trial.saw("web", "F", reason=GONE)
    for name in ("north", "south"):
        trial.saw(name, "F", reason=GONE)
    assert trial.last is not None
    assert trial.last.again_s == pytest.approx(5.0)
