"""A round of the scribe: it asks the record as often for many incidents as for one."""

from pathlib import Path

import pytest

from benchmarks import large
from benchmarks.large import Size
from monitor.ledger.store import Ledger
from monitor.scribe.account import Account
from monitor.scribe.scribe import Scribe
from tests.monitor.desk.house import START
from tests.monitor.statements import counted

FEW = Size(targets=12, incidents=2, components=3, hit=6, flips=1, open=1)
MANY = Size(targets=60, incidents=16, components=6, hit=30, flips=1, open=8)


async def asked(directory: Path, size: Size) -> int:
    """How many statements a round takes in which nothing is to be done."""
    directory.mkdir()  # noqa: ASYNC240 - of a test
    settings = large.config(directory, size)
    async with Ledger.open(settings.storage, directory) as ledger:
        await large.fill(ledger, settings, size, START)
        scribe = Scribe(ledger, Account(settings), clock=lambda: START)
        await scribe.tend()
        with counted() as statements:
            await scribe.tend()
    assert not [one for one in statements if one.startswith(("INSERT", "UPDATE"))]
    return len(statements)


@pytest.mark.timeout(120)
async def test_a_round_asks_as_often_however_much_is_open(tmp_path: Path) -> None:
    """Incidents that are open and reviews that wait are read together, so a large house costs no further statement."""
    assert await asked(tmp_path / "few", FEW) == await asked(tmp_path / "many", MANY)
