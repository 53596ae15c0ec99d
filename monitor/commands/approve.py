"""Approve a draft of a desk, in your name.

ownup approve NUMBER                    shows the words, and asks; only on a terminal
ownup approve NUMBER --yes              shows the words, and approves these very words without asking
ownup approve NUMBER --version VERSION  for what you have read elsewhere, as “ownup drafts NUMBER” names its version

Exit code 0 if it goes out now; 1 if you say no, or the desk refuses, and then nothing was published.
The desk is at --url or OWNUP_URL; OWNUP_TOKEN holds your token.
"""

import argparse
import sys
from typing import Any, Final

from monitor.commands.command import Trouble
from monitor.commands.drafts import quoted, shown
from monitor.commands.remote import add_remote, remote

YES: Final = frozenset({"y", "yes"})


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which, and how to say yes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("number", type=int, metavar="NUMBER", help="of the draft")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--version", metavar="VERSION", help="of what you have read: say yes without showing or asking")
    how.add_argument("--yes", action="store_true", help="say yes to what is shown, without asking")
    parser.add_argument("--override", default="", metavar="REASON", help="why words may stay that the rules hold back")
    add_remote(parser)


def run(arguments: argparse.Namespace) -> int:
    """Say yes to the very version that the human has read: here, or elsewhere."""
    desk, number = remote(arguments), arguments.number
    if not (arguments.version or arguments.yes or sys.stdin.isatty()):
        raise Trouble("this is no terminal to ask on: give the --version that you have read, or --yes")
    read = desk.ask("GET", f"/drafts/{number}")
    version = quoted(arguments.version) if arguments.version else read.etag
    if not arguments.version and not _agreed(read.told, asks=not arguments.yes):
        print("nothing was published")
        return 1
    given = {"text_sha256": read.told["text_sha256"], "override": arguments.override}
    done = desk.ask("POST", f"/drafts/{number}/approve", given, version=version).told
    ways = ", ".join(one["channel"] for one in done["deliveries"])
    print(f"approved by {done['approval']['by']}: it goes out now over {ways}")
    return 0


def _agreed(draft: dict[str, Any], *, asks: bool) -> bool:
    """Show it, and hear whether the human says yes to it."""
    print("\n".join(shown(draft)), flush=True)
    return not asks or input("publish this in your name? [y/N] ").strip().lower() in YES
