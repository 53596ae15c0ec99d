"""The court: hears one Testimony after the other, and pleads whenever the verdict on a target changes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from monitor.court.mind import Mind, Plea
from monitor.court.sight import GRACE_S, Answer, Doubt, Sight
from monitor.court.testimony import Testimony
from monitor.court.topology import Node, Topology, Way
from monitor.verdict import Belief, Verdict, step
from probes.finding import Outcome

BLIND_AGAIN_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all targets: when failures are one cause, and for how long one that comes back is the same.

    Without ``consult`` nobody is asked to bear witness: a replay of recorded looks cannot look again.
    """

    join_within: timedelta = timedelta(minutes=2)
    reopen_within: timedelta = timedelta(minutes=30)
    consult: bool = True


@dataclass(frozen=True, slots=True)
class Hearing:
    """What comes of one look.

    ``testimony`` is the look as it counts; then the pleas in order, the seconds until the same target wants another
    look, who else is to be looked at now, and the ways on which we went blind or see again.
    """

    testimony: Testimony
    pleas: tuple[Plea, ...] = ()
    again_s: float | None = None
    ask: tuple[str, ...] = ()
    blinded: tuple[Way, ...] = ()
    sighted: tuple[Way, ...] = ()


@dataclass(slots=True)
class _Held:
    """Looks of one target that wait until witnesses have spoken."""

    doubt: Doubt
    testimonies: list[Testimony]


class Court:
    """Minds on all targets, and our sight. Deterministic: values in, values out; ``now_s`` is monotonic."""

    def __init__(self, topology: Topology, rules: Rules, minds: dict[str, Mind] | None = None) -> None:
        """Begin with these minds, or none."""
        self.topology = topology
        self.rules = rules
        self.minds = {} if minds is None else minds
        self.sight = Sight()
        self._held: dict[str, _Held] = {}
        self._sighted_s: dict[Way, float] = {}

    def hear(self, told: Testimony, *, now_s: float, planned: bool = False, spoilt: str = "") -> Hearing:
        """Judge one look. ``planned``: it is under maintenance; ``spoilt``: what we did to the look, in a sentence."""
        node = self.topology.nodes.get(told.target) or Node(told.target)
        if told.address:
            self.topology.learn(told.target, told.address)
        if not spoilt:
            self.sight.vote(node, told, now_s=now_s)
        sighted = self._open_eyes(now_s) if self.sight.blind else ()
        counts = self._weighed(node, told, now_s=now_s, spoilt=spoilt)
        blind_before = tuple(self.sight.blind)
        pleas, again_s, ask = self._judge(node, counts, now_s=now_s, planned=planned)
        settled = tuple(self._settle(now_s, planned=planned)) if self._held else ()
        return Hearing(
            testimony=counts,
            pleas=(*pleas, *settled),
            again_s=self._again_s(node, again_s),
            ask=ask,
            blinded=tuple(way for way in self.sight.blind if way not in blind_before),
            sighted=sighted,
        )

    def lose(self, lost: Mapping[Way, str], *, now_s: float) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
        """Hear what our own side has lost, by way, one sentence each; gives the ways now closed, and those opened."""
        before = set(self.sight.blind)
        self.sight.lose(lost, now_s=now_s)
        return tuple(set(self.sight.blind) - before), self._open_eyes(now_s)

    def _open_eyes(self, now_s: float) -> tuple[Way, ...]:
        sighted = self.sight.reopen()
        self._sighted_s.update(dict.fromkeys(sighted, now_s))
        return sighted

    def _weighed(self, node: Node, told: Testimony, *, now_s: float, spoilt: str) -> Testimony:
        if spoilt and told.outcome is not Outcome.OK:
            return told.isolated(spoilt)
        way = told.doubts(node)
        if way in self.sight.blind:
            return told.isolated(self.sight.blind[way].why)
        if way and now_s - told.duration_s < self._sighted_s.get(way, 0.0):
            return told.isolated("it began while our own connection was in doubt")
        if told.outcome is Outcome.OK and self._mind(told).share.partly:
            return told.partial(str(self._mind(told).share))
        if told.outcome is Outcome.OK and node.slow_times:
            slow = self._mind(told).usual.slow(told.duration_s, told.phases, times=node.slow_times)
            return told.slow(slow) if slow else told
        return told

    def _mind(self, told: Testimony) -> Mind:
        mind = self.minds.get(told.target)
        if mind is None:
            mind = self.minds[told.target] = Mind(Belief(), told.at)
        return mind

    def _judge(
        self, node: Node, told: Testimony, *, now_s: float, planned: bool
    ) -> tuple[tuple[Plea, ...], float | None, tuple[str, ...]]:
        mind = self._mind(told)
        if node.anchor:
            self._step(node, told, now_s=now_s, planned=True)
            return (), None, self._late_witness(node, now_s - told.duration_s)
        held = self._held.get(node.name)
        if held is not None:
            held.testimonies.append(told)
            if held.doubt.way not in told.proves(node):
                return (), _confirm_in_s(node, mind, told, now_s, waiting=len(held.testimonies)), ()
            self._held.pop(node.name)
            pleas = tuple(self._step(node, one, now_s=now_s, planned=planned) for one in held.testimonies)
            return _given(pleas), _confirm_in_s(node, mind, told, now_s), ()
        doubt = self._doubt(node, mind, told, now_s=now_s)
        if doubt is not None:
            self._held[node.name] = _Held(doubt, [told])
            mind.suspected_s = now_s
            return (), _confirm_in_s(node, mind, told, now_s, waiting=1), doubt.witnesses
        plea = self._step(node, told, now_s=now_s, planned=planned)
        ask = self._late_witness(node, now_s - told.duration_s)
        return _given((plea,)), _confirm_in_s(node, mind, told, now_s), ask

    def _late_witness(self, node: Node, began_s: float) -> tuple[str, ...]:
        """A witness whose look began too early to count is asked once more."""
        wanted = any(node.name in held.doubt.witnesses and began_s < held.doubt.since_s for held in self._held.values())
        return (node.name,) if wanted else ()

    def _doubt(self, node: Node, mind: Mind, told: Testimony, *, now_s: float) -> Doubt | None:
        """What must be asked before this failure is believed; only one that would change the verdict is worth it."""
        way = told.doubts(node)
        if way is None or not self.rules.consult:
            return None
        if (
            step(mind.belief, told.outcome, mind.patience(node, told.at, self.rules.reopen_within)).verdict
            is mind.verdict
        ):
            return None
        witnesses = self.topology.witnesses(node.name, way)
        if not witnesses:
            return None
        longest_s = max(self.topology.nodes[name].timeout_s for name in witnesses)
        return Doubt(way, now_s, witnesses, now_s + longest_s + GRACE_S)

    def _settle(self, now_s: float, *, planned: bool) -> Iterator[Plea]:
        """Take up what was held, as far as the witnesses have spoken."""
        for name, held in list(self._held.items()):
            way = held.doubt.way
            answer = Answer.CLOSED if way in self.sight.blind else self.sight.ask(held.doubt, now_s=now_s)
            if answer is Answer.PENDING:
                continue
            del self._held[name]
            if answer is Answer.CLOSED:
                self.sight.close(held.doubt, now_s=now_s)
                yield from self._dismiss(way)
            yield from self._take_up(held, answer, now_s=now_s, planned=planned)

    def _take_up(self, held: _Held, answer: Answer, *, now_s: float, planned: bool) -> Iterable[Plea]:
        for told in held.testimonies:
            node = self.topology.nodes[told.target]
            closed = answer is Answer.CLOSED and told.doubts(node)
            counts = told.isolated(self.sight.blind[held.doubt.way].why) if closed else told
            yield from _given((self._step(node, counts, now_s=now_s, planned=planned),))

    def _dismiss(self, way: Way) -> Iterator[Plea]:
        """Drop what was only suspected when we turned out to be blind: fresh looks decide."""
        why = self.sight.blind[way].why
        for mind in self.minds.values():
            last = mind.last
            if mind.verdict is Verdict.SUSPECT and last and self.topology.nodes[last.target].needs(way):
                yield mind.dismiss(last.isolated(why))

    def _step(self, node: Node, told: Testimony, *, now_s: float, planned: bool) -> Plea | None:
        return self._mind(told).hear(node, told, now_s=now_s, planned=planned, within=self.rules.reopen_within)

    def _again_s(self, node: Node, again_s: float | None) -> float | None:
        watched = any(node.name in blindness.witnesses for blindness in self.sight.blind.values())
        return BLIND_AGAIN_S if watched and again_s is None else again_s


def _given(pleas: Iterable[Plea | None]) -> tuple[Plea, ...]:
    return tuple(plea for plea in pleas if plea is not None)


def _confirm_in_s(node: Node, mind: Mind, told: Testimony, now_s: float, *, waiting: int = 0) -> float | None:
    """When the next confirming look is due; a blank look is made good after the same wait, never at once."""
    failures = mind.belief.failures + waiting
    if not node.confirm_s or failures == 0 or not (waiting or mind.verdict is Verdict.SUSPECT):
        return None
    wait_s = node.confirm_s[min(failures, len(node.confirm_s)) - 1]
    return wait_s if told.outcome is Outcome.UNKNOWN else max(0.0, mind.suspected_s + wait_s - now_s)
