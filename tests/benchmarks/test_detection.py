"""The simulation: its worlds are what they say, and its peers call when they are known to call."""

from collections.abc import Callable
from functools import partial
from itertools import count, takewhile
from random import Random

import pytest

from benchmarks.detection import Contender, contenders, delays, noise
from benchmarks.ours import Ownup
from benchmarks.peers import blackbox, gatus, uptime_kuma
from benchmarks.worlds import DAY_S, SPELL_LOSS, SPELL_S, SPELLS_A_DAY, Bursty, Iid, Outage, World, seeded
from monitor.budget import Fault, budget
from probes.target import Manner

MakeWorld = Callable[[Random], World]


def dice(seed: int) -> Random:
    """The same in every run."""
    return next(seeded(seed, 1))


@pytest.mark.parametrize(
    ("make", "worst_s"),
    [
        (lambda _: gatus, 190.0),
        (lambda rng: partial(blackbox, phase_s=rng.random() * 60), 280.0),
        (lambda _: uptime_kuma, 108.0),
    ],
    ids=["gatus", "blackbox", "uptime-kuma"],
)
def test_others_call_as_late_as_they_are_known_to(make: Callable[[Random], object], worst_s: float) -> None:
    """With their defaults, at worst, when the server hangs: 190 s, about 280 s and 108 s."""
    found = delays(Contender("peer", 60.0, make), outages=4000, hangs=True)
    assert worst_s - 4 < found[-1] <= worst_s


@pytest.mark.parametrize(("fault", "hangs"), [(Fault.WRONG, False), (Fault.HANGING, True)])
def test_what_explain_promises_is_what_the_court_does(fault: Fault, hangs: bool) -> None:  # noqa: FBT001 - a table's cell
    """The arithmetic of ``ownup explain`` and the simulated court agree, worst and mean."""
    manner = Manner()
    found = delays(Contender("ours", manner.interval, lambda _: Ownup(manner)), outages=2000, hangs=hangs)
    promised = budget(manner, fault)
    assert found[-1] <= promised.worst_s
    assert sum(found) / len(found) == pytest.approx(promised.mean_s, rel=0.05)


@pytest.mark.parametrize("world", [Iid, Bursty])
def test_skipping_good_looks_changes_nothing(world: MakeWorld) -> None:
    """As many of a grid's looks fail whether each is asked, or the next failure is asked for."""
    end_s = 100 * DAY_S
    asked = world(dice(1))
    one_by_one = sum(asked.fails(30.0 * slot) for slot in range(int(end_s / 30)))
    leaping, slot_s, leaps = world(dice(2)), 0.0, 0
    while (slot_s := leaping.next_failure_s(slot_s, 30.0)) < end_s:
        slot_s, leaps = slot_s + 30.0, leaps + 1
    assert leaps == pytest.approx(one_by_one, rel=0.2)


def test_bad_spells_fail_as_many_looks_as_they_should() -> None:
    """The share of a day that lies in spells, and half of its looks."""
    line = Bursty(dice(3), rate=0.0)
    looks = [line.fails(at) for at in takewhile(lambda at: at < 2000 * DAY_S, count(0.0, 60.0))]
    assert sum(looks) / len(looks) == pytest.approx(SPELLS_A_DAY * SPELL_S / DAY_S * SPELL_LOSS, rel=0.1)


def test_an_outage_fails_from_its_onset_on() -> None:
    """Not before, and from then on always, unless it is partial."""
    outage = Outage(dice(4), onset_s=100.0)
    assert [outage.fails(99.9), outage.fails(100.0)] == [False, True]
    assert outage.next_failure_s(10.0, 60.0) == 130.0
    partly = Outage(dice(5), share=0.25)
    assert sum(partly.fails(at) for at in range(4000)) == pytest.approx(1000, rel=0.1)


def test_one_seed_gives_one_table() -> None:
    """Every figure can be seen again."""
    first, *_ = contenders(Manner())
    assert noise(first, Bursty, years=1) == noise(first, Bursty, years=1)
