"""A PostgreSQL server for whoever wants to see that the record is the same in both databases."""

from collections.abc import Iterator

import pytest

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
