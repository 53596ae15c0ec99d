"""Run the sample mail host, or break and repair it.

ownup sample serve           a shop, SMTP and IMAP on loopback, and sinks for what would reach customers
ownup sample break smtp      nothing listens there any more (web, smtp or imap)
ownup sample repair smtp     it listens again
ownup sample state           how each part stands
"""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from typing import Final

from monitor.commands.command import Trouble
from monitor.sample import Part, Ports, Sample, SampleError, serve


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done to the host, and where it listens."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    deeds = parser.add_subparsers(metavar="DEED", required=True, dest="deed")
    for deed in _DEEDS:
        one = deeds.add_parser(deed, allow_abbrev=False)
        one.add_argument("--ports", type=Ports.parse, default=Ports(), help="default: %(default)s")
        if deed in ("break", "repair"):
            one.add_argument("part", choices=[part.value for part in Part], metavar="PART", help=", ".join(Part))
        if deed == "serve":
            one.add_argument("--leashed", action="store_true", help="end when standard input closes")


def run(arguments: argparse.Namespace) -> int:
    """Do the deed."""
    try:
        asyncio.run(_DEEDS[arguments.deed](arguments))
    except SampleError as error:
        raise Trouble(str(error)) from error
    return 0


async def _serve(arguments: argparse.Namespace) -> None:
    try:
        await serve(arguments.ports, _announce, leashed=arguments.leashed)
    except OSError as error:
        raise Trouble(f"sample: {error.strerror or error}") from error


async def _break(arguments: argparse.Namespace) -> None:
    await Sample(arguments.ports).break_(Part(arguments.part))
    print(f"{arguments.part} is broken: repair it with: ownup sample repair {arguments.part}")


async def _repair(arguments: argparse.Namespace) -> None:
    await Sample(arguments.ports).repair(Part(arguments.part))
    print(f"{arguments.part} works again")


async def _state(arguments: argparse.Namespace) -> None:
    for part, standing in (await Sample(arguments.ports).state()).items():
        print(f"{part}: {standing}")


_DEEDS: Final[dict[str, Callable[[argparse.Namespace], Coroutine[None, None, None]]]] = {
    "serve": _serve,
    "break": _break,
    "repair": _repair,
    "state": _state,
}


def _announce(ports: Ports) -> None:
    """One line, whose last word the parent of a leashed host reads."""
    print(f"the sample host answers on loopback, ports {ports}", flush=True)
