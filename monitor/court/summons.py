"""Who appears before the court: topology, rules and calendar as a config gives them."""

from datetime import timedelta
from typing import Any

from monitor.config import Config, Maintenance
from monitor.court.calendar import Again, Calendar, Once, Window
from monitor.court.court import Rules
from monitor.court.topology import Node, Topology
from monitor.verdict import Patience
from probes.target import Target


def topology(config: Config[Any]) -> Topology:
    """Every target and anchor that is looked at, and what depends on what."""
    targets = [_node(target) for target in config.target if target.enabled]
    anchors = [_node(target, anchor=True) for target in config.anchor if target.enabled]
    return Topology([*targets, *anchors], {component.id: component.depends_on for component in config.component})


def rules(config: Config[Any]) -> Rules:
    """What holds for all targets."""
    incidents = config.incidents
    return Rules(timedelta(seconds=incidents.join_within), timedelta(seconds=incidents.reopen_within))


def calendar(config: Config[Any]) -> Calendar:
    """The planned work."""
    return Calendar(window(one, config.site.timezone) for one in config.maintenance)


def _node(target: Target, *, anchor: bool = False) -> Node:
    return Node(
        name=target.name,
        component="" if anchor else target.component,
        host=target.reached_at.lower(),
        depends_on=target.depends_on,
        patience=Patience(len(target.confirm) + 1, target.recover),
        confirm_s=target.confirm,
        timeout_s=target.longest_s,
        ip_family=target.ip_family,
        slow_times=target.slow_times,
        partial_after=target.partial_after,
        defer_grace_s=target.defer_grace,
        anchor=anchor,
    )


def window(one: Maintenance, timezone: str) -> Window:
    """When a work is done, and for whom; ``timezone`` where it names none."""
    zone = one.timezone or timezone
    when = Once(one.start, one.end) if one.start and one.end else Again(one.cron, timedelta(seconds=one.lasts), zone)
    return Window(when, frozenset(one.targets), frozenset(one.components))
