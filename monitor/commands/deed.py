"""A deed: what the second word of a command asks to be done to the record, whether a daemon runs beside it or not."""

import argparse
import asyncio

from monitor.commands.settings import read
from monitor.ledger.store import Ledger


def do(arguments: argparse.Namespace) -> int:
    """Do the deed that was asked for; gives the exit code. Raises what the deed does, and ConfigError."""
    asyncio.run(_with_ledger(arguments))
    return 0


async def _with_ledger(arguments: argparse.Namespace) -> None:
    config = read(arguments.config)
    async with Ledger.open(config.storage, config.path.absolute().parent, beside=True) as ledger:
        await arguments.deed(ledger, arguments)
