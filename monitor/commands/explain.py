"""Say how long a fault of each target can go unnoticed by its settings, on average and at worst.

Exit code 0, or 1 if a target misses its detect_within.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from monitor.budget import Budget, Fault, budget, of_any_fault
from monitor.commands.command import Trouble
from monitor.commands.settings import add_config, read
from probes.target import Target

HEADINGS: Final = ("target", "every", *Fault, "objective")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which file."""
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each target that is looked at."""
    targets = [target for target in read(arguments.config).target if target.enabled]
    if not targets:
        raise Trouble("there is nothing to explain: the config has no enabled [[target]]")
    print("From a fault until a human is called, in seconds: on average / at worst")
    print()
    print("\n".join(_aligned([HEADINGS, *map(_row, targets)])))
    return 0 if all(_kept(target) for target in targets) else 1


def _kept(target: Target) -> bool:
    return of_any_fault(target).within(target.detect_within)


def _row(target: Target) -> Sequence[str]:
    faults = [_figures(budget(target, fault)) for fault in Fault]
    return (target.name, f"{target.interval:g}", *faults, _objective(target))


def _figures(found: Budget) -> str:
    return f"{found.mean_s:.3g} / {found.worst_s:.3g}"


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
