"""An Answer: the bytes of one address, ready to send, and the headers that let others keep them."""

import hashlib
from dataclasses import dataclass
from typing import Self

MOMENT = "public, max-age=10, stale-if-error=86400"
"""How long a page may be kept: it can change with every minute, and an old page is better than none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader gets; ``etag`` is the hash of the body, so an unchanged page is not sent twice."""

    body: bytes
    content_type: str
    etag: str
    cache_control: str = MOMENT
    status: int = 200
    shared: bool = False

    @classmethod
    def of(
        cls,
        text: str | bytes,
        content_type: str,
        *,
        cache_control: str = MOMENT,
        status: int = 200,
        shared: bool = False,
    ) -> Self:
        """Pack a text. ``shared`` lets pages of other origins read it, as feeds and the API are meant to be."""
        body = text.encode() if isinstance(text, str) else text
        return cls(body, content_type, hashlib.sha256(body).hexdigest()[:32], cache_control, status, shared)
