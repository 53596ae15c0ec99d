"""Content codings undone, and never more than was allowed: a bomb is noticed after its first bytes too many."""

import sys
import zlib
from collections.abc import Callable
from typing import Any, Final

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZLIB_BITS: Final = 15
RAW_DEFLATE_BITS: Final = -15
GZIP_BITS: Final = 31
GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
# RFC 9659 allows 8 MiB on the web; what asks for more would only fill our memory.
ZSTD_OPTIONS: Final[dict[int, int]] = {zstd.DecompressionParameter.window_log_max: 23}
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
    """Undo gzip (RFC 1952)."""
    return _members(body, room, GZIP_MAGIC, lambda: zlib.decompressobj(GZIP_BITS))


def _unzstd(body: bytes, room: int) -> bytes:
    """Undo Zstandard (RFC 8878)."""
    return _members(body, room, ZSTD_MAGIC, lambda: zstd.ZstdDecompressor(options=ZSTD_OPTIONS))


def _undeflate(body: bytes, room: int) -> bytes:
    """Undo deflate, which by RFC 9110 is zlib's format, and by long habit often the bare stream."""
    try:
        return _member(body, room, zlib.decompressobj(ZLIB_BITS))[0]
    except BadCodingError:
        return _member(body, room, zlib.decompressobj(RAW_DEFLATE_BITS))[0]


def _unbrotli(body: bytes, room: int) -> bytes:
    """Undo Brotli (RFC 7932), whose decoder heeds the limit by the 32 KiB."""
    inflater = brotli.Decompressor()
    try:
        inflated: bytes = inflater.process(body, output_buffer_limit=room)
    except brotli.error as error:
        raise BadCodingError(str(error)) from error
    if not inflater.is_finished() and len(inflated) < room:
        raise BadCodingError("the compressed data ends too early")
    return inflated[:room]


def _members(body: bytes, room: int, magic: bytes, begin: Callable[[], Any]) -> bytes:
    """Undo one member after the other, of which a body may hold several, and ignore padding after them."""
    inflated, body = _member(body, room, begin())
    for _ in range(MEMBERS_MAX):
        if not body.startswith(magic) or len(inflated) >= room:
            return inflated
        member, body = _member(body, room - len(inflated), begin())
        inflated += member
    raise BadCodingError(f"more than {MEMBERS_MAX} members")


def _member(body: bytes, room: int, inflater: Any) -> tuple[bytes, bytes]:  # noqa: ANN401 - zlib's or zstd's, alike
    try:
        inflated = inflater.decompress(body, room)
    except (zlib.error, zstd.ZstdError) as error:
        raise BadCodingError(str(error)) from error
    if not inflater.eof and len(inflated) < room:
        raise BadCodingError("the compressed data ends too early")
    return inflated, inflater.unused_data


_DECODERS: Final = {"gzip": _gunzip, "deflate": _undeflate, "br": _unbrotli, "zstd": _unzstd}
