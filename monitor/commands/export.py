"""Print what was seen, for spreadsheets and other programs.

ownup export results --since 24h                  every single look that is still kept, oldest first, target by target
ownup export uptime --since 2026-01-01            what each day came to, component by component
ownup export outages --since 2026-01-01           every stretch in which a component failed, in part or as a whole
"""

import argparse
import asyncio
import csv
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from typing import Final

from monitor.commands.command import Trouble
from monitor.commands.settings import Settings, add_config, read
from monitor.ledger.history import History
from probes.target import seconds

Row = tuple[str | float | None, ...]
Rows = AsyncIterator[Row]
Names = Sequence[str]

_SECOND_US: Final = 1_000_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what, of which time and of whom, and how to print."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    nouns = parser.add_subparsers(metavar="WHAT", required=True, dest="noun")
    for noun in _ROWS:
        one = nouns.add_parser(noun, allow_abbrev=False)
        one.add_argument("--since", type=moment, required=True, metavar="WHEN", help='ISO 8601, or "48h" ago')
        one.add_argument("--until", type=moment, metavar="WHEN", help="default: now")
        one.add_argument("--format", choices=_FORMATS, default="csv", help="default: %(default)s")
        one.add_argument("--only", action="append", metavar="NAME", help="of this target or component; may be repeated")
        add_config(one)


def run(arguments: argparse.Namespace) -> int:
    """Print row by row, beside the daemon if it runs."""
    asyncio.run(_export(arguments, read(arguments.config)))
    return 0


def moment(text: str) -> datetime:
    """``2026-03-12``, ``2026-03-12T14:00Z`` or ``48h`` (ago); what has no zone is UTC."""
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        return datetime.now(UTC) - timedelta(seconds=float(str(seconds(text))))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f'"{text}" is no time: {error}') from None


async def _export(words: argparse.Namespace, config: Settings) -> None:
    until = words.until or datetime.now(UTC)
    if until <= words.since:
        raise Trouble("--until is not after --since")
    rows, whose, columns = _ROWS[words.noun]
    async with History.open(config.storage, config.path.absolute().parent, config.site.timezone) as history:
        names = _chosen(await whose(history), words.only)
        write = _FORMATS[words.format](columns)
        async for row in rows(history, names, words.since, until):
            write(row)


async def _results(history: History, names: Names, since: datetime, until: datetime) -> Rows:
    for target in names:
        for sample in await history.results(target, since, until):
            duration_s = round(sample.duration_s, 6)
            yield target, _iso(sample.at), sample.outcome, sample.reason, duration_s, sample.planned


async def _uptime(history: History, names: Names, since: datetime, until: datetime) -> Rows:
    days = await history.days(history.day_of(since), history.day_of(until))
    for component in names:
        for day in days[component]:
            lasted = (*astuple(day.tally), day.unknown_us)
            yield component, day.date.isoformat(), day.tally.uptime, *(us / _SECOND_US for us in lasted)


async def _outages(history: History, names: Names, since: datetime, until: datetime) -> Rows:
    for component in names:
        for outage in await history.outages(component, since, until):
            duration_s = (outage.until - outage.since).total_seconds()
            yield component, outage.state, _iso(outage.since), _iso(outage.until), duration_s


def _chosen(names: Names, only: Names | None) -> Names:
    """Those that were asked for, or all. Raises Trouble for a name of which nothing is known."""
    if unknown := [name for name in only or () if name not in names]:
        raise Trouble(f'nothing is known of "{unknown[0]}"; there is: {", ".join(names) or "nothing yet"}')
    return [name for name in names if not only or name in only]


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _as_csv(columns: Sequence[str]) -> Callable[[Row], None]:
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    write(columns)

    def row(values: Row) -> None:
        write([str(value).lower() if isinstance(value, bool) else value for value in values])

    return row


def _as_jsonl(columns: Sequence[str]) -> Callable[[Row], None]:
    return lambda row: print(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False))


_FORMATS: Final = {"csv": _as_csv, "jsonl": _as_jsonl}

_ROWS: Final = {
    "results": (_results, History.targets, ("target", "time", "outcome", "reason", "duration_s", "planned")),
    "uptime": (
        _uptime,
        History.components,
        ("component", "date", "uptime", "ok_s", "degraded_s", "partial_s", "down_s", "planned_s", "unknown_s"),
    ),
    "outages": (_outages, History.components, ("component", "state", "since", "until", "duration_s")),
}
