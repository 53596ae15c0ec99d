"""A PostgreSQL server of our own for one test process: new, empty, on a socket that only we know, gone afterwards."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg
from pydantic import SecretStr

from monitor.config import Storage
from monitor.ledger.store import Ledger

READY_WITHIN_S = 30.0
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60")


@dataclass(frozen=True)
class Cluster:
    """A running server. ``database()`` is a fresh copy of a record that has been migrated once."""

    socket: Path
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        """The address of one database."""
        return f"postgresql+asyncpg://ownup@/{name}?host={self.socket}"

    def empty(self) -> str:
        """Make an empty database; gives its URL."""
        name = f"empty{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def database(self) -> str:
        """Make a database with all tables; gives its URL."""
        name = f"record{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE migrated")
        return self.url(name)

    def run(self, statement: str, name: str = "postgres") -> None:
        """Run a statement outside any transaction."""
        asyncio.run(self._run(statement, name))

    async def _run(self, statement: str, name: str) -> None:
        connection = await asyncpg.connect(host=str(self.socket), user="ownup", database=name)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running() -> Iterator[Cluster]:
    """Start a server as somebody who is not root, and stop it in the end by its process id."""
    programs = _programs()
    home = Path(tempfile.mkdtemp(prefix="ownup-pg-"))
    who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if who:
        shutil.chown(home, "postgres", "postgres")
    data = home / "data"
    made = ("--no-sync", "--auth=trust", "--username=ownup", "--encoding=UTF8", "--locale=C")
    subprocess.run([programs / "initdb", "-D", data, *made], check=True, capture_output=True, cwd=home, **who)
    settings = [word for setting in ("listen_addresses=", *FAST) for word in ("-c", setting)]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", home, *settings], stdout=log, stderr=log, cwd=home, **who
        )
    try:
        cluster = Cluster(home)
        _wait_for(cluster, server, home / "log")
        _make_template(cluster)
        yield cluster
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(READY_WITHIN_S)
        shutil.rmtree(home)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    program = found[-1] if found else Path(shutil.which("initdb") or "")
    assert program.is_file(), "these tests need PostgreSQL (Debian: apt-get install postgresql)"
    return program.parent


def _wait_for(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            return cluster.run("SELECT 1")
        except (OSError, asyncpg.CannotConnectNowError):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)


def _make_template(cluster: Cluster) -> None:
    async def migrate(home: Path) -> None:
        async with Ledger.open(Storage(url=SecretStr(cluster.url("migrated"))), home):
            pass

    cluster.run("CREATE DATABASE migrated")
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(migrate(Path(home)))
