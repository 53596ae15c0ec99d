"""Reparation: what a plan's terms owe for a month, and what we would rather give; pure, from what was measured.

Nothing here offers anything to anybody. Terms promise a share of the whole month, so that is what is worked out: time
that nobody could tell of counts as up, and beside it stands what would be owed if all of it had been down.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from monitor.config import Plan
from monitor.uptime import Tally

SECOND_US: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Weighed:
    """One component in one month by one plan. Lengths are microseconds, ``owed`` and ``given`` percents of the fee.

    ``down_us`` is what counts as down by the plan, ``uptime`` the share of the month that is left, and ``owed`` what
    the terms owe for that. ``owed_at_worst`` is what they would owe if all the unknown time had been down as well.
    ``given`` is what goodwill gives beyond what is owed.
    """

    down_us: int
    unknown_us: int
    uptime: float
    owed: float
    owed_at_worst: float
    given: float

    @property
    def is_worth_a_word(self) -> bool:
        """Whether anything is owed, may be owed, or would be given."""
        return bool(self.owed or self.owed_at_worst or self.given)


def weigh(plan: Plan, tally: Tally, *, length_us: int, so_far_us: int) -> Weighed:
    """Weigh what was measured in a month of this length, of which so much is over."""
    down_us = tally.down + plan.partly_counts * tally.partial + plan.maintenance_counts * tally.planned
    unknown_us = tally.unknown_us(so_far_us)
    owed = _owed(plan, _uptime(down_us, length_us))
    return Weighed(
        down_us=down_us,
        unknown_us=unknown_us,
        uptime=_uptime(down_us, length_us),
        owed=owed,
        owed_at_worst=_owed(plan, _uptime(down_us + unknown_us, length_us)),
        given=max(0.0, _goodwill(plan, down_us) - owed),
    )


def _uptime(down_us: int, length_us: int) -> float:
    return 1 - min(down_us, length_us) / length_us


def _owed(plan: Plan, uptime: float) -> float:
    """The largest credit of which the threshold was missed: thresholds do not add up."""
    return _largest(step.credit for step in plan.owed if 100 * uptime < step.below)


def _goodwill(plan: Plan, down_us: int) -> float:
    return _largest(step.credit for step in plan.goodwill if down_us >= step.over * SECOND_US)


def _largest(credits_: Iterable[float]) -> float:
    return max(credits_, default=0.0)
