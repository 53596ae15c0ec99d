"""List the drafts that wait at a desk for a human.

ownup drafts            each that waits, the oldest first
ownup drafts NUMBER     one of them, as customers would read it

The desk is at --url or OWNUP_URL; OWNUP_TOKEN holds your token.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from drafts.markdown import one_line
from monitor.commands.remote import Remote, add_remote, remote
from monitor.commands.table import print_table
from monitor.markdown import honest


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which, and how to print."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="of one draft")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, as the API gives it")
    add_remote(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask the desk, and print."""
    desk = remote(arguments)
    if arguments.number is not None:
        told = desk.ask("GET", f"/drafts/{arguments.number}").told
        print(json.dumps(told) if arguments.json else "\n".join(shown(told)))
        return 0
    found = _listed(desk)
    if arguments.json:
        print("".join(f"{json.dumps(one)}\n" for one in found), end="")
    else:
        rows = [
            (one["id"], one["incident"], one["kind"], one["waits_since"][:19], bare(one["etag"]), one["title"])
            for one in found
        ]
        print_table(("NUMBER", "INCIDENT", "KIND", "WAITS SINCE", "VERSION", "TITLE"), rows)
    return 0


def shown(draft: dict[str, Any]) -> Iterator[str]:
    """A draft as a human should read it before they say yes: its words, what the rules find, and where it goes."""
    for words in draft["languages"]:
        yield from (f"[{words['language']}] {one_line(words['title'])}", "", honest(words["body"]), "")
    for found in draft["findings"]:
        yield one_line(f"{found['level']} {found['rule']} “{found['words']}”: {found['why']} {found['instead']}")
    yield f"goes out over: {one_line(', '.join(draft['carried_by'])) or 'nothing'}"
    for channel, why in draft["left_out"].items():
        yield one_line(f"not over {channel}: {why}")
    yield f"text sha256: {draft['text_sha256']}"
    yield f"version: {bare(draft['etag'])}"


def bare(etag: str) -> str:
    """An entity tag as a word that no shell takes apart."""
    return etag.strip('"')


def quoted(version: str) -> str:
    """The entity tag that such a word names, as the desk wants it."""
    return f'"{bare(version)}"'


def _listed(desk: Remote) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        told = desk.ask("GET", f"/drafts?limit=100{cursor}").told
        found += told["items"]
        if told["next"] is None:
            return found
        cursor = f"&cursor={told['next']}"
