"""Play recorded results through today's rules: which drafts would have been opened, and who called when.

Each FILE is a CSV with the columns time,status,code,response_ms: one target, named like the file. All are taken to live
on one host unless told. The rules are the defaults, or the [defaults] and [incidents] of a config.

Without a FILE our own looks are played, as far back as they are kept, by all that the config says of its targets.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from monitor.commands.command import Trouble
from monitor.commands.export import moment
from monitor.commands.settings import CONFIG_FILE, Settings, read
from monitor.config import UnreadableError, read_text
from monitor.court import summons
from monitor.ledger.history import History
from monitor.replay.cases import Incident
from monitor.replay.play import Setting, play
from monitor.replay.recording import Recording, RecordingError, parse, recorded
from probes.target import Manner

FILE_BYTES_MAX: Final = 256 * 1024 * 1024
_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which recordings, by which rules, and how to print."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a recording of one target")
    parser.add_argument("--config", type=Path, metavar="FILE", help="play by the rules of this file")
    parser.add_argument("--since", type=moment, metavar="WHEN", help='own looks since then: ISO 8601, or "24h" ago')
    parser.add_argument("--until", type=moment, metavar="WHEN", help="own looks until then (default: now)")
    parser.add_argument(
        "--host", action="append", default=[], type=_host, metavar="TARGET=HOST", help="where a target lives"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object an incident")


def run(arguments: argparse.Namespace) -> int:
    """Play all files together, and print every incident in the order of opening."""
    if arguments.files:
        recordings = [_recording(file) for file in arguments.files]
        setting = _setting(arguments.config, dict(arguments.host))
    else:
        config = read(arguments.config or CONFIG_FILE)
        recordings = asyncio.run(_history(config, arguments.since or _ALWAYS, arguments.until or datetime.now(UTC)))
        setting = _as_lived(config)
    incidents = play(recordings, setting)
    if arguments.json:
        print("".join(f"{_as_json(incident)}\n" for incident in incidents), end="")
    else:
        print("\n".join([*map(_as_line, incidents), *_sum(recordings, incidents)]))
    return 0


def _host(text: str) -> tuple[str, str]:
    target, equals, host = text.partition("=")
    if not (target and equals and host):
        raise argparse.ArgumentTypeError(f'"{text}" is not TARGET=HOST')
    return target, host


def _recording(file: Path) -> Recording:
    try:
        return parse(file.stem, read_text(file, FILE_BYTES_MAX).splitlines())
    except UnreadableError as error:
        raise Trouble(f"{file}: cannot be read: {error}") from None
    except RecordingError as error:
        raise Trouble(f"{file}:{error}") from None


def _setting(path: Path | None, hosts: dict[str, str]) -> Setting:
    if path is None:
        return Setting(Manner(), hosts=hosts)
    config = read(path)
    watch_for = timedelta(seconds=config.notices.watch_for)
    return Setting(config.defaults, summons.rules(config), watch_for, hosts)


async def _history(config: Settings, since: datetime, until: datetime) -> list[Recording]:
    """Our own looks at the targets of this config."""
    async with History.open(config.storage, config.path.absolute().parent, config.site.timezone) as history:
        names = [target.name for target in config.target if target.enabled]
        found = [recorded(name, await history.results(name, since, until)) for name in names]
    if not any(recording.rows for recording in found):
        raise Trouble("there are no looks of that time to play: results are kept for [storage] samples_keep")
    return found


def _as_lived(config: Settings) -> Setting:
    """All that a config says of its targets: who depends on whom, where they live, how each is looked at."""
    watch_for = timedelta(seconds=config.notices.watch_for)
    return Setting(config.defaults, summons.rules(config), watch_for, topology=summons.topology(config))


def _as_json(incident: Incident) -> str:
    moments = {key: _iso(getattr(incident, key)) for key in ("opened_at", "called_at", "recovered_at")}
    return json.dumps({**moments, "reason": incident.reason, "members": list(incident.members)}, ensure_ascii=False)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def _as_line(incident: Incident) -> str:
    called = f"called after {_span(incident.called_at - incident.opened_at)}" if incident.called_at else "nobody called"
    ended = f"over after {_span(incident.recovered_at - incident.opened_at)}" if incident.recovered_at else "not over"
    why = incident.reason or "reason not recorded"
    return f"{incident.opened_at:%Y-%m-%d %H:%M:%S}  {called}, {ended}  {why}  {' '.join(incident.members)}"


def _span(time: timedelta) -> str:
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def _sum(recordings: Sequence[Recording], incidents: Sequence[Incident]) -> Iterator[str]:
    drafts, calls = len(incidents), sum(incident.called_at is not None for incident in incidents)
    failures = sum(recording.failures for recording in recordings)
    yield (
        f"would have opened {_counted(drafts, 'draft')} instead of {failures}, "
        f"and called a human {_counted(calls, 'time')}"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
