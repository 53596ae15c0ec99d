"""The forms in which a secret may come back: as it is, and as protocols, programs and browsers write it."""

import base64
import html
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus

# Of fewer bytes the middle of a base64 text is so short that it would be found in innocent words.
CORE_BYTES_MIN: Final = 5

_PATH_SAFE: Final = "!$&'()*+,;=:@/?"  # what RFC 3986 leaves alone in a path or a query

_HEX: Final = re.compile(r"%[0-9A-F]{2}")


# The same secrets come back with every look.
@lru_cache(maxsize=4096)
def disguises(secret: str) -> tuple[str, ...]:
    """Every form of a secret that must be masked, the longest first, so that no part of one is left over."""
    return tuple(sorted({form for form in _forms(secret) if form}, key=lambda form: (-len(form), form)))


def _forms(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogateescape")
    yield secret
    yield secret.strip()  # as a server may quote it
    yield secret.replace("\\", r"\\").replace('"', r"\"")  # IMAP's quoted string
    yield repr(secret)[1:-1]
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield html.escape(secret)
    yield raw.decode("latin-1")
    for encoded in (quote(raw, safe=""), quote(raw), quote(raw, safe=_PATH_SAFE), quote_plus(raw)):
        yield encoded
        yield _HEX.sub(lambda escape: escape[0].lower(), encoded)
    yield base64.b64encode(raw).decode()
    yield base64.urlsafe_b64encode(raw).decode()
    if len(raw) >= CORE_BYTES_MIN:
        yield from _cores(raw)
        yield raw.hex()


def _cores(raw: bytes) -> Iterator[str]:
    """The middle that base64 gives the secret wherever in a longer text it stands, as in SASL's and HTTP's blobs."""
    for before in range(3):
        first, end = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        yield base64.b64encode(b"\0" * before + raw).decode()[first:end]
        yield base64.urlsafe_b64encode(b"\0" * before + raw).decode()[first:end]
