"""A court and its docket without a record: the test says what looks showed, and asks what was ruled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from monitor.court.case import Case, Close, Confirm, Member, Open, Ruling
from monitor.court.court import Court, Hearing, Rules
from monitor.court.docket import after, decide
from monitor.court.mind import Mind, Part
from monitor.court.testimony import Testimony
from monitor.court.topology import Node, Topology
from monitor.verdict import Verdict, recall
from probes.finding import Outcome
from probes.reason import Reason

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LETTERS = {"S": Outcome.OK, "D": Outcome.DEGRADED, "F": Outcome.FAILED, "U": Outcome.UNKNOWN}


@dataclass
class Trial:
    """Hears looks one after the other; ``answers`` says how a witness that is asked will look."""

    topology: Topology
    rules: Rules = field(default_factory=Rules)
    now: datetime = NOON
    docket: tuple[Case, ...] = ()
    rulings: list[Ruling] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    last: Hearing | None = None
    court: Court = field(init=False)

    def __post_init__(self) -> None:
        self.court = Court(self.topology, self.rules)

    def saw(
        self, name: str, looks: str, *, reason: Reason = Reason.STATUS, every_s: float = 5, planned: bool = False
    ) -> list[str]:
        """Hear these looks of one target, one letter each; gives the verdicts that they lead through."""
        verdicts = []
        for letter in looks:
            self.now += timedelta(seconds=every_s)
            told = Testimony(name, LETTERS[letter], None if letter == "S" else reason, self.now, 0.01)
            self.hear(told, planned=planned)
            verdicts.append(self.mind(name).verdict.value)
        return verdicts

    def saw_in(self, name: str, duration_s: float, phases: Mapping[str, float], address: str = "") -> Outcome:
        """Hear a good look that took so long; gives the outcome that it counts as."""
        self.now += timedelta(seconds=30)
        told = Testimony(name, Outcome.OK, None, self.now, duration_s, phases=phases, address=address)
        return self.hear(told).testimony.outcome

    def hear(self, told: Testimony, *, planned: bool = False, stalled: bool = False) -> Hearing:
        """Hear one look, and let the docket follow."""
        spoilt = "our own event loop stood still" if stalled else ""
        heard = self.court.hear(told, now_s=self.now_s, planned=planned, spoilt=spoilt)
        self.asked += heard.ask
        for plea in heard.pleas:
            ruled = decide(self.docket, plea, self.topology, self.rules, now=self.now)
            self.rulings += ruled
            self.docket = after(self.docket, ruled, self.topology)
        self.last = heard
        return heard

    @property
    def now_s(self) -> float:
        """The monotonic clock of the story."""
        return (self.now - NOON).total_seconds() + 1000

    def mind(self, name: str) -> Mind:
        """What is held of a target."""
        return self.court.minds[name]

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    @property
    def open(self) -> list[Case]:
        """The cases that are open."""
        return [case for case in self.docket if case.closed_at is None]

    @property
    def places(self) -> dict[str, tuple[Case, Member]]:
        """The open case that each failing target is part of, and its part."""
        return {part.target: (case, part) for case in self.open for part in case.members if part.failing}

    def count(self, kind: type[Ruling]) -> int:
        """How many rulings there were of this kind."""
        return sum(isinstance(ruling, kind) for ruling in self.rulings)

    @property
    def drafts(self) -> int:
        """How often something opened."""
        return self.count(Open)

    @property
    def calls(self) -> int:
        """How often a failure was confirmed."""
        return self.count(Confirm)

    @property
    def blips(self) -> int:
        """How many cases ended unconfirmed."""
        return self.count(Close)

    def publish(self, cause: str, *, told: bool = True) -> None:
        """A human approves a notice of this case, or only takes it up."""
        self.docket = tuple(
            replace(case, told=told, taken=True) if case.cause == cause else case for case in self.docket
        )

    def restart(self, *, samples: bool = True) -> None:
        """Begin anew with what the record and, if there are any, the samples would give back."""
        minds = {name: self._remembered(name, mind, samples=samples) for name, mind in self.court.minds.items()}
        self.court = Court(self.topology, self.rules, minds)

    def _remembered(self, name: str, mind: Mind, *, samples: bool) -> Mind:
        parts = [part for case in self.open if (part := case.member(name)) and part.failing]
        sure = bool(parts) and parts[0].confirmed and mind.verdict is not Verdict.SUSPECT
        part = Part.NONE if not parts else Part.CALLED if sure else Part.QUIET
        belief = mind.belief if samples else recall(mind.verdict, ())
        if mind.verdict in {Verdict.SUSPECT, Verdict.DOWN} and not belief.goods:
            belief = replace(belief, failures=max(1, belief.failures))
        seen = Mind(belief, mind.since, mind.first_failed_at, mind.last_good_at, part=part, downs=mind.downs)
        if samples:
            seen.slows, seen.quicks, seen.deferrals = mind.slows, mind.quicks, mind.deferrals
            seen.slow_since, seen.quick_since = mind.slow_since, mind.quick_since
            seen.last_quick_at = mind.last_quick_at
            seen.deferred_since, seen.share = mind.deferred_since, mind.share
        seen.planned = part is Part.NONE
        seen.part_is_slow = mind.verdict is Verdict.DEGRADED and part is not Part.NONE
        return seen


def company(*nodes: Node, parents: dict[str, Iterable[str]] | None = None, rules: Rules | None = None) -> Trial:
    """A trial over these targets."""
    return Trial(Topology(nodes, parents), rules or Rules())


def node(name: str, component: str = "", host: str = "", **more: object) -> Node:
    """A target of its own component and host, unless told otherwise."""
    return Node(name, component or name, host or f"{name}.test", **more)  # type: ignore[arg-type]
