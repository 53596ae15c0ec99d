"""How long it takes until we call a human, worst and mean: pure arithmetic on a target's own settings.

A fault falls somewhere between two looks. The first look after it raises the suspicion, and the confirming looks, with
whatever slots of the grid come in between, make it certain. What differs is how long each of these looks takes. Work
that only tells that it is alive is missed no sooner than its grace after the next sign was due.
"""

from dataclasses import dataclass
from enum import StrEnum

from monitor.verdict import HEDGES, Patience
from probes.target import Manner


class Fault(StrEnum):
    """What can happen to a server, as far as the time until we know it depends on it."""

    KILLED = "killed"
    """Its process is gone: connecting is refused at once."""
    WRONG = "wrong answer"
    """It answers at once, and not as expected."""
    HANGING = "hanging"
    """Nothing comes back, so that each look costs its whole time-out."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds from a fault until a human is called: over all moments at which it may fall, and at the worst of them."""

    mean_s: float
    worst_s: float

    def within(self, limit_s: float | None) -> bool:
        """Whether even the worst is within the limit, if there is one."""
        return limit_s is None or self.worst_s <= limit_s


def budget(manner: Manner, fault: Fault) -> Budget:
    """The time to detect one kind of fault, if only looks tell of it."""
    known_s = _certain_s(manner, manner.longest_s if fault is Fault.HANGING else 0.0)
    mean_s, most_s = manner.unseen_s
    return Budget(mean_s + manner.interval / 2 + known_s, most_s + manner.interval + known_s)


def faults(manner: Manner) -> tuple[Fault, ...]:
    """What can happen to it: whoever only tells that it is alive can just stop doing so."""
    return (Fault.KILLED,) if any(manner.unseen_s) else tuple(Fault)


def by_tripwire(manner: Manner) -> Budget | None:
    """The time to detect that it was killed while a connection stood, or None where none is left open.

    It is no promise: a server may drop idle connections by itself, and then a look has to find out.
    """
    known_s = _certain_s(manner, 0.0)
    return Budget(known_s, known_s) if manner.wired else None


def of_any_fault(manner: Manner) -> Budget:
    """One figure each for dashboards: the mean of the faults, each as likely as the other, and the worst of them."""
    budgets = [budget(manner, fault) for fault in faults(manner)]
    return Budget(sum(one.mean_s for one in budgets) / len(budgets), max(one.worst_s for one in budgets))


def _certain_s(manner: Manner, look_s: float) -> float:
    """From the start of the first failed look until the last one that is needed has ended."""
    suspected_s = end_s = look_s
    waited_out = sum(wait_s <= look_s for wait_s in manner.confirm)
    failures = Patience(len(manner.confirm) + 1, manner.recover).after(waited_out).failures
    for number, wait_s in enumerate(manner.confirm[: failures - 1]):
        if number < HEDGES and wait_s < look_s and not manner.waits:  # It began while the first one hung.
            end_s = wait_s + look_s
        else:
            end_s = min(max(suspected_s + wait_s, end_s), _next_slot_s(manner.interval, end_s)) + look_s
    return end_s


def _next_slot_s(interval_s: float, after_s: float) -> float:
    """The next slot of the grid whose first slot was the first failed look; one that falls into a look is skipped."""
    return (after_s // interval_s + 1) * interval_s
