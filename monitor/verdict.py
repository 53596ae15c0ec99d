"""The verdict on a target: a pure table from what we believe and what we saw to what we believe now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from probes.finding import Outcome

LOOKS_MIN: Final = 3
HEDGES: Final = LOOKS_MIN - 1  # the confirming looks that a hanging one is not waited for


class Verdict(StrEnum):
    """Our opinion of a target now."""

    UP = "up"
    SUSPECT = "suspect"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Patience:
    """How many looks it takes: failures until ``down``, good ones to recover, blank ones until we admit to be blind."""

    failures: int
    recover: int
    blanks: int = 3

    def after(self, waited_out: int) -> Self:
        """The patience that is left when the first failed look hung while some confirming ones would have come.

        It has seen what they were to see, so they are not needed; but only three looks rule out chance.
        """
        return replace(self, failures=min(self.failures, max(LOOKS_MIN, self.failures - waited_out)))


@dataclass(frozen=True, slots=True)
class Belief:
    """A verdict, and the runs of like looks that led here. ``unknown`` looks neither lengthen nor break a run."""

    verdict: Verdict = Verdict.UNKNOWN
    failures: int = 0
    goods: int = 0
    oks: int = 0
    blanks: int = 0


UP, SUSPECT, DEGRADED, DOWN, UNKNOWN = Verdict
OK, SLOW, FAILED, BLANK = Outcome.OK, Outcome.DEGRADED, Outcome.FAILED, Outcome.UNKNOWN

# What a look makes of a verdict: the run that counts, the verdict while that run is short, and once it is long enough.
# A target that was down stays down while we are blind: an open outage is not forgotten because we cannot see.
TABLE: Final[dict[tuple[Verdict, Outcome], tuple[str, Verdict, Verdict]]] = {
    (UP, OK): ("goods", UP, UP),
    (UP, SLOW): ("goods", DEGRADED, DEGRADED),
    (UP, FAILED): ("failures", SUSPECT, DOWN),
    (UP, BLANK): ("blanks", UP, UNKNOWN),
    (SUSPECT, OK): ("goods", UP, UP),
    (SUSPECT, SLOW): ("goods", DEGRADED, DEGRADED),
    (SUSPECT, FAILED): ("failures", SUSPECT, DOWN),
    (SUSPECT, BLANK): ("blanks", SUSPECT, UNKNOWN),
    (DEGRADED, OK): ("oks", DEGRADED, UP),
    (DEGRADED, SLOW): ("goods", DEGRADED, DEGRADED),
    (DEGRADED, FAILED): ("failures", SUSPECT, DOWN),
    (DEGRADED, BLANK): ("blanks", DEGRADED, UNKNOWN),
    (DOWN, OK): ("goods", DOWN, UP),
    (DOWN, SLOW): ("goods", DOWN, DEGRADED),
    (DOWN, FAILED): ("failures", DOWN, DOWN),
    (DOWN, BLANK): ("blanks", DOWN, DOWN),
    (UNKNOWN, OK): ("goods", UP, UP),
    (UNKNOWN, SLOW): ("goods", DEGRADED, DEGRADED),
    (UNKNOWN, FAILED): ("failures", SUSPECT, DOWN),
    (UNKNOWN, BLANK): ("blanks", UNKNOWN, UNKNOWN),
}


def step(belief: Belief, outcome: Outcome, patience: Patience) -> Belief:
    """Believe anew after one look."""
    runs = _lengthen(belief, outcome)
    run, waiting, reached = TABLE[belief.verdict, outcome]
    enough = {
        "failures": patience.failures,
        "goods": patience.recover,
        "oks": patience.recover,
        "blanks": patience.blanks,
    }
    return Belief(reached if runs[run] >= enough[run] else waiting, **runs)


def recall(verdict: Verdict, outcomes: Iterable[Outcome]) -> Belief:
    """The belief that the record's verdict and the last looks amount to; a run that failed has one look at least."""
    belief = Belief(verdict)
    for outcome in outcomes:
        belief = Belief(verdict, **_lengthen(belief, outcome))
    failing = verdict in {SUSPECT, DOWN} and belief.goods == 0
    return replace(belief, failures=max(belief.failures, 1 if failing else 0))


def _lengthen(belief: Belief, outcome: Outcome) -> dict[str, int]:
    if outcome is BLANK:
        return {
            "failures": belief.failures,
            "goods": belief.goods,
            "oks": belief.oks,
            "blanks": belief.blanks + 1,
        }
    if outcome is FAILED:
        return {"failures": belief.failures + 1, "goods": 0, "oks": 0, "blanks": 0}
    oks = belief.oks + 1 if outcome is OK else 0
    return {"failures": 0, "goods": belief.goods + 1, "oks": oks, "blanks": 0}
