"""Paths in the config begin where the file is, so that it means the same wherever a command is started."""

from collections.abc import Iterable
from pathlib import Path

from monitor.config.tables import Table


def anchor(tables: Iterable[Table], base: Path) -> None:
    """Put ``base`` before every relative path of a document."""
    for table in tables:
        for name, value in table.values.items():
            if isinstance(value, str) and table.takes(name, Path):
                table.values[name] = str(base / value)
