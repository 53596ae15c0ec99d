"""Look once at some or all targets, and print what was said and how long each stage took.

Exit code 0 ok, 1 degraded, 2 failed, 3 unknown; of several looks the worst: failed, then unknown, then degraded.
"""

import argparse
import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from monitor.commands import ticket
from monitor.commands.command import Trouble
from monitor.commands.settings import add_config, read
from monitor.config import did_you_mean
from probes.look import Outcome, Result, Target, look

AT_ONCE_MAX: Final = 50  # more would measure our own queue

_EXITS: Final = {Outcome.OK: 0, Outcome.DEGRADED: 1, Outcome.FAILED: 2, Outcome.UNKNOWN: 3}
_WORST_FIRST: Final = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.DEGRADED, Outcome.OK)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which targets, of which file, and how to print."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="targets to look at; none means all that are enabled")
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Look at the targets all at once, and print them in the order of the config file."""
    config = read(arguments.config)
    results = asyncio.run(_looks(_chosen(config.target, arguments.names)))
    if arguments.json:
        print("\n".join(map(ticket.as_json, results)))
    else:
        print("\n\n".join(map(ticket.as_text, results)))
    return _EXITS[worst(result.outcome for result in results)]


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome that several looks amount to."""
    return min(outcomes, key=_WORST_FIRST.index)


def _chosen(targets: Sequence[Target], names: Sequence[str]) -> list[Target]:
    known = {target.name: target for target in targets}
    for name in names:
        if name not in known:
            raise Trouble(f'there is no target "{name}"' + did_you_mean(name, known))
    chosen = [target for target in targets if (target.name in names if names else target.enabled)]
    if not chosen:
        raise Trouble("there is no target to look at: the config has no enabled [[target]]")
    return chosen


async def _looks(targets: Iterable[Target]) -> list[Result]:
    gate = asyncio.Semaphore(AT_ONCE_MAX)

    async def one(target: Target) -> Result:
        async with gate:
            return await look(target)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(target)) for target in targets]
    return [task.result() for task in tasks]
