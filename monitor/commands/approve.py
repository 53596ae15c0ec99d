"""Approve a draft of a desk, in your name.

ownup approve NUMBER                       shows the words, and asks; only on a terminal
ownup approve NUMBER --text-sha256 HASH    for the words that you have read elsewhere, and whose hash this is

Exit code 0 if it goes out now; 1 if you say no, or the desk refuses, and then nothing was published.
The desk is at --url or OWNUP_URL; OWNUP_TOKEN holds your token.
"""

import argparse
import sys
from typing import Any, Final

from monitor.commands.command import Trouble
from monitor.commands.drafts import shown
from monitor.commands.remote import add_remote, remote

YES: Final = frozenset({"y", "yes"})


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which, and how to say yes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("number", type=int, metavar="NUMBER", help="of the draft")
    parser.add_argument("--text-sha256", metavar="HASH", help="of the words that you have read: say yes without asking")
    parser.add_argument("--override", default="", metavar="REASON", help="why words may stay that the rules hold back")
    add_remote(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show, ask, and say yes to the very words that were shown."""
    desk, number = remote(arguments), arguments.number
    if arguments.text_sha256 is None and not sys.stdin.isatty():
        raise Trouble("this is no terminal to ask on: give --text-sha256 of the words that you have read")
    draft = desk.ask("GET", f"/drafts/{number}")
    text_sha256 = arguments.text_sha256 or _asked(draft.told)
    if not text_sha256:
        print("nothing was published")
        return 1
    given = {"text_sha256": text_sha256, "override": arguments.override}
    done = desk.ask("POST", f"/drafts/{number}/approve", given, version=draft.etag).told
    ways = ", ".join(one["channel"] for one in done["deliveries"])
    print(f"approved by {done['approval']['by']}: it goes out now over {ways}")
    return 0


def _asked(draft: dict[str, Any]) -> str:
    """The hash of the words that the human has just read, if they say yes to them."""
    print("\n".join(shown(draft)))
    answer = input("publish this in your name? [y/N] ")
    return str(draft["text_sha256"]) if answer.strip().lower() in YES else ""
