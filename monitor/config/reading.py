"""Reading a file of text whole, with a bound, and saying plainly why it cannot be read."""

from pathlib import Path


class UnreadableError(Exception):
    """Why a file cannot be read, as half a sentence that follows the file's name."""


def read_text(path: Path, bytes_max: int) -> str:
    """The text of a UTF-8 file (a byte order mark is forgiven). Raises UnreadableError."""
    try:
        with path.open("rb") as file:
            raw = file.read(bytes_max + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UnreadableError(reason[:1].lower() + reason[1:]) from None
    if len(raw) > bytes_max:
        raise UnreadableError(f"larger than {bytes_max:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not UTF-8 text (byte {error.start})") from None


def readable(path: Path, *, bytes_max: int, endings: tuple[str, ...]) -> Path:
    """The path itself, if its file can be read, is small enough and has one of the endings; else raises ValueError."""
    if path.suffix not in endings:
        raise ValueError(f"should end in {' or '.join(endings)}")
    try:
        with path.open("rb") as file:
            small = len(file.read(bytes_max + 1)) <= bytes_max
    except OSError as error:
        raise ValueError(f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    if not small:
        raise ValueError(f"larger than {bytes_max:,} bytes")
    return path
