"""What a scrape of very many targets may cost, on a machine that has other things to do as well."""

from collections.abc import Callable

import pytest

from benchmarks.scrape import (
    CPU_S_MAX,
    LAG_S_MAX,
    RATIO_MIN,
    Cost,
    as_objects,
    cpu_of_objects,
    filled,
    over_http,
)
from monitor.metrics.dialect import Dialect


@pytest.fixture(scope="module")
def series() -> object:
    """Ten thousand web sites, each looked at once."""
    series, _ = filled(10_000)
    return series


def best(costs: list[Cost], figure: Callable[[Cost], float]) -> float:
    """The best of some, since what else the machine does only makes one worse."""
    return min(figure(cost) for cost in costs)


async def test_a_scrape_of_ten_thousand_targets_delays_no_look(series: object) -> None:
    """It costs 100 ms of processor at most, and the loop never works for 20 ms at a stretch, squeezed or not."""
    costs = await over_http(series, 3)
    assert best(costs["plain"], lambda cost: cost.cpu_s) <= CPU_S_MAX
    for one in costs.values():
        assert best(one, lambda cost: cost.step_s) <= LAG_S_MAX
    assert costs["gzip"][0].bytes * 5 < costs["plain"][0].bytes


async def test_lines_cost_a_tenth_of_objects() -> None:
    """Twelve series a target and more, written ten times as cheaply as prometheus_client writes the same."""
    series, _ = filled(1_000)
    text = b"".join(series.pieces(Dialect.TEXT)).decode()
    assert sum(line.startswith(("probe_", "ownup_")) for line in text.splitlines()) >= 12 * 1_000
    costs = await over_http(series, 3)
    registry = as_objects(text)
    objects_s = min(cpu_of_objects(registry) for _ in range(2))
    assert best(costs["plain"], lambda cost: cost.cpu_s) * RATIO_MIN <= objects_s
