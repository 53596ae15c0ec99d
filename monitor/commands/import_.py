"""Make a config of ours from that of another monitor.

What could not be carried over stands in it as a comment, at the target that it concerns; a summary goes to stderr.
Passwords are never copied: they become ${VARIABLES}, and with --secrets a file that sets them, which only you can read.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from monitor.commands.command import Trouble
from monitor.importers import IMPORTERS, Blueprint, SourceError, write

_ONLY_MINE: Final = 0o600


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which monitor, and where to write."""
    monitors = parser.add_subparsers(metavar="MONITOR", required=True)
    for importer in IMPORTERS:
        one = monitors.add_parser(
            importer.NAME, help=importer.SUMMARY, description=importer.SUMMARY, allow_abbrev=False
        )
        importer.arguments(one)
        one.add_argument("--output", type=Path, metavar="FILE", help="write to this file instead of stdout")
        one.add_argument("--secrets", type=Path, metavar="FILE", help="write the passwords here, as NAME=value")
        one.add_argument("--force", action="store_true", help="write over files that exist")
        one.set_defaults(importer=importer)


def run(arguments: argparse.Namespace) -> int:
    """Read, write, and say what became of it."""
    files = [path for path in (arguments.output, arguments.secrets) if path]
    if len({path.absolute() for path in files}) < len(files):
        raise Trouble("--output and --secrets are the same file")
    if not arguments.force and (there := next((path for path in files if path.exists()), None)):
        raise Trouble(f"{there} exists already; --force writes over it")
    try:
        blueprint = arguments.importer.read(arguments)
    except SourceError as error:
        raise Trouble(str(error)) from None
    text = write(blueprint)
    if arguments.secrets:
        _put(arguments.secrets, "".join(_assignments(blueprint)), _ONLY_MINE)
    if arguments.output:
        _put(arguments.output, text, 0o666)
    else:
        print(text, end="")
    print("\n".join(_summary(blueprint, secrets=arguments.secrets)), file=sys.stderr)
    return 0


def _put(path: Path, text: str, mode: int) -> None:
    """Write a file whole; one that may be read by few was never open to more."""
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
        beside.replace(path)
    except OSError as error:
        raise Trouble(f"{path}: cannot be written: {error.strerror}") from None


def _assignments(blueprint: Blueprint) -> Iterator[str]:
    """As shells and systemd's EnvironmentFile read them; what we do not know stays as it is set elsewhere."""
    for name, value in blueprint.variables.items():
        escaped = re.sub(r'(["\\$`])', r"\\\1", value or "")
        yield f'{name}="{escaped}"\n' if value is not None else f"# {name}=\n"


def _summary(blueprint: Blueprint, *, secrets: Path | None) -> Iterator[str]:
    lost = sum(bool(sketch.lost) for sketch in blueprint.sketches)
    off = sum(bool(sketch.faults) and not sketch.lost for sketch in blueprint.sketches)
    noted = sum(bool(sketch.notes) and not sketch.lost for sketch in blueprint.sketches)
    kept = _counted(len(blueprint.sketches) - lost, "target")
    yield f"{kept}, {noted} of them with notes on what is not carried over"
    if off:
        yield f"{off} switched off, since they would judge otherwise than before: see the comments at each"
    if lost:
        yield f"{lost} not carried over at all, told as comments"
    names = blueprint.variables
    if names and secrets:
        yield f"{secrets} holds {_counted(len(names), 'variable')}: set -a; . {secrets}; set +a"
    elif names:
        yield f"set these variables before ownup check, or write them with --secrets FILE: {', '.join(names)}"
    if empty := [name for name, value in names.items() if value is None]:
        yield f"their values are not in the file, so you must know them: {', '.join(empty)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
