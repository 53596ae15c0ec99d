"""One cause after all: cases that began apart and are one, because what the one has fails is what the other depends on.

Which of them lives on is decided by what would be lost: first the one that customers know of, then the one that a human
has taken up, then the one that is certain, then the older one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.court.case import Case, Member, Merge
from monitor.court.court import Rules
from monitor.court.mind import Plea
from monitor.court.topology import Topology


def explains(plea: Plea, member: Member, topology: Topology, rules: Rules) -> bool:
    """Whether a member may fail because this target does, which can have begun right after its last good look."""
    since = min(plea.first_failed_at, plea.last_good_at or plea.first_failed_at) - rules.join_within
    return member.failing and member.first_failed_at >= since and plea.target in topology.ancestors(member.target)


def merge(
    docket: Sequence[Case], case: Case, plea: Plea, topology: Topology, rules: Rules, *, now: datetime
) -> Iterator[Merge]:
    """What becomes one by a failure that is certain now, and belongs to ``case``.

    Of two cases that the public was told of each goes on until a human ends it: nobody drops a promise for us. What a
    human has split stays so: they know more than we do.
    """
    parents = topology.ancestors(plea.target)

    def kin(member: Member) -> bool:
        needed = member.failing and member.confirmed and member.target in parents
        return needed or explains(plea, member, topology, rules)

    others = [one for one in docket if one.cause != case.cause and not one.closed_at and any(map(kin, one.members))]
    together = [one for one in docket if one in others or one.cause == case.cause]
    together += [] if case in together else [case]
    heir = max(together, key=_weight)
    for one in together:
        if one is not heir and not one.told and not (one.apart and heir.apart):
            yield Merge(one.cause, heir.cause, plea.target, now)


def _weight(case: Case) -> tuple[bool, bool, bool]:
    """The more of it, the more would be lost."""
    return case.told, case.taken, any(member.confirmed for member in case.members)


def united(heir: Case, gone: Case) -> Case:
    """One case with the members of both. Whoever is part of both is so as it fails now."""
    members = {member.target: member for member in heir.members}
    for member in gone.members:
        known = members.get(member.target)
        if known is None or (member.failing and not known.failing):
            confirmed = member.confirmed or (known is not None and known.confirmed)
            members[member.target] = replace(member, confirmed=confirmed)
    return replace(heir, members=tuple(members.values()))
