"""The file of samples: single results, written in batches, cut at the old end, and read by target and time.

What they come to in the long run stands in the same file, and is the business of ``rollup`` and ``history``.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from monitor.ledger.errors import NewerDatabase, StorageError

Row = tuple[str, int, str, str | None, int, bool, int]
"""Target, start (µs since 1970 UTC), outcome, reason, duration (µs), whether planned, how long it stands (µs)."""

Result = tuple[int, str, str | None, int, int]
"""The same without the target and how long it stands."""

FILE: Final = "samples.db"
VERSION: Final = 3
BUSY_S: Final = 10
CUT_TARGETS_MAX: Final = 500

_TABLES: Final = """
    CREATE TABLE IF NOT EXISTS target (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS sample (
        target_id INTEGER NOT NULL REFERENCES target (id),
        at_us INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT,
        duration_us INTEGER NOT NULL,
        planned INTEGER NOT NULL DEFAULT 0,
        stands_us INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (target_id, at_us)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS series (
        id INTEGER PRIMARY KEY,
        noun TEXT NOT NULL CHECK (noun IN ('target', 'component')),
        name TEXT NOT NULL,
        UNIQUE (noun, name)
    );
    CREATE TABLE IF NOT EXISTS five_minutes (
        series_id INTEGER NOT NULL REFERENCES series (id),
        slot INTEGER NOT NULL,
        ok INTEGER NOT NULL,
        degraded INTEGER NOT NULL,
        partial INTEGER NOT NULL,
        down INTEGER NOT NULL,
        planned INTEGER NOT NULL,
        PRIMARY KEY (series_id, slot)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS day (
        series_id INTEGER NOT NULL REFERENCES series (id),
        day INTEGER NOT NULL,
        ok INTEGER NOT NULL,
        degraded INTEGER NOT NULL,
        partial INTEGER NOT NULL,
        down INTEGER NOT NULL,
        planned INTEGER NOT NULL,
        PRIMARY KEY (series_id, day)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS outage (
        series_id INTEGER NOT NULL REFERENCES series (id),
        since_us INTEGER NOT NULL,
        until_us INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('partial', 'down')),
        PRIMARY KEY (series_id, since_us)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS rolled (one INTEGER PRIMARY KEY CHECK (one = 1), until_us INTEGER NOT NULL);
"""


class Tape:
    """One connection to the file, for one thread at a time."""

    def __init__(self, path: Path, *, reads: bool = False) -> None:
        """Open the file, and make its tables if it is new and not only read. Raises StorageError or NewerDatabase."""
        self._ids: dict[str, int] = {}
        self._cut_until_id = 0
        if reads and not path.exists():
            raise StorageError(f"{path} is not there: nothing has been looked at yet")
        uri = f"{path.absolute().as_uri()}?mode={'ro' if reads else 'rw'}"
        try:
            self.connection = sqlite3.connect(
                uri, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=True
            )
            version = self._version(path)
            if not reads:
                self._prepare(version)
            elif version < VERSION:
                raise StorageError(f"{path} holds nothing that can be read yet: let the daemon run first")
        except sqlite3.Error as error:
            raise StorageError(f"the samples {path} cannot be used: {error}") from error

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def write(self, rows: Sequence[Row]) -> None:
        """Store a batch whole, or raise sqlite3.Error and store nothing; a second sample of one moment is left out."""
        with self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            self._know({row[0] for row in rows})
            ids = self._ids
            self.connection.executemany(
                "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(ids[target], *rest) for target, *rest in rows],
            )

    def cut(self, before_us: int) -> None:
        """Remove what began before and speaks for nothing after.

        Each call goes on with the next few hundred targets, so that none takes long.
        """
        with self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            ids = self.connection.execute(
                "SELECT id FROM target WHERE id > ? ORDER BY id LIMIT ?", (self._cut_until_id, CUT_TARGETS_MAX)
            ).fetchall()
            self.connection.executemany(
                "DELETE FROM sample WHERE target_id = ? AND at_us < ? AND at_us + stands_us <= ?",
                [(target_id, before_us, before_us) for (target_id,) in ids],
            )
        self._cut_until_id = ids[-1][0] if len(ids) == CUT_TARGETS_MAX else 0

    def last_good_us(self, target: str) -> int | None:
        """When the last look began that did not fail and could tell."""
        row = self.connection.execute(
            "SELECT at_us FROM sample WHERE target_id = (SELECT id FROM target WHERE name = ?) "
            "AND outcome IN ('ok', 'degraded') ORDER BY at_us DESC LIMIT 1",
            (target,),
        ).fetchone()
        return row and int(row[0])

    def between(self, target: str, since_us: int, until_us: int) -> list[Result]:
        """Every look at the target that began in this time, oldest first."""
        return self.connection.execute(
            "SELECT at_us, outcome, reason, duration_us, planned FROM sample "
            "WHERE target_id = (SELECT id FROM target WHERE name = ?) AND at_us >= ? AND at_us < ? ORDER BY at_us",
            (target, since_us, until_us),
        ).fetchall()

    def targets(self) -> list[str]:
        """Every target that was ever looked at, by name."""
        return [name for (name,) in self.connection.execute("SELECT name FROM target ORDER BY name")]

    def _version(self, path: Path) -> int:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise NewerDatabase(f"{path} was written by a newer version of ownup: nothing was changed")
        return int(version)

    def _prepare(self, version: int) -> None:
        if 0 < version < VERSION:
            self.connection.execute("DROP TABLE sample")  # It told less, and the last two days can be spared.
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={VERSION}; COMMIT;")

    def _know(self, targets: set[str]) -> None:
        """Have an id for each of these targets; a rolled-back batch leaves ids behind that the next finds again."""
        for name in targets - self._ids.keys():
            self.connection.execute("INSERT OR IGNORE INTO target (name) VALUES (?)", (name,))
            found = self.connection.execute("SELECT id FROM target WHERE name = ?", (name,)).fetchone()
            self._ids[name] = found[0]
