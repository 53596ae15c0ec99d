"""What the judge writes together, and what it never lets wait."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from monitor.judge import judge
from monitor.ledger import flips
from monitor.verdict import Verdict
from tests.monitor.scribe.company import CONFIG, Company, opened

NAMES = [target.name for target in CONFIG.target]
PATIENCE_S = 30


@asynccontextmanager
async def recording(house: Company) -> AsyncIterator[None]:
    """The judge at its desk."""
    task = asyncio.create_task(house.judge.record())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def hear(house: Company, name: str, letter: str) -> None:
    """One look, of which nothing is written yet."""
    house.judge.hear(house.target(name), house.result(name, letter), now_s=house.now.timestamp())


async def until(house: Company, true: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the record says so."""
    async with asyncio.timeout(PATIENCE_S):
        version = 0
        while not await true():
            version = await house.ledger.changed(version)


async def test_the_verdicts_of_a_start_are_written_together(tmp_path: Path) -> None:
    """Each target's first verdict comes at a moment of its own, and all of them cost one write."""
    async with opened(tmp_path) as house, recording(house):
        before = house.ledger.version
        for name in NAMES:
            hear(house, name, "S")
            await asyncio.sleep(0.01)

        async def all_up() -> bool:
            async with house.ledger.read() as session:
                standing = await flips.standings(session)
            return {name for name, one in standing.items() if one.verdict is Verdict.UP} == set(NAMES)

        await until(house, all_up)
        assert house.ledger.version == before + 1


async def test_what_opens_an_incident_waits_for_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure is written at once, with whatever was waiting before it."""
    monkeypatch.setattr(judge, "GATHER_S", 3600.0)
    async with opened(tmp_path) as house, recording(house):
        hear(house, NAMES[0], "S")
        await asyncio.sleep(0.01)
        hear(house, NAMES[1], "F")

        async def told() -> bool:
            return bool(await house.incidents())

        await until(house, told)
        async with house.ledger.read() as session:
            standing = await flips.standings(session)
        assert {name: standing[name].verdict for name in NAMES[:2]} == {
            NAMES[0]: Verdict.UP,
            NAMES[1]: Verdict.SUSPECT,
        }
