"""Whatever happens, in whatever order: the promises of the court hold."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from monitor.court.case import Open
from monitor.court.testimony import Testimony
from monitor.court.topology import Node, Topology
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.reason import Reason
from tests.monitor.court.trial import LETTERS, Trial, node

NODES: tuple[Node, ...] = (
    node("web", host="www.a.example"),
    node("shop", host="shop.a.example", depends_on=("db",)),
    node("db", host="192.0.2.1"),
    node("in", component="mail", host="192.0.2.1"),
    node("out", component="mail", host="out.b.test"),
    node("dns", host="2001:db8::53"),
    *(node(f"t{n}") for n in range(4)),
)
REASONS = (Reason.STATUS, Reason.CONNECT_TIMEOUT, Reason.DNS_TIMEOUT, Reason.LATENCY, Reason.CERT_EXPIRING)


class Life(RuleBasedStateMachine):
    """Looks of any sort, restarts, clocks that jump, lost routes and planned work."""

    def __init__(self) -> None:
        super().__init__()
        self.trial = Trial(Topology(NODES, {"mail": ["db"]}))
        self.failed = False

    @rule(
        name=st.sampled_from([one.name for one in NODES]),
        looks=st.text("SDFU", min_size=1, max_size=5),
        reason=st.sampled_from(REASONS),
        every_s=st.sampled_from([0, 1, 30]),
        planned=st.booleans(),
    )
    def look(self, name: str, looks: str, reason: Reason, every_s: float, *, planned: bool) -> None:
        """Some looks of one target."""
        self.failed |= bool(set(looks) & {"F", "D"})
        self.trial.saw(name, looks, reason=reason, every_s=every_s, planned=planned)

    @rule(name=st.sampled_from([one.name for one in NODES]), letter=st.sampled_from("SDFU"), took_s=st.floats(0, 40))
    def stall(self, name: str, letter: str, took_s: float) -> None:
        """A look while our own loop stands still."""
        told = Testimony(name, LETTERS[letter], Reason.TIMEOUT, self.trial.now, took_s)
        self.trial.hear(told, stalled=True)

    @rule(seconds=st.sampled_from([-7200, -1, 1, 90, 3600]))
    def jump(self, seconds: int) -> None:
        """The clock on the wall is put right, or time passes."""
        self.trial.now += timedelta(seconds=seconds)

    @rule()
    def restart(self) -> None:
        """What is not in the record is gone."""
        self.trial.restart()

    @rule(lost=st.sets(st.sampled_from(["dns", "4", "6"])))
    def lose(self, lost: set[str]) -> None:
        """Our own side loses what it had, or has it back."""
        self.trial.court.lose(dict.fromkeys(lost, "gone"), now_s=self.trial.now_s)  # type: ignore[arg-type]

    @invariant()
    def one_case_of_a_cause(self) -> None:
        """Never two open of one cause; and no target fails in two."""
        causes = [case.cause for case in self.trial.open]
        assert len(causes) == len(set(causes))
        failing = [member.target for case in self.trial.open for member in case.members if member.failing]
        assert len(failing) == len(set(failing))

    @rule(name=st.sampled_from([one.name for one in NODES]), told=st.booleans())
    def answer(self, name: str, *, told: bool) -> None:
        """A human approves a notice of what has this target, or only takes it up."""
        for case in self.trial.open:
            if case.member(name):
                self.trial.publish(case.cause, told=told)

    @invariant()
    def a_parent_and_its_child_are_one(self) -> None:
        """Who is down since its parent is down is in the same case, unless the public was told of both."""
        minds, places = self.trial.court.minds, self.trial.places
        for name, (case, member) in places.items():
            for parent in self.trial.topology.ancestors(name) & places.keys():
                other, before = places[parent]
                down = all(minds[one].verdict is Verdict.DOWN and not minds[one].part_is_slow for one in (name, parent))
                if down and member.first_failed_at >= before.first_failed_at:
                    assert case is other or (case.told and other.told)

    @invariant()
    def nothing_opens_of_unknown_alone(self) -> None:
        """Not to see is not to accuse."""
        assert self.failed or not self.trial.rulings

    @invariant()
    def nothing_is_over_that_fails(self) -> None:
        """A closed case has no failing member, and whoever is down outside of any plan is in an open one."""
        for case in self.trial.docket:
            assert case.closed_at is None or not any(member.failing for member in case.members)
        failing = {member.target for case in self.trial.open for member in case.members if member.failing}
        for name, mind in self.trial.court.minds.items():
            seen = mind.last is not None and mind.last.failed
            assert mind.verdict is not Verdict.DOWN or mind.planned or name in failing or not seen


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_unknown_alone_opens_nothing() -> None:
    """However long it lasts."""
    trial = Trial(Topology(NODES))
    for one in NODES:
        trial.saw(one.name, "U" * 50, reason=Reason.BROKEN)
    assert trial.count(Open) == 0
    assert {mind.verdict for mind in trial.court.minds.values()} == {Verdict.UNKNOWN}
    assert {mind.belief.failures for mind in trial.court.minds.values()} == {0}
    assert Outcome.UNKNOWN is LETTERS["U"]
