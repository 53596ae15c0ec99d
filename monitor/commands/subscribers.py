"""Who subscribed on the public page; what is kept of one of them, and to keep it no more.

ownup subscribers list                      how each stands
ownup subscribers export ADDRESS            all that is kept of an address, as JSON, for its owner
ownup subscribers erase ADDRESS             deletes it, and leaves no trace of the address
"""

import argparse
import json
from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from monitor.commands.command import Trouble
from monitor.commands.deed import do
from monitor.commands.settings import add_config
from monitor.commands.table import print_table
from monitor.ledger import privacy
from monitor.ledger.store import Ledger
from monitor.models import Subscriber


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    deeds = parser.add_subparsers(metavar="DEED", required=True)
    show = deeds.add_parser("list", help="list every subscriber", allow_abbrev=False)
    show.set_defaults(deed=_list)
    give = deeds.add_parser("export", help="print all that is kept of an address", allow_abbrev=False)
    give.set_defaults(deed=_export)
    wipe = deeds.add_parser("erase", help="keep nothing more of an address", allow_abbrev=False)
    wipe.set_defaults(deed=_erase)
    for deed in (give, wipe):
        deed.add_argument("address", metavar="ADDRESS", help="of mail, or of a webhook")
    for deed in (show, give, wipe):
        add_config(deed)


def run(arguments: argparse.Namespace) -> int:
    """Do the deed, beside the daemon if it runs."""
    return do(arguments)


async def _list(ledger: Ledger, arguments: argparse.Namespace) -> None:
    del arguments
    async with ledger.read() as s:
        found = (await s.scalars(select(Subscriber).order_by(col(Subscriber.id)))).all()
    rows = [(one.way, one.state, f"{one.asked_at:%Y-%m-%d}", one.language, _of(one), one.address) for one in found]
    print_table(("WAY", "STATE", "SINCE", "LANGUAGE", "HEARS OF", "ADDRESS"), rows)


def _of(one: Subscriber) -> str:
    return ", ".join(json.loads(one.components)) or "everything"


async def _export(ledger: Ledger, arguments: argparse.Namespace) -> None:
    async with ledger.write() as s:
        kept = await privacy.export(s, arguments.address, actor="ownup", now=datetime.now(UTC))
    if not kept:
        raise Trouble("nothing is kept of that address")
    print(privacy.as_text(kept))


async def _erase(ledger: Ledger, arguments: argparse.Namespace) -> None:
    async with ledger.write() as s:
        count = await privacy.erase(s, arguments.address, actor="ownup", now=datetime.now(UTC))
    if not count:
        raise Trouble("nothing is kept of that address")
    await ledger.scrub()
    print("erased" if count == 1 else f"erased: {count} subscriptions")
