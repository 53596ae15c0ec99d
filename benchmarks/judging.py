"""What judging one Result costs: ``python -m benchmarks.judging``.

Each target has looks with the phases of an HTTPS target, some of them slow, a few of them failed; everything that is
learned is learned. Only the court is measured: what it decides is rarely written, and then by another task.
"""

import sys
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import quantiles
from time import perf_counter_ns
from typing import Final

from monitor.court.court import Court, Rules
from monitor.court.testimony import Testimony
from monitor.court.topology import Node, Topology
from probes.finding import Outcome
from probes.reason import Reason

TARGETS: Final = 1000
ROUNDS: Final = 100
SEED: Final = 20261122
PHASES: Final = ("resolve", "connect", "tls", "request", "first_byte", "body", "judge")
FAILED_SHARE: Final = 0.002


def costs_us(targets: int = TARGETS, rounds: int = ROUNDS) -> list[float]:
    """How many microseconds each look took to judge, once enough is known of every target."""
    dice = Random(SEED)  # noqa: S311 - no secret
    names = [f"t{number}" for number in range(targets)]
    nodes = (Node(name, name, f"{name}.example", slow_times=5.0, partial_after=6) for name in names)
    court = Court(Topology(nodes), Rules())
    at, now_s, costs = datetime(2026, 11, 22, tzinfo=UTC), 0.0, []
    for _ in range(rounds):
        at, now_s = at + timedelta(seconds=30), now_s + 30.0
        for number, name in enumerate(names):
            told = _look(name, dice, at, f"192.0.2.{number % 250}")
            began_ns = perf_counter_ns()
            court.hear(told, now_s=now_s)
            costs.append((perf_counter_ns() - began_ns) / 1000)
    return costs[len(costs) // 2 :]


def _look(name: str, dice: Random, at: datetime, address: str) -> Testimony:
    phases = {phase: dice.expovariate(100) for phase in PHASES}
    failed = dice.random() < FAILED_SHARE
    outcome, reason = (Outcome.FAILED, Reason.STATUS) if failed else (Outcome.OK, None)
    return Testimony(name, outcome, reason, at, sum(phases.values()), phases=phases, address=address)


def main() -> None:
    """Measure and print."""
    cuts = quantiles(costs_us(), n=100)
    sys.stdout.write(f"judging one look: p50 {cuts[49]:.1f} µs, p90 {cuts[89]:.1f} µs, p99 {cuts[98]:.1f} µs\n")


if __name__ == "__main__":
    main()
