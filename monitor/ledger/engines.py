"""The two databases behind one face: an engine whose transactions read, and one whose transactions write alone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.config import Storage
from monitor.ledger.directory import Home, touch
from monitor.ledger.errors import StorageError

FILE: Final = "record.db"
BUSY_S: Final = 10
READERS_MAX: Final = 8

# What a commit says is on the disk, and what the schema says holds: also against REPLACE, which else fires no trigger.
_ALWAYS: Final = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA recursive_triggers=ON")
_READING: Final = (*_ALWAYS, "PRAGMA query_only=ON")
_WRITING: Final = ("PRAGMA journal_mode=WAL", "PRAGMA secure_delete=ON", *_ALWAYS)

# What is deleted is overwritten with zeros (secure_delete), in the file, once the journal has gone there.
_SCRUB: Final = {"sqlite": "PRAGMA wal_checkpoint(TRUNCATE)", "postgresql": "VACUUM subscriber, posting"}

# Any number will do, as long as every version of ours takes the same.
_WRITER_LOCK: Final = "SELECT pg_advisory_xact_lock(7305525)"


@dataclass(frozen=True, slots=True)
class Engines:
    """``readers`` see one unchanging picture a transaction, ``writers`` wait for each other; ``where`` names it."""

    readers: AsyncEngine
    writers: AsyncEngine
    where: str


@asynccontextmanager
async def engines(storage: Storage, home: Home) -> AsyncIterator[Engines]:
    """The engines that the settings ask for; nothing is opened before they are used."""
    both = _sqlite(home.path / FILE) if storage.url is None else _postgres(storage.url.get_secret_value())
    try:
        yield both
    finally:
        await both.readers.dispose()
        await both.writers.dispose()


async def scrub(both: Engines) -> None:
    """Let nothing be left of what was deleted: not in SQLite's journal, nor in PostgreSQL's dead rows."""
    async with both.writers.connect() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None  # noqa: S101 - it is open
        # No transaction may be open for either, so the driver is asked, and not the engine, which begins one.
        await raw.driver_connection.execute(_SCRUB[both.writers.dialect.name])


def _sqlite(path: Path) -> Engines:
    touch(path)
    reading = _sqlite_engine(path, _READING, begin="BEGIN", size=READERS_MAX)
    writing = _sqlite_engine(path, _WRITING, begin="BEGIN IMMEDIATE", size=1)
    return Engines(reading, writing, where=str(path))


def _sqlite_engine(path: Path, pragmas: Sequence[str], *, begin: str, size: int) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        pool_size=size,
        max_overflow=0,
        connect_args={"timeout": BUSY_S, "isolation_level": None},  # None: we say BEGIN, not the driver
    )

    @event.listens_for(engine.sync_engine, "connect")
    def settle(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        del entry
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    _begin_with(engine, begin)
    return engine


def _postgres(url: str) -> Engines:
    parsed = _checked(url)
    try:
        reading = _postgres_engine(parsed, READERS_MAX, isolation_level="REPEATABLE READ")
        writing = _postgres_engine(parsed, 1, isolation_level="READ COMMITTED")
    except ImportError as error:
        raise StorageError('PostgreSQL needs a driver: pip install "ownup[postgres]"') from error
    _begin_with(reading, "SET TRANSACTION READ ONLY")
    _begin_with(writing, _WRITER_LOCK)
    return Engines(reading, writing, where=f"the database {parsed.render_as_string(hide_password=True)}")


def _checked(url: str) -> URL:
    with suppress(ArgumentError, ValueError):  # ValueError: the port is no number
        parsed = make_url(url)
        if parsed.drivername == "postgresql+asyncpg":
            return parsed
    raise StorageError('[storage] url should be like "postgresql+asyncpg://user:password@host/name"')


def _postgres_engine(url: URL, size: int, *, isolation_level: str) -> AsyncEngine:
    settings = {"application_name": "ownup", "timezone": "UTC", "lock_timeout": f"{BUSY_S}s"}
    return create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level=isolation_level,
        connect_args={"timeout": BUSY_S, "server_settings": settings},
    )


def _begin_with(engine: AsyncEngine, statement: str) -> None:
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)
