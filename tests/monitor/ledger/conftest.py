"""Both databases for every test of the ledger: SQLite in a directory of the test, PostgreSQL in one of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.config import Storage
from monitor.ledger.store import Ledger


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """Where the record lives: once in SQLite, once in PostgreSQL."""
    if request.param == "sqlite":
        return Storage()
    return Storage(url=SecretStr(request.getfixturevalue("migrated_url")))


@pytest.fixture
async def ledger(storage: Storage, tmp_path: Path) -> AsyncIterator[Ledger]:
    """An open record."""
    async with Ledger.open(storage, tmp_path) as opened:
        yield opened
