"""Give programs a way to act for a person: tokens of the API.

ownup token add PERSON --label WHAT --role viewer|responder|approver|admin [--expires 90d]
                                            prints the token, once; it may do no more than its person may
ownup token list
ownup token remove NUMBER                   it opens nothing from now on
"""

import argparse
from datetime import UTC, datetime, timedelta
from typing import Final

from monitor.commands.command import Trouble
from monitor.commands.deed import do
from monitor.commands.settings import add_config
from monitor.ledger import people, tokens
from monitor.ledger.store import Ledger
from monitor.ledger.tokens import Bearer, Standing
from monitor.models import Person, Role
from probes.target import seconds

LABEL_CHARS_MAX: Final = 80
EXPIRES: Final = "90d"
EXPIRES_MAX: Final = timedelta(days=366)
_RANK: Final = tuple(Role)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    deeds = parser.add_subparsers(metavar="DEED", required=True)
    add = deeds.add_parser("add", help="make a token for a person, and print it", allow_abbrev=False)
    add.add_argument("person", metavar="PERSON", help="in whose name it acts; what it approves, they have approved")
    add.add_argument("--label", required=True, metavar="WHAT", help="what it is for: the audit names it so")
    add.add_argument("--role", type=Role, choices=list(Role), required=True, metavar="ROLE", help=", ".join(Role))
    add.add_argument("--expires", type=_length, default=EXPIRES, metavar="LENGTH", help="default: %(default)s")
    add.set_defaults(deed=_add)
    show = deeds.add_parser("list", help="list every token", allow_abbrev=False)
    show.set_defaults(deed=_list)
    remove = deeds.add_parser("remove", help="let a token open nothing any more", allow_abbrev=False)
    remove.add_argument("number", type=int, metavar="NUMBER", help="as ownup token list shows it")
    remove.set_defaults(deed=_remove)
    for deed in (add, show, remove):
        add_config(deed)


def run(arguments: argparse.Namespace) -> int:
    """Do the deed, beside the daemon if it runs."""
    return do(arguments)


async def _add(ledger: Ledger, arguments: argparse.Namespace) -> None:
    label, now = arguments.label.strip(), datetime.now(UTC)
    if not label or len(label) > LABEL_CHARS_MAX or not label.isprintable():
        raise Trouble(f"a label has 1 to {LABEL_CHARS_MAX} printable characters")
    async with ledger.write() as s:
        person = _able(await people.find(s, arguments.person), arguments)
        secret = await tokens.add(s, person, arguments.role, label=label, expires_at=now + arguments.expires, now=now)
    print(secret)


def _able(person: Person | None, arguments: argparse.Namespace) -> Person:
    if person is None or person.disabled_at is not None:
        raise Trouble(f'nobody here is called "{arguments.person}": see ownup user list')
    if _RANK.index(arguments.role) > _RANK.index(person.role):
        raise Trouble(f"{person.name} is {person.role}, and a token may do no more than its person")
    return person


async def _list(ledger: Ledger, arguments: argparse.Namespace) -> None:
    del arguments
    async with ledger.read() as s:
        for bearer in await tokens.everything(s):
            print("\t".join(_row(bearer, datetime.now(UTC))))


def _row(bearer: Bearer, now: datetime) -> tuple[str, ...]:
    token, standing = bearer.token, bearer.standing(now)
    until = f"until {_day(token.expires_at)}" if standing is Standing.GOOD else standing
    used = f"used {_day(token.used_at)}" if token.used_at else "never used"
    return str(token.id), bearer.person.name, token.role, token.label, until, used


async def _remove(ledger: Ledger, arguments: argparse.Namespace) -> None:
    async with ledger.write() as s:
        removed = await tokens.remove(s, arguments.number, datetime.now(UTC))
    if not removed:
        raise Trouble(f"there is no token {arguments.number}, or it was removed before: see ownup token list")


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _length(text: str) -> timedelta:
    try:
        length = timedelta(seconds=float(str(seconds(text))))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f'"{text}" is no length of time: {error}') from None
    if not timedelta() < length <= EXPIRES_MAX:
        raise argparse.ArgumentTypeError(f"a token lasts {EXPIRES_MAX.days} days at most")
    return length
