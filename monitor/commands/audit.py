"""Check the chain of the audit log.

ownup audit verify    exit code 0 if the chain is whole, 1 with the first bad line if not
"""

import argparse
import asyncio

from monitor.commands.settings import add_config, read
from monitor.ledger import audit
from monitor.ledger.store import Ledger


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    deeds = parser.add_subparsers(metavar="DEED", required=True)
    add_config(deeds.add_parser("verify", help="check every line against the one before it", allow_abbrev=False))


def run(arguments: argparse.Namespace) -> int:
    """Verify, beside the daemon if it runs."""
    bad = asyncio.run(_first_bad_line(arguments))
    print("the audit log is whole" if bad is None else f"the audit log is broken: line {bad} is not what was written")
    return 0 if bad is None else 1


async def _first_bad_line(arguments: argparse.Namespace) -> int | None:
    config = read(arguments.config)
    async with Ledger.open(config.storage, config.path.absolute().parent, beside=True) as ledger, ledger.read() as s:
        return await audit.verify(s)
