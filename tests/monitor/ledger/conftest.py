"""Both databases for every test of the ledger: SQLite in a directory of the test, PostgreSQL in one of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.config import Storage
from monitor.ledger.store import Ledger
from tests.monitor.ledger.cluster import Cluster, running


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL server a test process."""
    with running() as started:
        yield started


@pytest.fixture
def empty_url(cluster: Cluster) -> str:
    """A PostgreSQL database without any table."""
    return cluster.empty()


@pytest.fixture
def migrated_url(cluster: Cluster) -> str:
    """A PostgreSQL database with all tables."""
    return cluster.database()


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
