"""The tables, brought up to date: by the migrations that come with the package, in one transaction, or not at all."""

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from monitor.ledger.engines import Engines
from monitor.ledger.errors import NewerDatabase, StorageError

MIGRATIONS: Final = "monitor.ledger:migrations"


async def migrate(engines: Engines, *, may_change: bool) -> None:
    """Bring the tables up to date. Raises NewerDatabase or StorageError, and then nothing has been changed."""
    try:
        async with engines.readers.begin() as connection:
            at_head = await connection.run_sync(_at_head, engines.where)
        if at_head:
            return
        if not may_change:
            raise StorageError(f"{engines.where} is in use by an older ownup: restart it first")
        async with engines.writers.begin() as connection:
            await connection.run_sync(_upgrade)
    except DBAPIError as error:
        raise StorageError(f"{engines.where} cannot be used: {error.orig}") from error
    except (OSError, TimeoutError, SQLAlchemyError) as error:
        raise StorageError(f"{engines.where} cannot be reached: {error}") from error


def head() -> str:
    """The revision of the tables that this version writes."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _at_head(connection: Connection, where: str) -> bool:
    current = set(MigrationContext.configure(connection).get_current_heads())
    script = ScriptDirectory.from_config(_config())
    newer = current - {revision.revision for revision in script.walk_revisions()}
    if newer:
        raise NewerDatabase(
            f"{where} was written by a newer version of ownup (its tables are at {', '.join(sorted(newer))}, "
            f"ours at {script.get_current_head()}): nothing was changed; start that version, or restore a backup"
        )
    return current == set(script.get_heads())


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    return config
