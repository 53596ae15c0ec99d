"""Say how long a fault of each target can go unnoticed by its settings, on average and at worst.

Also whether an outage of theirs could be told from a cut of our own line. Exit code 0, or 1 if a target misses its
detect_within. With --channels: who and what would be left if each component died; 1 if a plan is missing.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from monitor.budget import Budget, Fault, budget, by_tripwire, faults, of_any_fault
from monitor.commands import outlook
from monitor.commands.command import Trouble
from monitor.commands.settings import add_config, read
from monitor.config import Config
from monitor.court import summons
from monitor.court.blindspot import blind_spot
from monitor.readiness import readiness
from probes.target import Target

HEADINGS: Final = ("target", "every", *Fault, "by tripwire", "objective")
NONE: Final = "-"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which file."""
    add_config(parser)
    parser.add_argument("--channels", action="store_true", help="whom we could still tell if each component died")


def run(arguments: argparse.Namespace) -> int:
    """Print one paragraph for each thing that is explained."""
    config = read(arguments.config)
    if arguments.channels:
        found = readiness(config)
        print("\n\n".join("\n".join(lines) for lines in outlook.paragraphs(found)))
        return 1 if found.missing else 0
    targets = [target for target in config.target if target.enabled]
    if not targets:
        raise Trouble("there is nothing to explain: the config has no enabled [[target]]")
    print("\n\n".join("\n".join(lines) for lines in (*_detection(targets), *_sight(config))))
    return 0 if all(_kept(target) for target in targets) else 1


def _detection(targets: Iterable[Target]) -> Iterator[Sequence[str]]:
    """How long it takes until a human is called."""
    yield ["From a fault until a human is called, in seconds: on average / at worst"]
    yield list(_aligned([HEADINGS, *map(_row, targets)]))


def _sight(config: Config[Any]) -> Iterator[Sequence[str]]:
    """What we could mistake for an outage."""
    lacking = blind_spot(summons.topology(config))
    if lacking:
        yield [f"Warning: {lacking}"]


def _kept(target: Target) -> bool:
    return of_any_fault(target).within(target.detect_within)


def _row(target: Target) -> Sequence[str]:
    possible, wired = faults(target), by_tripwire(target)
    figures = [_figures(budget(target, fault) if fault in possible else None) for fault in Fault]
    return (target.name, f"{target.interval:g}", *figures, f"{wired.worst_s:g}" if wired else NONE, _objective(target))


def _figures(found: Budget | None) -> str:
    return f"{found.mean_s:.4g} / {found.worst_s:.4g}" if found else NONE


def _objective(target: Target) -> str:
    if target.detect_within is None:
        return "none"
    over_s = of_any_fault(target).worst_s - target.detect_within
    return f"{target.detect_within:g}: " + (f"MISSED by {over_s:g}" if over_s > 0 else "kept")


def _aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
