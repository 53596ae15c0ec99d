"""A program that tells the story of an outage again and again, and dies each time a little later.

``python -m tests.monitor.ledger.doomed BASE STRIDE`` makes a directory in BASE for each death, named after the step
that it did not take; what it says it has done stands there in the file ``done``. A record in BASE is where it begins.
"""

import asyncio
import os
import shutil
import sys
from itertools import count
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from drafts.facts import UpdateKind
from monitor.config import Storage
from monitor.ledger import deliveries, incidents
from monitor.ledger.store import Ledger
from monitor.models import Incident
from tests.monitor.ledger.story import after, approve, draft, outage

CHANNELS = ("mail", "page")


async def story(base: Path) -> None:
    """An outage, from its first failed look to its end, saying what has been done as soon as it has."""
    async with Ledger.open(Storage(), base) as ledger:
        async with ledger.write() as s:
            incident = await outage(s)
        say(base, "outage")
        await tell(ledger, incident, UpdateKind.FIRST, base)
        async with ledger.write() as s:
            await incidents.recover(s, incident.id, "smtp", after(3))
            await incidents.set_recovered(s, incident.id, after(3))
        say(base, "recovered")
        await tell(ledger, incident, UpdateKind.RESOLVED, base)


async def tell(ledger: Ledger, incident: Incident, kind: UpdateKind, base: Path) -> None:
    """Draft, approve and send one update."""
    async with ledger.write() as s:
        update = await draft(s, incident, kind)
    say(base, f"drafted {kind}")
    async with ledger.write() as s:
        await approve(s, update, *CHANNELS)
    say(base, f"approved {kind}")
    await drain(ledger, base)


async def drain(ledger: Ledger, base: Path) -> None:
    """Send all that is due, in the way of the real one: claim, send, record."""
    for channel in CHANNELS:
        while True:
            async with ledger.write() as s:
                outgoing = await deliveries.next_due(s, channel, after(9))
                if outgoing is None:
                    break
                await deliveries.claim(s, outgoing.delivery.id)
            say(base, f"sent {channel} {outgoing.update.kind} {outgoing.delivery.key}")
            async with ledger.write() as s:
                await deliveries.delivered(s, outgoing.delivery.id, "", after(9))


def say(base: Path, what: str) -> None:
    """Write down what has been done, where dying cannot take it back."""
    with (base / "done").open("a") as done:
        done.write(f"{what}\n")


def die_at(step: int) -> None:
    """Kill this process right before its n-th statement that writes, or commit."""
    steps = count(1)

    def perhaps() -> None:
        if next(steps) == step:
            os._exit(1)

    @event.listens_for(Engine, "before_cursor_execute")
    def on_statement(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "CREATE")):
            perhaps()

    @event.listens_for(Engine, "commit")
    def on_commit(_connection: object) -> None:
        perhaps()


def main(base: Path, stride: int) -> None:
    """Die later and later, until one lives to the end."""
    for step in count(1, stride):
        home = base / str(step)
        shutil.copytree(base / ".ownup", home / ".ownup") if (base / ".ownup").exists() else home.mkdir()
        child = os.fork()
        if child == 0:
            die_at(step)
            asyncio.run(story(home))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) == 0:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
