"""The file of samples: its one table, written in batches, cut at the old end, and read by target and time."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from monitor.ledger.errors import NewerDatabase, StorageError

Row = tuple[str, int, str, str | None, int, bool]
"""Target, start (µs since 1970 UTC), outcome, reason, duration (µs), whether it was under maintenance."""

VERSION: Final = 2
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
        PRIMARY KEY (target_id, at_us)
    ) WITHOUT ROWID;
"""


class Tape:
    """One connection to the file, for one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make its table if it is new. Raises StorageError or NewerDatabase."""
        self._ids: dict[str, int] = {}
        self._cut_until_id = 0
        try:
            self._connection = sqlite3.connect(path, BUSY_S, isolation_level=None, check_same_thread=False)
            self._prepare(path)
        except sqlite3.Error as error:
            raise StorageError(f"the samples {path} cannot be used: {error}") from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def write(self, rows: Sequence[Row]) -> None:
        """Store a batch whole, or raise sqlite3.Error and store nothing; a second sample of one moment is left out."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._know({row[0] for row in rows})
            ids = self._ids
            self._connection.executemany(
                "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?, ?, ?)",
                [(ids[target], *rest) for target, *rest in rows],
            )

    def cut(self, before_us: int) -> None:
        """Remove what began before; each call goes on with the next few hundred targets, so that none takes long."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            ids = self._connection.execute(
                "SELECT id FROM target WHERE id > ? ORDER BY id LIMIT ?", (self._cut_until_id, CUT_TARGETS_MAX)
            ).fetchall()
            self._connection.executemany(
                "DELETE FROM sample WHERE target_id = ? AND at_us < ?", [(target_id, before_us) for (target_id,) in ids]
            )
        self._cut_until_id = ids[-1][0] if len(ids) == CUT_TARGETS_MAX else 0

    def last_good_us(self, target: str) -> int | None:
        """When the last look began that did not fail and could tell."""
        row = self._connection.execute(
            "SELECT at_us FROM sample WHERE target_id = (SELECT id FROM target WHERE name = ?) "
            "AND outcome IN ('ok', 'degraded') ORDER BY at_us DESC LIMIT 1",
            (target,),
        ).fetchone()
        return row and int(row[0])

    def since(self, target: str, at_us: int) -> list[tuple[int, str, str | None, int, int]]:
        """All but the target of every look that began at ``at_us`` or later, oldest first."""
        return self._connection.execute(
            "SELECT at_us, outcome, reason, duration_us, planned FROM sample "
            "WHERE target_id = (SELECT id FROM target WHERE name = ?) AND at_us >= ? ORDER BY at_us",
            (target, at_us),
        ).fetchall()

    def _prepare(self, path: Path) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise NewerDatabase(f"{path} was written by a newer version of ownup: nothing was changed")
        if version == 1:
            self._connection.execute("DROP TABLE sample")  # It had no label, and the last two days can be spared.
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={VERSION}; COMMIT;")

    def _know(self, targets: set[str]) -> None:
        """Have an id for each of these targets; a rolled-back batch leaves ids behind that the next finds again."""
        for name in targets - self._ids.keys():
            self._connection.execute("INSERT OR IGNORE INTO target (name) VALUES (?)", (name,))
            found = self._connection.execute("SELECT id FROM target WHERE name = ?", (name,)).fetchone()
            self._ids[name] = found[0]
