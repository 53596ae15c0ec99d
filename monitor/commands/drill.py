"""Rehearse an outage end to end: sample servers, sandbox channels, and a score at the end.

ownup drill                  people act at a desk of its own, by their usual names and passwords; --call calls them
ownup drill --auto           a script acts at the desk, so that it ends by itself; for CI and cron
"""

import argparse
import asyncio
import signal
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from monitor import log
from monitor.commands.command import Trouble
from monitor.commands.settings import add_config, read
from monitor.config import Config
from monitor.daemon import CannotListen
from monitor.drill import Plan, Score, rehearse
from monitor.drill.rehearsal import Tell
from monitor.drill.score import Limits
from monitor.ledger.store import StorageError
from monitor.sample import Part, SampleError, leash

WITHIN_S: Final = 1800
AUTO_WITHIN_S: Final = 180


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_config(parser)
    parser.add_argument(
        "--auto", action="store_true", help="a script acts instead of people, and the drill ends by itself"
    )
    parser.add_argument("--call", action="store_true", help="call the people of the config, by their routes")
    parser.add_argument(
        "--part", type=Part, choices=list(Part), default=Part.SMTP, metavar="PART", help=", ".join(Part)
    )
    parser.add_argument(
        "--within", type=int, metavar="SECONDS", help=f"give up after this ({WITHIN_S}, with --auto {AUTO_WITHIN_S})"
    )
    parser.add_argument(
        "--desk-port", type=int, default=0, metavar="PORT", help="where its desk listens (default: any free port)"
    )
    parser.add_argument("--desk-url", default="", metavar="URL", help="how browsers reach that, if not by loopback")
    parser.add_argument("--leashed", action="store_true", help="end when standard input closes")
    parser.add_argument("--json", action="store_true", help="the score as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Rehearse; 0 if it was passed, 1 if not."""
    log.begin()
    config = read(arguments.config)
    limits = Limits(timedelta(seconds=config.calls.next_person_after), timedelta(seconds=config.calls.approve_within))
    with tempfile.TemporaryDirectory(prefix="ownup-drill-") as directory:
        try:
            result = asyncio.run(_hold(config, arguments, Path(directory)))
        except* (SampleError, CannotListen, StorageError) as why:
            raise Trouble(str(why.exceptions[0])) from why
    faults = list(result.faults(limits))
    print(result.as_json(limits) if arguments.json else "\n".join([*result.lines(), *_verdict(faults)]))
    return 1 if faults else 0


async def _hold(config: Config[Any], arguments: argparse.Namespace, directory: Path) -> Score:
    if arguments.leashed:
        await leash(lambda: signal.raise_signal(signal.SIGTERM))
    return await rehearse(config, _plan(arguments), directory, _teller(arguments))


def _plan(arguments: argparse.Namespace) -> Plan:
    within_s = arguments.within or (AUTO_WITHIN_S if arguments.auto else WITHIN_S)
    return Plan(
        part=arguments.part,
        within=timedelta(seconds=within_s),
        auto=arguments.auto,
        call=arguments.call,
        desk=arguments.desk_port,
        url=arguments.desk_url.rstrip("/"),
    )


def _teller(arguments: argparse.Namespace) -> Tell:
    return (lambda _: None) if arguments.json else (lambda words: print(words, flush=True))


def _verdict(faults: list[str]) -> list[str]:
    return [f"not passed: {fault}" for fault in faults] or ["passed"]
