"""The directory of the record: made for us alone, and held by one daemon at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from monitor.ledger.errors import StorageError

DIRECTORY_MODE: Final = 0o700
FILE_MODE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Home:
    """The record's directory; ``ours`` is false while another process, which we work beside, holds it."""

    path: Path
    ours: bool


@contextmanager
def held(path: Path, *, beside: bool) -> Iterator[Home]:
    """Hold the directory, made if need be, for as long as the block runs; the lock dies with the process.

    Raises StorageError if it cannot be made or written, or if another process holds it, unless ``beside`` allows that.
    """
    try:
        path.mkdir(mode=DIRECTORY_MODE, exist_ok=True)
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise StorageError(f"the storage directory {path} cannot be used: {error.strerror}") from error
    try:
        ours = _lock(handle)
        if not ours and not beside:
            raise StorageError(f"the storage directory {path} is in use by another ownup")
        yield Home(path, ours)
    finally:
        os.close(handle)


def touch(path: Path) -> None:
    """Make a file that only we may read, before anyone else makes it with a looser mode. Raises StorageError."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
    except OSError as error:
        raise StorageError(f"the record {path} cannot be written: {error.strerror}") from error


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
