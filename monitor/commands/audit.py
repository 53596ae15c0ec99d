"""Check the chain of the audit log, or print it.

ownup audit verify                      exit code 0 if the chain is whole, 1 with the first bad line if not
ownup audit export [--after NUMBER]     every line as one object of JSON, oldest first
"""

import argparse
import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.commands.settings import add_config, read
from monitor.ledger import audit
from monitor.ledger.store import Ledger


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    deeds = parser.add_subparsers(metavar="DEED", required=True)
    verify = deeds.add_parser("verify", help="check every line against the one before it", allow_abbrev=False)
    verify.set_defaults(deed=_verify)
    export = deeds.add_parser("export", help="print every line as JSON", allow_abbrev=False)
    export.add_argument("--after", type=int, default=0, metavar="NUMBER", help="only what came after this line")
    export.set_defaults(deed=_export)
    for deed in (verify, export):
        add_config(deed)


def run(arguments: argparse.Namespace) -> int:
    """Verify or print, beside the daemon if it runs."""
    return asyncio.run(_with_record(arguments))


async def _with_record(arguments: argparse.Namespace) -> int:
    config = read(arguments.config)
    async with Ledger.open(config.storage, config.path.absolute().parent, beside=True) as ledger, ledger.read() as s:
        code: int = await arguments.deed(s, arguments)
    return code


async def _verify(s: AsyncSession, arguments: argparse.Namespace) -> int:
    del arguments
    bad = await audit.verify(s)
    print("the audit log is whole" if bad is None else f"the audit log is broken: line {bad} is not what was written")
    return 0 if bad is None else 1


async def _export(s: AsyncSession, arguments: argparse.Namespace) -> int:
    after = arguments.after
    while batch := await audit.lines(s, after_id=after, limit=audit.BATCH):
        for entry in batch:
            print(audit.as_json(entry))
        after = batch[-1].id
        s.expunge_all()
    return 0
