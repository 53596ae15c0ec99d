"""Promise 5: a process that dies at any step leaves a record that is whole, and the story goes on from there."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from drafts.facts import UpdateKind
from monitor.config import Storage
from monitor.ledger import audit, deliveries, drafts, incidents
from monitor.ledger.store import Ledger
from monitor.models import Act, Approval, Delivery, Flip, Incident, IncidentUpdate, Member, Revision, Standing
from tests.monitor.ledger.doomed import CHANNELS, drain, say, tell
from tests.monitor.ledger.story import approve, outage

ROOT = Path(__file__).parents[3]
TOLD = (UpdateKind.FIRST, UpdateKind.RESOLVED)


def kill_again_and_again(base: Path, stride: int) -> list[Path]:
    """Let the story be told by processes that die; gives where each of them has left its record."""
    program = [sys.executable, "-m", "tests.monitor.ledger.doomed", base, str(stride)]
    subprocess.run(program, check=True, cwd=ROOT, timeout=100)
    return sorted((path for path in base.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))


async def counts(s: AsyncSession) -> dict[type[SQLModel], int]:
    """How many rows there are."""
    tables = (Act, Approval, Delivery, Flip, Incident, IncidentUpdate, Member, Revision, Standing)
    return {table: int(await s.scalar(select(func.count()).select_from(table)) or 0) for table in tables}


def check_whole(rows: dict[type[SQLModel], int], done: set[str]) -> None:
    """What belongs together is there together, and nothing is missing that was said to be done."""
    begun = rows[Incident]
    assert begun == rows[Flip] == rows[Standing] == rows[Member] >= ("outage" in done)
    assert rows[IncidentUpdate] == rows[Revision] >= sum(f"drafted {kind}" in done for kind in TOLD)
    assert rows[Approval] >= sum(f"approved {kind}" in done for kind in TOLD)
    assert rows[Delivery] == rows[Approval] * len(CHANNELS)
    assert rows[Act] == rows[Approval]


async def go_on(ledger: Ledger, base: Path) -> None:
    """Do what the daemon does after its start: send again what was being sent, and take the story up where it is."""
    async with ledger.write() as s:
        for channel in CHANNELS:
            await deliveries.unclaim_all(s, channel)
        found = await incidents.recent(s, 1)
        incident = found[0] if found else await outage(s)
        waiting = await drafts.waiting(s)
        for update in waiting:
            await approve(s, update, *CHANNELS)
        told = {update.kind for update in await drafts.of_incident(s, incident.id)}
    await drain(ledger, base)
    for kind in TOLD:
        if kind not in told:
            await tell(ledger, incident, kind, base)


async def test_a_death_at_any_step_loses_nothing(tmp_path: Path) -> None:
    """Wherever it dies, every word reaches every channel, in order, and a repeat comes under the same key."""
    async with Ledger.open(Storage(), tmp_path):
        pass
    homes = kill_again_and_again(tmp_path, 1)
    assert len(homes) > 50
    for home in homes:
        say(home, "died")
        done = set((home / "done").read_text().splitlines())
        async with Ledger.open(Storage(), home) as ledger:
            async with ledger.read() as s:
                assert await audit.verify(s) is None
                check_whole(await counts(s), done)
            await go_on(ledger, home)
            async with ledger.read() as s:
                assert not await deliveries.pending_counts(s)
                assert [shown.update.kind for shown in await deliveries.published(s, "page")] == [*reversed(TOLD)]
                assert not await incidents.open_all(s)
        check_sent((home / "done").read_text().splitlines())


def check_sent(done: list[str]) -> None:
    """Each update went to each channel, in order, at most twice, and always under one key."""
    sent = [tuple(line.split()[1:]) for line in done if line.startswith("sent")]
    for channel in CHANNELS:
        line = [(kind, key) for to, kind, key in sent if to == channel]
        once = list(dict.fromkeys(line))
        assert [kind for kind, _ in once] == list(TOLD)
        assert line == sorted(line, key=once.index)
    assert Counter(sent).total() <= len(set(sent)) + 1


async def test_a_death_in_the_first_start_loses_nothing(tmp_path: Path) -> None:
    """Tables are made whole or not at all: after a death among them the next start makes them."""
    for home in kill_again_and_again(tmp_path, 31):
        async with Ledger.open(Storage(), home) as ledger, ledger.read() as s:
            assert await incidents.open_all(s) is not None
