"""The docket: open cases, and what a plea means for them. One cause is one case, whoever fails first.

Whoever fails is laid to a case that is open already if, in this order,

1. it is part of that case;
2. one of its parts is what it depends on, and fails; or depends on it, or on the same third, in the same start window;
3. it belongs to a component of that case, which for customers is one thing;
4. it has the host or the registrable domain of one of its parts, in the same start window.

Else a case of its own begins. Its cause is the component of who failed first: no other open case has a part of that
component, so of one cause there is never more than one open.

Cases that began apart become one when a failure is confirmed that explains both: a part of the one fails because it
depends on a part of the other. What began before the parent was last seen well is not explained by it, and stays apart.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.court.case import (
    Case,
    Close,
    Confirm,
    Join,
    Member,
    Merge,
    Open,
    Recover,
    Reopen,
    Rest,
    Ruling,
)
from monitor.court.court import Rules
from monitor.court.merge import explains, merge, united
from monitor.court.mind import Move, Plea
from monitor.court.topology import Topology
from monitor.incidents import Part as Share
from monitor.incidents import State, state


def decide(
    docket: Sequence[Case], plea: Plea, topology: Topology, rules: Rules, *, now: datetime
) -> tuple[Ruling, ...]:
    """What a plea means for the cases of a docket: those that are open, and those that lately ended quietly."""
    if plea.move is Move.RECOVER:
        return tuple(_recover(docket, plea))
    if plea.move is Move.NONE:
        return ()
    case = _find([case for case in docket if case.closed_at is None], plea, topology, rules)
    opening: list[Ruling] = []
    if case is None:
        component = topology.component(plea.target)
        case = _quiet(docket, plea, component, rules)
        opening = [Reopen(case.cause, plea.first_failed_at)] if case else [Open(cause(component), plea.first_failed_at)]
        case = case or Case(cause(component))
    join = Join(case.cause, plea.target, plea.first_failed_at, plea.last_good_at)
    if plea.move is not Move.CONFIRM:
        return (*opening, join, Rest(case.cause, None))
    merging = merge(docket, case, plea, topology, rules, now=now)
    return (*opening, join, Confirm(case.cause, plea.target, now), Rest(case.cause, None), *merging)


def after(docket: Sequence[Case], rulings: Iterable[Ruling], topology: Topology) -> tuple[Case, ...]:
    """The docket as the rulings leave it, for whoever has no record that keeps it."""
    cases = {case.cause: case for case in docket}
    for ruling in rulings:
        if isinstance(ruling, Merge):
            cases[ruling.into] = united(cases[ruling.into], cases.pop(ruling.cause))
        else:
            cases[ruling.cause] = _apply(cases.get(ruling.cause, Case(ruling.cause)), ruling, topology)
    return tuple(cases.values())


def cause(component_id: str) -> str:
    """The name of a cause: the component of the target that failed first."""
    return f"component:{component_id}"


def _recover(docket: Sequence[Case], plea: Plea) -> Iterable[Ruling]:
    for case in docket:
        mine = case.member(plea.target)
        if case.closed_at is None and mine and mine.failing:
            yield Recover(case.cause, plea.target, plea.recovered_at)
            members = [
                replace(member, recovered_at=plea.recovered_at) if member is mine else member for member in case.members
            ]
            yield from _conclude(case.cause, members)


def _conclude(cause: str, members: Sequence[Member]) -> Iterable[Ruling]:
    ends = [member.recovered_at for member in members if member.recovered_at]
    standing = state(Share(member.confirmed, not member.failing) for member in members)
    if standing is State.RECOVERED:
        yield Rest(cause, max(ends))
    elif standing is State.BLIP:
        yield Close(cause, max(ends))


def _find(cases: Sequence[Case], plea: Plea, topology: Topology, rules: Rules) -> Case | None:
    name, component = plea.target, topology.component(plea.target)
    mine = topology.ancestors(name)

    def near(member: Member) -> bool:
        return abs(member.first_failed_at - plea.first_failed_at) <= rules.join_within

    def kin(member: Member) -> bool:
        if member.target in mine:
            return member.failing
        theirs = topology.ancestors(member.target)
        return (near(member) and (name in theirs or bool(mine & theirs))) or explains(plea, member, topology, rules)

    tests: tuple[Callable[[Member], bool], ...] = (
        lambda member: member.target == name,
        kin,
        lambda member: member.component == component,
        lambda member: near(member) and topology.same_host(member.target, name),
        lambda member: near(member) and topology.same_domain(member.target, name),
    )
    found = (case for test in tests for case in cases if any(test(member) for member in case.members))
    # A human may have split off what gave a case its cause: whoever would begin another of that cause joins this one.
    return next(found, None) or next((case for case in cases if case.cause == cause(component)), None)


def _quiet(docket: Sequence[Case], plea: Plea, component: str, rules: Rules) -> Case | None:
    """The case of this component that ended quietly a little while ago; a target that flaps is one incident."""
    return next(
        (
            case
            for case in docket
            if case.closed_at is not None
            and case.cause == cause(component)
            and plea.first_failed_at - case.closed_at <= rules.reopen_within
        ),
        None,
    )


def _apply(case: Case, ruling: Ruling, topology: Topology) -> Case:
    match ruling:
        case Join(_, target, first_failed_at, _):
            known = case.member(target)
            joined = Member(target, topology.component(target), first_failed_at, bool(known and known.confirmed))
            return replace(case, members=(*(m for m in case.members if m.target != target), joined))
        case Confirm(_, target, _):
            return _with(case, target, lambda member: replace(member, confirmed=True))
        case Recover(_, target, at):
            return _with(case, target, lambda member: replace(member, recovered_at=at))
        case Open():
            return Case(case.cause)
        case Close() | Reopen():
            return replace(case, closed_at=ruling.at if isinstance(ruling, Close) else None)
        case Rest() | Merge():
            return case


def _with(case: Case, target: str, change: Callable[[Member], Member]) -> Case:
    return replace(case, members=tuple(change(m) if m.target == target else m for m in case.members))
