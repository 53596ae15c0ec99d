"""Hold any text to the honesty rules.

Exit code 0 if there is nothing to block or warn of, else 1.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from drafts.honesty import Finding, Level, Stage, check
from monitor.commands.command import Trouble
from monitor.config import UnreadableError, read_text

STDIN: Final = Path("-")
TEXT_BYTES_MAX: Final = 1024 * 1024

_KEYS: Final = ("rule", "level", "start", "end", "words", "why", "instead")


@dataclass(frozen=True, slots=True)
class Linted:
    """One file's text, and what the rules found in it and in its title."""

    file: Path
    text: str
    findings: tuple[Finding, ...]

    @property
    def bad(self) -> bool:
        """Whether anything was found that blocks or warns."""
        return any(finding.level is not Level.INFORM for finding in self.findings)

    def as_json(self) -> str:
        """One object on one line; ``start`` and ``end`` count the characters of the text, or of the title."""
        findings = [{key: getattr(finding, key) for key in _KEYS} for finding in self.findings]
        return json.dumps({"file": str(self.file), "findings": findings}, ensure_ascii=False)

    def as_lines(self) -> Iterator[str]:
        """One line for each finding, as compilers write them, and what to write instead below it."""
        for finding in self.findings:
            place = "title" if finding.part == "title" else f"{self.text.count(chr(10), 0, finding.start) + 1}"
            words = f' "{" ".join(finding.words.split())}"' if finding.words else ""
            yield f"{self.file}:{place}: {finding.level} {finding.rule}{words}: {finding.why}"
            yield f"    instead: {finding.instead}"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which texts, and what is known of them."""
    parser.add_argument("files", nargs="*", type=Path, default=[STDIN], metavar="FILE", help="- is standard input")
    parser.add_argument("--kind", type=Stage, choices=list(Stage), default=Stage.FIRST, help="default: %(default)s")
    parser.add_argument("--title", default="", help="the title of the text")
    parser.add_argument("--posted-at", type=_moment, metavar="ISO", help='such as "2026-03-12T14:02:00+02:00"')
    parser.add_argument("--json", action="store_true", help="print one JSON object a file")


def run(arguments: argparse.Namespace) -> int:
    """Check each text by itself."""
    bad = False
    for file in arguments.files:
        text = _text(file)
        findings = check(arguments.title, text, arguments.kind, arguments.posted_at, facts=None)
        linted = Linted(file, text, findings)
        bad = bad or linted.bad
        for line in [linted.as_json()] if arguments.json else linted.as_lines():
            print(line)
    return 1 if bad else 0


def _text(file: Path) -> str:
    try:
        return read_text(Path("/dev/stdin") if file == STDIN else file, TEXT_BYTES_MAX)
    except UnreadableError as error:
        raise Trouble(f"{file}: cannot be read: {error}") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is no ISO 8601 time') from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f'"{text}" has no zone')
    return moment
