"""Values that do not stand in the config file itself: ``*_file`` options, and the secrets that must use one."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from monitor.config.environment import refers
from monitor.config.problem import Complaint
from monitor.config.reading import UnreadableError, read_text
from monitor.config.tables import Table

FILE_BYTES_MAX: Final = 1024 * 1024
_SUFFIX: Final = "_file"


def literal_secrets(written: Iterable[Table]) -> list[Complaint]:
    """Complain of every secret that is written out, because a config file ends in backups, tickets and repositories."""
    return [
        Complaint(
            (*table.key, name),
            f'a secret is not written out here: write {name} = "${{VARIABLE}}" or {name}{_SUFFIX} = "FILE"',
        )
        for table in written
        for name in table.secrets()
        if isinstance(table.values[name], str) and not refers(table.values[name])
    ]


def read_files(tables: Iterable[Table], base: Path) -> list[Complaint]:
    """Put the text of each ``NAME_file`` under ``NAME``, wherever ``NAME`` takes text; paths are relative to ``base``.

    A secret loses its last newline, which editors and ``echo`` add; any other text is kept as it stands in the file.
    """
    complaints = []
    for table in tables:
        for name in [name for name in table.values if _is_file_of_text(table, name)]:
            stem = name.removesuffix(_SUFFIX)
            path = table.values.pop(name)
            if stem in table.values:
                complaints.append(Complaint((*table.key, name), f"{stem} is given too; both are not allowed"))
                continue
            try:
                table.values[stem] = _text(table, stem, path, base)
            except UnreadableError as error:
                complaints.append(Complaint((*table.key, name), str(error)))
                table.values[stem] = ""
    return complaints


def _is_file_of_text(table: Table, name: str) -> bool:
    stem = name.removesuffix(_SUFFIX)
    return stem != name and name not in table.model.model_fields and table.takes(stem, str, SecretStr)


def _text(table: Table, stem: str, path: Any, base: Path) -> str:  # noqa: ANN401 - whatever the file holds
    if not isinstance(path, str):
        raise UnreadableError("should be the path of a file")
    try:
        text = read_text(base / path, FILE_BYTES_MAX)
    except UnreadableError as error:
        raise UnreadableError(f"cannot read {base / path}: {error}") from None
    return text.removesuffix("\n").removesuffix("\r") if table.takes(stem, SecretStr) else text
