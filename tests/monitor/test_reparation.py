"""What terms owe is worked out from what was measured, and never rounded in our favour."""

import pytest

from monitor.config import Plan
from monitor.reparation import weigh
from monitor.uptime import Tally

HOUR_US = 3600 * 1_000_000
MONTH_US = 30 * 24 * HOUR_US
PLAN = {
    "name": "Business",
    "owed": [{"below": 99.9, "credit": 10}, {"below": 99.0, "credit": 25}],
    "goodwill": [{"over": "30m", "credit": 5}, {"over": "12h", "credit": 40}],
}
EDGE_US = MONTH_US // 1000
"""What a promise of 99.9 percent allows of a month: exactly that much is still kept."""


def all_up(**lasted: int) -> Tally:
    """A month of which nothing is unknown."""
    return Tally(ok=MONTH_US - sum(lasted.values()), **lasted)


@pytest.mark.parametrize(
    ("lasted", "changes", "owed", "given"),
    [
        ({}, {}, 0, 0),
        ({"down": EDGE_US}, {}, 0, 5),
        ({"down": EDGE_US + 1}, {}, 10, 0),
        ({"down": 8 * HOUR_US}, {}, 25, 0),
        ({"down": 13 * HOUR_US}, {}, 25, 15),
        ({"partial": HOUR_US}, {}, 10, 0),
        ({"partial": HOUR_US}, {"partly_counts": False}, 0, 0),
        ({"planned": HOUR_US}, {}, 0, 0),
        ({"planned": HOUR_US}, {"maintenance_counts": True}, 10, 0),
        ({"degraded": 20 * HOUR_US}, {}, 0, 0),
    ],
)
def test_every_step_of_the_terms(lasted: dict[str, int], changes: dict[str, object], owed: float, given: float) -> None:
    """The largest step that was missed is owed, and goodwill gives only what goes beyond."""
    plan = Plan.model_validate({**PLAN, **changes})
    weighed = weigh(plan, all_up(**lasted), length_us=MONTH_US, so_far_us=MONTH_US)
    assert (weighed.owed, weighed.given, weighed.owed_at_worst) == (owed, given, owed)


def test_what_nobody_could_tell_is_not_up_for_certain() -> None:
    """Unknown time counts as up, and what would be owed if it had been down stands beside it."""
    tally = Tally(ok=MONTH_US - 8 * HOUR_US)
    weighed = weigh(Plan.model_validate(PLAN), tally, length_us=MONTH_US, so_far_us=MONTH_US)
    assert (weighed.owed, weighed.owed_at_worst, weighed.unknown_us) == (0, 25, 8 * HOUR_US)


def test_days_that_are_still_to_come_are_no_unknown_time() -> None:
    """In the middle of a month only what is over can have been missed."""
    half = MONTH_US // 2
    weighed = weigh(Plan.model_validate(PLAN), Tally(ok=half), length_us=MONTH_US, so_far_us=half)
    assert (weighed.unknown_us, weighed.owed_at_worst, weighed.uptime) == (0, 0, 1)
