"""The time to detect, from a target's own settings."""

import pytest

from monitor.budget import Budget, Fault, budget, of_any_fault
from probes.target import Manner

PLAIN = {"interval": 30.0, "timeout": 10.0, "confirm": (3.0, 8.0)}


@pytest.mark.parametrize(
    ("settings", "fault", "mean_s", "worst_s"),
    [
        ({}, Fault.KILLED, 15 + 8, 30 + 8),
        ({}, Fault.WRONG, 15 + 8, 30 + 8),
        ({}, Fault.HANGING, 15 + 10 + 13 + 10, 30 + 10 + 13 + 10),
        ({"timeout": 8.0, "confirm": (3.0, 7.0, 12.0)}, Fault.HANGING, 15 + 8 + 11 + 8, 30 + 8 + 11 + 8),
        ({"timeout": 1.0, "confirm": (3.0, 7.0, 12.0)}, Fault.HANGING, 15 + 1 + 12 + 1, 30 + 1 + 12 + 1),
        ({"confirm": ()}, Fault.KILLED, 15, 30),
        ({"confirm": ()}, Fault.HANGING, 25, 40),
        ({"interval": 5.0}, Fault.WRONG, 2.5 + 5, 5 + 5),  # the next slot comes before the last confirming look
    ],
)
def test_the_time_to_detect(settings: dict[str, object], fault: Fault, mean_s: float, worst_s: float) -> None:
    """Half an interval or a whole one until the first failed look, then every look that confirms it."""
    assert budget(Manner.model_validate(PLAIN | settings), fault) == Budget(mean_s, worst_s)


def test_dashboards_get_the_worst_of_all_faults() -> None:
    """One figure must hold whatever happens: that of a server that hangs."""
    manner = Manner.model_validate(PLAIN)
    assert of_any_fault(manner).worst_s == budget(manner, Fault.HANGING).worst_s
    assert of_any_fault(manner).mean_s == pytest.approx((23 + 23 + 48) / 3)


def test_an_objective_is_about_the_worst() -> None:
    """A mean within the limit is not enough, and where there is no limit nothing is missed."""
    assert Budget(23, 38).within(38)
    assert not Budget(23, 38).within(37)
    assert Budget(23, 38).within(None)
