"""Content codings undone, and never more than was allowed: a bomb is noticed after its first bytes too many."""

import zlib
from typing import Final

RAW_DEFLATE_BITS: Final = -15
ZLIB_BITS: Final = 15
GZIP_BITS: Final = 31
GZIP_MAGIC: Final = b"\x1f\x8b"
MEMBERS_MAX: Final = 100
CODINGS_MAX: Final = 3
# What is compressed may be a little longer than what it holds.
OVERHEAD_BYTES: Final = 65536


class BadCodingError(ValueError):
    """The bytes are not what their content coding says."""


def inflate(body: bytes, codings: tuple[str, ...], bytes_max: int) -> bytes:
    """Undo the codings, last applied first; the result is cut at one byte more than ``bytes_max``.

    Raises BadCodingError.
    """
    for left, coding in zip(range(len(codings) - 1, -1, -1), reversed(codings), strict=True):
        room = bytes_max + (OVERHEAD_BYTES if left else 1)
        body = _DECODERS[coding](body, room) if body else body
    return body


def codings_of(content_encoding: str) -> tuple[str, ...]:
    """The codings of a ``Content-Encoding`` header; empty if there is none, or any that we do not know."""
    if not content_encoding:
        return ()
    names = tuple(name.strip().lower() for name in content_encoding.split(",") if name.strip())
    names = tuple(name.removeprefix("x-") for name in names if name != "identity")
    return names if all(name in _DECODERS for name in names) and len(names) <= CODINGS_MAX else ()


def _gunzip(body: bytes, room: int) -> bytes:
    """Undo gzip, of which one body may hold several members (RFC 1952, section 2.2), and padding after them."""
    inflated, body = _unzip(body, room, GZIP_BITS)
    for _ in range(MEMBERS_MAX):
        if not body.startswith(GZIP_MAGIC) or len(inflated) >= room:
            return inflated
        member, body = _unzip(body, room - len(inflated), GZIP_BITS)
        inflated += member
    raise BadCodingError(f"more than {MEMBERS_MAX} members")


def _undeflate(body: bytes, room: int) -> bytes:
    """Undo deflate, which by RFC 9110 is zlib's format, and by long habit often the bare stream."""
    try:
        return _unzip(body, room, ZLIB_BITS)[0]
    except BadCodingError:
        return _unzip(body, room, RAW_DEFLATE_BITS)[0]


def _unzip(body: bytes, room: int, bits: int) -> tuple[bytes, bytes]:
    inflater = zlib.decompressobj(bits)
    try:
        inflated = inflater.decompress(body, room)
    except zlib.error as error:
        raise BadCodingError(str(error)) from error
    if not inflater.eof and len(inflated) < room:
        raise BadCodingError("the compressed data ends too early")
    return inflated, inflater.unused_data


_DECODERS: Final = {"gzip": _gunzip, "deflate": _undeflate}
