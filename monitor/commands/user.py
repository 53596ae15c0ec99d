"""Add and list the people who can sign in to the desk.

ownup user add NAME --role viewer|responder|approver|admin    prints a link with which they choose a password, once;
                                                              again, for who lost the link or forgot the password
ownup user link NAME ID                                       lets your identity provider or proxy sign this person in;
                                                              ID is what the desk told them when it turned them away
ownup user disable NAME                                       shuts them out at once; their name stays
ownup user list
"""

import argparse
import asyncio
from datetime import UTC, datetime
from typing import Final

from monitor.commands.command import Trouble
from monitor.commands.settings import Settings, add_config, read
from monitor.desk.invite import invite
from monitor.ledger import audit, people
from monitor.ledger.store import Ledger
from monitor.models import Person, Role

NAME_CHARS_MAX: Final = 80


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    deeds = parser.add_subparsers(metavar="DEED", required=True)
    add = deeds.add_parser("add", help="add a person, and print their invitation", allow_abbrev=False)
    add.add_argument("name", metavar="NAME", help="the name that signs what they approve")
    add.add_argument("--role", type=Role, choices=list(Role), required=True, metavar="ROLE", help=", ".join(Role))
    add.set_defaults(deed=_add)
    link = deeds.add_parser("link", help="let an identity provider or proxy sign a person in", allow_abbrev=False)
    link.add_argument("name", metavar="NAME", help="the person here")
    link.add_argument("id", metavar="ID", help="who they are there")
    link.set_defaults(deed=_link)
    shut = deeds.add_parser("disable", help="shut a person out at once", allow_abbrev=False)
    shut.add_argument("name", metavar="NAME", help="the person here")
    shut.set_defaults(deed=_disable)
    show = deeds.add_parser("list", help="list everybody", allow_abbrev=False)
    show.set_defaults(deed=_list)
    for deed in (add, link, shut, show):
        add_config(deed)


def run(arguments: argparse.Namespace) -> int:
    """Do the deed, beside the daemon if it runs."""
    asyncio.run(_with_ledger(arguments))
    return 0


async def _with_ledger(arguments: argparse.Namespace) -> None:
    config = read(arguments.config)
    async with Ledger.open(config.storage, config.path.absolute().parent, beside=True) as ledger:
        await arguments.deed(ledger, config, arguments)


async def _add(ledger: Ledger, config: Settings, arguments: argparse.Namespace) -> None:
    name = arguments.name.strip()
    if not name or len(name) > NAME_CHARS_MAX or not name.isprintable():
        raise Trouble(f"a name has 1 to {NAME_CHARS_MAX} printable characters")
    async with ledger.read() as s:
        known = await people.find(s, name)
    if known and (known.disabled_at or known.role != arguments.role):
        raise Trouble(f'there is a "{name}" already: {known.role}, {_standing(known)}')
    link = await invite(ledger, name, arguments.role, url=config.desk.url, now=datetime.now(UTC))
    print(f"{name} chooses a password here, once: {link}")


async def _link(ledger: Ledger, config: Settings, arguments: argparse.Namespace) -> None:
    del config
    outside_id = arguments.id.strip()
    async with ledger.write() as s:
        person, other = await people.find(s, arguments.name.strip()), await people.from_outside(s, outside_id)
        if person is None:
            raise Trouble(f'there is no "{arguments.name}": add them first, with: ownup user add')
        if not outside_id or (other and other.id != person.id):
            raise Trouble(f"that is {other.name} already" if other else "an ID is needed")
        await people.link(s, person.id, outside_id)
        subject, now = f"person:{person.id}", datetime.now(UTC)
        await audit.note(s, actor="ownup", action="linked", subject=subject, detail=outside_id, now=now)
    print(f"{person.name} may sign in as {outside_id}")


async def _disable(ledger: Ledger, config: Settings, arguments: argparse.Namespace) -> None:
    del config
    now = datetime.now(UTC)
    async with ledger.write() as s:
        person = await people.find(s, arguments.name.strip())
        if person is None:
            raise Trouble(f'there is no "{arguments.name}"')
        await people.disable(s, person.id, now)
        await audit.note(s, actor="ownup", action="disabled", subject=f"person:{person.id}", now=now)
    print(f"{person.name} is shut out")


async def _list(ledger: Ledger, config: Settings, arguments: argparse.Namespace) -> None:
    del config, arguments
    async with ledger.read() as s:
        for person in await people.everyone(s):
            print(f"{person.name}\t{person.role}\t{_standing(person)}")


def _standing(person: Person) -> str:
    if person.disabled_at:
        return "disabled"
    return "active" if person.password_hash else "invited"
