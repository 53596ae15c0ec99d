"""List the incidents of a desk.

ownup incidents [--state open|over|any]     the newest first, up to --limit
ownup incidents NUMBER                      one of them, with everything that happened

The desk is at --url or OWNUP_URL; OWNUP_TOKEN holds your token.
"""

import argparse
import json
from typing import Any, Final

from drafts.markdown import one_line
from monitor.commands.remote import Remote, add_remote, remote
from monitor.commands.table import print_table

LIMIT: Final = 20
PART_MAX: Final = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which, and how to print."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="of one incident")
    parser.add_argument("--state", choices=("open", "over", "any"), default="open", help="default: %(default)s")
    parser.add_argument("--limit", type=int, default=LIMIT, metavar="N", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, as the API gives it")
    add_remote(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask the desk, and print."""
    desk = remote(arguments)
    if arguments.number is not None:
        _print_one(desk.ask("GET", f"/incidents/{arguments.number}").told, as_json=arguments.json)
        return 0
    found = _listed(desk, arguments.state, arguments.limit)
    if arguments.json:
        print("".join(f"{json.dumps(one)}\n" for one in found), end="")
    else:
        rows = [(one["id"], one["stage"], one["name"], one["sentence"]) for one in found]
        print_table(("NUMBER", "STAGE", "WHAT", "HOW"), rows)
    return 0


def _listed(desk: Remote, state: str, limit: int) -> list[dict[str, Any]]:
    """Part by part, until there are enough."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while len(found) < limit:
        part = min(PART_MAX, limit - len(found))
        told = desk.ask("GET", f"/incidents?state={state}&limit={part}{cursor}").told
        found += told["items"]
        if told["next"] is None:
            break
        cursor = f"&cursor={told['next']}"
    return found


def _print_one(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(told))
        return
    print(f"{one_line(told['name'])}: {told['stage']}")
    print(one_line(told["sentence"]))
    print(f"in hand: {told['held_by'] or 'nobody yet'}\n")
    print_table(("WHEN", "WHAT"), [(one["at"][:19], f"{one['sentence']} {one['detail']}") for one in told["story"]])
