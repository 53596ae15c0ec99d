"""What a reload would change in the targets: a pure comparison of two configs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.config.schema import Config
from probes.target import Target


@dataclass(frozen=True, slots=True)
class Changes:
    """Targets by name: those only in the new config, those only in the old, and those whose options differ.

    A target whose kind or component differs is removed and added: its past says nothing about what it is now.
    """

    added: frozenset[str]
    removed: frozenset[str]
    changed: frozenset[str]


def changes(before: Config[Any], after: Config[Any]) -> Changes:
    """Compare what is looked at; a target that is not enabled counts as not there."""
    old, new = _watched(before), _watched(after)
    both = old.keys() & new.keys()
    another = {name for name in both if _identity(old[name]) != _identity(new[name])}
    return Changes(
        added=frozenset((new.keys() - old.keys()) | another),
        removed=frozenset((old.keys() - new.keys()) | another),
        changed=frozenset(name for name in both - another if old[name] != new[name]),
    )


def _watched(config: Config[Any]) -> Mapping[str, Target]:
    return {target.name: target for target in (*config.target, *config.anchor) if target.enabled}


def _identity(target: Target) -> tuple[str, str]:
    return target.kind, target.component
