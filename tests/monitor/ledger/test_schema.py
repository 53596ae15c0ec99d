"""Models and migrations say the same, in both databases."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Table, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from monitor.ledger.store import Ledger
from monitor.models import Component
from tests.monitor.ledger.story import NOON

TABLES = list(SQLModel.metadata.sorted_tables)


async def connection(s: AsyncSession) -> Any:
    """The connection under a session."""
    return await s.connection()


async def test_models_and_migrations_agree(ledger: Ledger) -> None:
    """Alembic finds nothing in the models that the migrations have not made, and nothing more."""

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, SQLModel.metadata)

    async with ledger.read() as s:
        assert await (await connection(s)).run_sync(differences) == []


async def test_checks_agree(ledger: Ledger) -> None:
    """The migrations have made every CHECK of the models, which Alembic does not compare, and no other."""

    def names(connection: Connection) -> dict[str, set[str | None]]:
        found = inspect(connection)
        return {table.name: {check["name"] for check in found.get_check_constraints(table.name)} for table in TABLES}

    def expected(table: Table) -> set[str]:
        checks = [str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)]
        return {name if name.startswith("ck_") else f"ck_{table.name}_{name}" for name in checks}

    async with ledger.read() as s:
        assert await (await connection(s)).run_sync(names) == {table.name: expected(table) for table in TABLES}


async def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    """A naive time never reaches the record."""
    with pytest.raises(Exception, match="a time without a zone cannot be stored"):
        async with ledger.write() as s:
            s.add(Component(id="web", name="Website", retired_at=NOON.replace(tzinfo=None)))
