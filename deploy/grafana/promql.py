"""The expressions that more than one dashboard asks."""

from typing import Final

TARGET: Final = "job, instance, target"
COMPONENT: Final = "job, instance, component"

# What was scraped from /probe has no target, and is there a second time with one.
CHOSEN: Final = 'target=~"$target"'
ANY: Final = 'target!=""'
OF_COMPONENT: Final = 'component=~"$component"'

# The verdicts as numbers, the worst with the largest.
VERDICTS: Final = {"up": 1, "degraded": 2, "unknown": 3, "suspect": 4, "down": 5}


def chosen(expr: str) -> str:
    """Series of targets, with their component, as far as the dashboard is asked about it."""
    return f"({expr}) * on ({TARGET}) group_left (component) target:ownup_component:info{{{OF_COMPONENT}}}"


def worst(count: int, series: str, *, by: str, lowest: bool = False) -> str:
    """The same few series over the whole time, where topk alone would choose anew at every step."""
    choose = "bottomk" if lowest else "topk"
    return f"{series} and on ({by}) {choose}({count}, avg_over_time({series}[$__range] @ end()))"


def quantile(share: float, histogram: str, window: str) -> str:
    """A quantile of what a histogram saw in a window."""
    return f"histogram_quantile({share:g}, sum by (le) (increase({histogram}_bucket[{window}])))"


def or_none(expr: str) -> str:
    """0 where a count finds nothing to count."""
    return f"{expr} or vector(0)"


def in_force(verdict: str, which: str = ANY) -> str:
    """The targets, of those that ``which`` (label matchers) names, that have this verdict now."""
    return f'ownup_verdict{{{which}, verdict="{verdict}"}} == 1'


def verdict_number(which: str) -> str:
    """The verdict in force of the targets that ``which`` (label matchers) names, as a number."""
    weighed = " or ".join(f'{n} * ownup_verdict{{{which}, verdict="{name}"}}' for name, n in VERDICTS.items())
    return f"sum by ({TARGET}) ({weighed})"


def grown(counter: str, which: str = ANY, window: str = "$__rate_interval") -> str:
    """By how much a counter grew."""
    return f"increase({counter}{{{which}}}[{window}])"
