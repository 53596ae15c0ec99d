"""The Ledger: it opens safely or says why not, writes whole or not at all, and wakes whoever waits."""

import asyncio
import sqlite3
import stat
from contextlib import closing, suppress
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from monitor.config import Storage
from monitor.ledger import lessons, people, schema
from monitor.ledger.store import Ledger, NewerDatabase, StorageError
from monitor.models import Role
from tests.monitor.ledger.story import NOON


async def refusal(storage: Storage, base: Path, *, beside: bool = False) -> str:
    """The sentence with which the record refuses to open."""
    with pytest.raises(StorageError) as refused:
        async with Ledger.open(storage, base, beside=beside):
            raise AssertionError("it opened")
    return str(refused.value)


async def test_only_we_can_read_it(tmp_path: Path) -> None:
    """The directory is 0700 and every file in it 0600, while it is open and afterwards."""
    async with Ledger.open(Storage(), tmp_path) as ledger, ledger.write() as s:
        await people.add(s, "Ada", Role.ADMIN, NOON)
        directory = tmp_path / ".ownup"
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (directory, *directory.iterdir())}
    assert modes == {".ownup": 0o700, "record.db": 0o600, "record.db-wal": 0o600, "record.db-shm": 0o600}


async def test_it_writes_as_safely_as_it_says(tmp_path: Path) -> None:
    """A commit is on the disk when it returns, and foreign keys and triggers hold, for REPLACE too."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "query_only": 0}
    async with Ledger.open(Storage(), tmp_path) as ledger, ledger.write() as s:
        assert {name: await s.scalar(text(f"PRAGMA {name}")) for name in wanted} == wanted


async def test_it_remembers(storage: Storage, tmp_path: Path) -> None:
    """What was written is there when it is opened again."""
    async with Ledger.open(storage, tmp_path) as ledger, ledger.write() as s:
        await people.add(s, "Ada", Role.ADMIN, NOON)
    async with Ledger.open(storage, tmp_path) as ledger, ledger.read() as s:
        assert [person.name for person in await people.everyone(s)] == ["Ada"]


async def test_a_broken_write_leaves_nothing(ledger: Ledger) -> None:
    """An error inside ``write`` takes everything of it back, and the next write works."""
    with suppress(ZeroDivisionError):
        async with ledger.write() as s:
            await people.add(s, "Ada", Role.ADMIN, NOON)
            raise ZeroDivisionError
    async with ledger.write() as s:
        assert not await people.everyone(s)


async def test_a_cancelled_write_leaves_nothing(ledger: Ledger) -> None:
    """A task cancelled inside ``write`` leaves neither rows nor a lock behind."""
    inside = asyncio.Event()

    async def write() -> None:
        async with ledger.write() as s:
            await people.add(s, "Ada", Role.ADMIN, NOON)
            inside.set()
            await s.execute(text("SELECT 1"))
            await asyncio.Event().wait()

    task = asyncio.ensure_future(write())
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])
    async with ledger.write() as s:
        assert not await people.everyone(s)


async def test_writers_wait_for_each_other(ledger: Ledger) -> None:
    """Read, then write is safe: twenty tasks that each add one to what they read add twenty."""
    async with ledger.write() as s:
        ada = await people.add(s, "0", Role.ADMIN, NOON)

    async def add_one() -> None:
        async with ledger.write() as s:
            person = await people.get(s, ada.id)
            person.name = str(int(person.name) + 1)

    await asyncio.gather(*(add_one() for _ in range(20)))
    async with ledger.read() as s:
        assert (await people.get(s, ada.id)).name == "20"


async def test_readers_cannot_write(ledger: Ledger) -> None:
    """A session to read refuses to write, whoever tries."""
    with pytest.raises(DBAPIError):
        async with ledger.read() as s:
            await people.add(s, "Ada", Role.ADMIN, NOON)


async def test_readers_see_one_picture(ledger: Ledger) -> None:
    """What is written while somebody reads does not change what they see."""
    async with ledger.read() as s:
        assert not await people.everyone(s)
        async with ledger.write() as writing:
            await people.add(writing, "Ada", Role.ADMIN, NOON)
        assert not await people.everyone(s)


async def test_a_write_wakes_whoever_waits(ledger: Ledger) -> None:
    """``changed`` returns as soon as something was written, and at once if that was before it was asked."""
    seen = ledger.version
    waiting = asyncio.ensure_future(ledger.changed(seen))
    await asyncio.sleep(0)
    assert not waiting.done()
    async with ledger.write() as s:
        await people.add(s, "Ada", Role.ADMIN, NOON)
    assert await waiting == seen + 1
    assert await ledger.changed(seen) == seen + 1


async def test_what_is_no_news_wakes_nobody(ledger: Ledger) -> None:
    """It is stored all the same; whoever waits goes on to wait, and reads nothing in vain."""
    seen = ledger.version
    async with ledger.write(news=False) as s:
        await lessons.keep(s, {"web": "what it taught us"}, NOON)
    async with ledger.read() as s:
        assert await lessons.everything(s) == {"web": "what it taught us"}
    assert ledger.version == seen


async def test_one_daemon_a_directory(storage: Storage, tmp_path: Path) -> None:
    """A second daemon on the same directory is told so; when the first has ended, it may start."""
    async with Ledger.open(storage, tmp_path):
        assert (await refusal(storage, tmp_path)).endswith("is in use by another ownup")
    async with Ledger.open(storage, tmp_path):
        pass


async def test_a_command_works_beside_the_daemon(storage: Storage, tmp_path: Path) -> None:
    """What is opened ``beside`` a daemon reads and writes the same record."""
    async with Ledger.open(storage, tmp_path) as ledger, Ledger.open(storage, tmp_path, beside=True) as other:
        async with other.write() as s:
            await people.add(s, "Ada", Role.ADMIN, NOON)
        async with ledger.read() as s:
            assert await people.find(s, "Ada")


async def test_a_command_does_not_migrate_under_a_daemon(tmp_path: Path) -> None:
    """A newer command beside an older daemon says so, instead of changing the tables under it."""
    directory = tmp_path / ".ownup"
    async with Ledger.open(Storage(), tmp_path):
        _set_revision(directory / "record.db", "0001")
        said = await refusal(Storage(), tmp_path, beside=True)
    assert said == f"{directory / 'record.db'} is in use by an older ownup: restart it first"


async def test_a_newer_record_is_left_alone(tmp_path: Path) -> None:
    """A record that a newer version wrote is refused in one sentence, and not one byte of it changes."""
    async with Ledger.open(Storage(), tmp_path):
        pass
    record = tmp_path / ".ownup" / "record.db"
    _set_revision(record, "9999")
    before = record.read_bytes()
    with pytest.raises(NewerDatabase, match=r"written by a newer version of ownup \(its tables are at 9999, ours at"):
        async with Ledger.open(Storage(), tmp_path):
            pass
    assert record.read_bytes() == before


async def test_a_newer_postgresql_record_is_left_alone(migrated_url: str, tmp_path: Path) -> None:
    """The same holds for PostgreSQL, and the sentence shows no password."""
    storage = Storage(url=SecretStr(migrated_url.replace("ownup@", "ownup:hunter2@")))
    async with Ledger.open(storage, tmp_path) as ledger, ledger.write() as s:
        await s.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    said = await refusal(storage, tmp_path)
    assert "newer version" in said
    assert "hunter2" not in said


async def test_an_empty_postgresql_database_gets_its_tables(empty_url: str, tmp_path: Path) -> None:
    """The first start on an empty database makes every table."""
    async with Ledger.open(Storage(url=SecretStr(empty_url)), tmp_path) as ledger, ledger.read() as s:
        assert await s.scalar(text("SELECT version_num FROM alembic_version")) == schema.head()


@pytest.mark.parametrize(
    ("directory", "why"),
    [("missing/.ownup", "No such file"), ("a-file/.ownup", "Not a directory"), ("a-file", "File exists")],
)
async def test_a_directory_that_cannot_be_used(tmp_path: Path, directory: str, why: str) -> None:
    """A directory that cannot be made is named, with the reason."""
    (tmp_path / "a-file").touch()
    said = await refusal(Storage(directory=Path(directory)), tmp_path)
    assert said.startswith(f"the storage directory {tmp_path / directory} cannot be used: {why}")


async def test_a_directory_without_write_permission() -> None:
    """A directory in which even root may not write is named, with the reason."""
    assert "/proc" in await refusal(Storage(directory=Path("/proc")), Path("/"))


async def test_a_file_that_is_no_record(tmp_path: Path) -> None:
    """A record that is something else is named, and left as it is."""
    record = tmp_path / ".ownup" / "record.db"
    record.parent.mkdir()
    record.write_text("my diary, which is long enough to be taken for a database by its length" * 100)
    before = record.read_bytes()
    assert await refusal(Storage(), tmp_path) == f"{record} cannot be used: file is not a database"
    assert record.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql+asyncpg://ownup:hunter2@127.0.0.1:1/ownup", "cannot be reached"),
        ("postgresql+asyncpg://ownup:hunter2@/ownup?host=/nowhere", "cannot be reached"),
        ("my database", "should be like"),
        ("postgresql://ownup:hunter2@127.0.0.1/ownup", "should be like"),
        ("postgresql+asyncpg://ownup:hunter2@127.0.0.1:many/ownup", "should be like"),
        ("mysql+aiomysql://ownup:hunter2@127.0.0.1/ownup", "should be like"),
    ],
)
async def test_a_database_that_does_not_answer(tmp_path: Path, url: str, why: str) -> None:
    """A database that cannot be reached is named without its password."""
    said = await refusal(Storage(url=SecretStr(url)), tmp_path)
    assert why in said
    assert "hunter2" not in said


async def test_a_writer_from_elsewhere_is_waited_for(tmp_path: Path) -> None:
    """While another process writes, a write waits; it neither fails at once nor mixes in."""
    async with Ledger.open(Storage(), tmp_path) as ledger:
        with closing(sqlite3.connect(tmp_path / ".ownup" / "record.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            entered = asyncio.ensure_future(_write_one(ledger))
            done, _ = await asyncio.wait([entered], timeout=0.2)
            assert not done
            other.execute("COMMIT")
            await entered


async def _write_one(ledger: Ledger) -> None:
    async with ledger.write() as s:
        await people.add(s, "Ada", Role.ADMIN, NOON)


def _set_revision(record: Path, revision: str) -> None:
    with closing(sqlite3.connect(record)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


async def test_a_backup_can_be_made_while_it_runs(tmp_path: Path) -> None:
    """SQLite's own backup of an open record is a record, with everything that was committed."""
    copy = tmp_path / "copy" / ".ownup"
    copy.mkdir(parents=True)
    async with Ledger.open(Storage(), tmp_path) as ledger:
        await _write_one(ledger)
        with (
            closing(sqlite3.connect(tmp_path / ".ownup" / "record.db")) as source,
            closing(sqlite3.connect(copy / "record.db")) as target,
        ):
            source.backup(target)
    async with Ledger.open(Storage(), copy.parent) as ledger, ledger.read() as s:
        assert await people.find(s, "Ada")
