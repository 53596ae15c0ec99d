"""How patient the court is with a mail server that asks us to come again later."""

import pytest

from monitor.court.case import Open
from probes.reason import Reason
from tests.monitor.court.trial import Trial, company, node

GRACE_S = 600.0


def greylisting() -> Trial:
    """A mail server that was well a moment ago."""
    trial = company(node("mail", defer_grace_s=GRACE_S))
    trial.saw("mail", "S")
    return trial


@pytest.mark.parametrize(
    ("looks", "every_s", "opened"),
    [
        ("D" * 2, 700, 0),  # long enough, but two looks may be chance
        ("D" * 3, 300, 1),
        ("D" * 10, 30, 0),  # greylisted for five minutes (CASES R16)
        ("D" * 20, 30, 0),  # not quite ten minutes
        ("D" * 21, 30, 1),
        ("D" * 15 + "S" + "D" * 15, 30, 0),  # a good look in between begins it anew
        ("D" * 15 + "F" + "D" * 15, 30, 1),  # what opens is the failure, quietly
        ("D" * 15 + "U" + "D" * 6, 30, 1),  # what we could not see ends nothing
    ],
)
def test_it_opens_nothing_until_it_has_lasted(looks: str, every_s: float, opened: int) -> None:
    """As many looks as a failure needs, and as long as the grace."""
    trial = greylisting()
    trial.saw("mail", looks, every_s=every_s, reason=Reason.DEFERRED)
    assert trial.drafts == opened
    assert trial.calls == (0 if "F" in looks else opened)


def test_the_incident_began_with_the_first_deferred_look() -> None:
    """The grace is ours; the customers' mail has waited since then."""
    trial = greylisting()
    trial.saw("mail", "D", reason=Reason.DEFERRED)
    began = trial.now
    trial.saw("mail", "D" * 20, every_s=30, reason=Reason.DEFERRED)
    (case,) = trial.open
    assert case.members[0].first_failed_at == began


def test_other_slowness_has_its_own_patience() -> None:
    """Deferred looks in between neither count towards it nor end it."""
    trial = greylisting()
    for reason in (Reason.LATENCY, Reason.DEFERRED, Reason.DEFERRED, Reason.LATENCY, Reason.DEFERRED):
        trial.saw("mail", "D", reason=reason)
    assert trial.count(Open) == 0
    trial.saw("mail", "D", reason=Reason.LATENCY)
    assert trial.calls == 1
    trial.saw("mail", "DDD", reason=Reason.DEFERRED)
    assert trial.open[0].members[0].failing
    trial.saw("mail", "SS")
    assert not trial.open[0].members[0].failing
