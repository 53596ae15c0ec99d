"""Check the chain of the audit log, or print it.

ownup audit verify                      exit code 0 if the chain is whole, 1 with the first bad line if not
ownup audit verify --kept NUMBER:HASH   also holds it against a line that an earlier “verify” told, and you kept
ownup audit export [--after NUMBER]     every line as one object of JSON, oldest first

Who may change the database can cut off the end and write the rest anew, so that the chain is whole again: only a line
that you kept elsewhere tells of that, and of nothing that came after it.
"""

import argparse
import asyncio
import re
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.commands.settings import add_config, read
from monitor.ledger import audit
from monitor.ledger.store import Ledger

_LINE: Final = re.compile(r"([1-9][0-9]{0,8}):([0-9a-f]{64})")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    deeds = parser.add_subparsers(metavar="DEED", required=True)
    verify = deeds.add_parser("verify", help="check every line against the one before it", allow_abbrev=False)
    verify.add_argument("--kept", type=_kept, metavar="NUMBER:HASH", help="a line that must still be there")
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
    bad = await audit.verify(s)
    if bad is not None:
        print(f"the audit log is broken: line {bad} is not what was written")
        return 1
    if arguments.kept and not await audit.holds(s, *arguments.kept):
        print(f"the audit log was written anew: line {arguments.kept[0]} is not the one that you kept")
        return 1
    newest = await audit.head(s)
    print("the audit log is whole: " + (f"{newest.entry_id}:{newest.sha256}" if newest else "it has no line yet"))
    return 0


def _kept(text: str) -> tuple[int, str]:
    line = _LINE.fullmatch(text)
    if line is None:
        raise argparse.ArgumentTypeError(f'"{text}" names no line: give it as “verify” prints it, NUMBER:HASH')
    return int(line[1]), line[2]


async def _export(s: AsyncSession, arguments: argparse.Namespace) -> int:
    after = arguments.after
    while batch := await audit.lines(s, after_id=after, limit=audit.BATCH):
        for entry in batch:
            print(audit.as_json(entry))
        after = batch[-1].id
        s.expunge_all()
    return 0
