"""The time to detect, from a target's own settings."""

import pytest

from monitor.budget import Budget, Fault, budget, by_tripwire, faults, of_any_fault
from probes.dns import Dns
from probes.heartbeat import Heartbeat
from probes.target import Manner
from probes.tcp import Tcp

PLAIN = {"interval": 30.0, "timeout": 10.0, "confirm": (3.0, 8.0)}


@pytest.mark.parametrize(
    ("settings", "fault", "mean_s", "worst_s"),
    [
        ({}, Fault.KILLED, 15 + 8, 30 + 8),
        ({}, Fault.WRONG, 15 + 8, 30 + 8),
        ({}, Fault.HANGING, 15 + 8 + 10, 30 + 8 + 10),
        ({"timeout": 8.0, "confirm": (3.0, 7.0, 12.0)}, Fault.HANGING, 15 + 7 + 8, 30 + 7 + 8),
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
    assert of_any_fault(manner).mean_s == pytest.approx((23 + 23 + 33) / 3)


def test_what_mostly_waits_is_not_hedged() -> None:
    """A long look of a round trip does not hang, so its confirming looks come one after the other."""

    class Waiting(Manner):
        waits = True

    settings = {"interval": 60.0, "timeout": 10.0, "confirm": (3.0, 8.0)}
    assert budget(Waiting.model_validate(settings), Fault.HANGING).mean_s == 30 + 10 + 13 + 10


def test_a_heartbeat_is_missed_after_its_grace() -> None:
    """It can stop right after a sign, so its period and its grace pass before any look can tell."""
    beat = Heartbeat(kind="heartbeat", name="b", component="c", key="k" * 20, period="10m", grace="1m", interval="30s")
    known_s = budget(Manner(), Fault.KILLED).worst_s - 30
    assert of_any_fault(beat) == Budget(300 + 60 + 15 + known_s, 600 + 60 + 30 + known_s)
    assert faults(beat) == (Fault.KILLED,)


@pytest.mark.parametrize(
    ("cron", "hours"),
    [
        ("0 3 * * *", 25),
        ("0 3 * * 1-5", 73),
        ("30 * * * *", 1),
        ("0 0 1 * *", 31 * 24 + 1),
        ("* 9-17 * * 1-5", 63 + 1 / 60),
    ],
)
def test_a_rhythm_of_cron_is_as_slow_as_its_longest_gap(cron: str, hours: float) -> None:
    """A weekend, a long month, and the night in which the clocks go back."""
    beat = Heartbeat(
        kind="heartbeat", name="b", component="c", key="k" * 20, cron=cron, timezone="Europe/Riga", grace="0s"
    )
    assert beat.unseen_s == (hours * 1800, hours * 3600)


def test_a_tripwire_leaves_only_the_confirming_looks() -> None:
    """Where a connection is left open; elsewhere nobody promises it."""
    web = Tcp(kind="tcp", name="t", component="c", host="h.test", port=1, interval="10m", confirm=("2s", "5s"))
    assert by_tripwire(web) == Budget(5, 5)
    assert by_tripwire(web.model_copy(update={"tripwire": False})) is None
    assert by_tripwire(Dns(kind="dns", name="d", component="c", server="192.0.2.1", query="a.test")) is None


def test_an_objective_is_about_the_worst() -> None:
    """A mean within the limit is not enough, and where there is no limit nothing is missed."""
    assert Budget(23, 38).within(38)
    assert not Budget(23, 38).within(37)
    assert Budget(23, 38).within(None)
