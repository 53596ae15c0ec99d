"""When others call: the rules of Gatus, Uptime Kuma, and blackbox_exporter with Prometheus and Alertmanager.

Each walks through a world from one failed look to the next, and yields the moment of every call until ``until_s``.
The figures are the defaults that each documents; its source stands beside it.
"""

import math
from collections.abc import Callable, Iterator
from typing import Final

from benchmarks.worlds import World

Rule = Callable[[World, float, float], Iterator[float]]
"""A world, the moment of the first look, and the end: gives the moments of the calls."""

GATUS_INTERVAL_S: Final = 60.0  # README, "endpoints[].interval"
GATUS_TIMEOUT_S: Final = 10.0  # README, "client.timeout"
GATUS_FAILURES: Final = 3  # README, "endpoints[].alerts[].failure-threshold"
GATUS_SUCCESSES: Final = 2  # README, "endpoints[].alerts[].success-threshold"

KUMA_INTERVAL_S: Final = 60.0  # the form for a new monitor: "Heartbeat Interval"
KUMA_TIMEOUT_S: Final = 48.0  # the same form: 0.8 of the interval; "Retries" is 0, so that the first failure calls

SCRAPE_S: Final = 60.0  # Prometheus, configuration: global.scrape_interval and global.evaluation_interval
SCRAPE_TIMEOUT_S: Final = 9.5  # global.scrape_timeout of 10 s, less blackbox_exporter's --timeout-offset
FOR_S: Final = 120.0  # a usual rule: probe_success == 0, for: 2m
GROUP_WAIT_S: Final = 30.0  # Alertmanager, configuration: route.group_wait


def gatus(world: World, slot_s: float, until_s: float) -> Iterator[float]:
    """Three failures in a row call; two successes in a row end it."""
    while (slot_s := world.next_failure_s(slot_s, GATUS_INTERVAL_S)) < until_s:
        failures, successes, called = 1, 0, False
        while failures or called:
            if failures == GATUS_FAILURES and not called:
                called = True
                yield slot_s + world.look_s(GATUS_TIMEOUT_S)
            slot_s += GATUS_INTERVAL_S
            failed = world.fails(slot_s)
            failures, successes = (failures + 1, 0) if failed else (0, successes + 1)
            called = called and successes < GATUS_SUCCESSES
        slot_s += GATUS_INTERVAL_S


def uptime_kuma(world: World, slot_s: float, until_s: float) -> Iterator[float]:
    """The first failure calls; the next look comes an interval after the last one's end, and a good one ends it."""
    look_s = world.look_s(KUMA_TIMEOUT_S)
    while (slot_s := world.next_failure_s(slot_s, KUMA_INTERVAL_S)) < until_s:
        yield slot_s + look_s
        slot_s += look_s + KUMA_INTERVAL_S
        while world.fails(slot_s):
            slot_s += look_s + KUMA_INTERVAL_S
        slot_s += KUMA_INTERVAL_S


def blackbox(world: World, slot_s: float, until_s: float, *, phase_s: float = 0.0) -> Iterator[float]:
    """Rules are evaluated on a grid of their own; what is true there for two minutes calls after the group's wait."""
    look_s = world.look_s(SCRAPE_TIMEOUT_S)
    while (slot_s := world.next_failure_s(slot_s, SCRAPE_S)) < until_s:
        seen_s = slot_s + look_s
        pending_s = phase_s + SCRAPE_S * math.ceil((seen_s - phase_s) / SCRAPE_S)
        evaluated_s, failing, called = pending_s, True, False
        while failing:
            while slot_s + SCRAPE_S + look_s <= evaluated_s:
                slot_s += SCRAPE_S
                failing = world.fails(slot_s)
            if failing and not called and evaluated_s - pending_s >= FOR_S:
                called = True
                yield evaluated_s + GROUP_WAIT_S
            evaluated_s += SCRAPE_S
        slot_s += SCRAPE_S
