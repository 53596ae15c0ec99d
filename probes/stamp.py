"""The stamp that a message of ours bears: whose it is, when it was sent, and a seal that nobody else can make.

It alone says all that is to be known of a message that turns up late, so that nothing needs to be remembered over a
restart. The seal is made with the target's own secrets.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_STAMP: Final = re.compile(r"ownup\.([0-9a-f]{12})\.([0-9]{10,16})\.([0-9a-f]{16})\.([0-9a-f]{24})", re.IGNORECASE)
_MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """One message of ours. ``sent_at`` is by our own wall clock."""

    text: str
    owner: str
    sent_at: datetime


class Seal:
    """Makes stamps of one target, and knows them again."""

    def __init__(self, name: str, key: bytes) -> None:
        """``name`` is the target's, and ``key`` whatever only its config knows."""
        self.owner = hashlib.sha256(name.encode()).hexdigest()[:12]
        self._key = hashlib.sha256(key).digest()

    def stamp(self, now: datetime) -> Stamp:
        """A new one."""
        moment = round(now.timestamp() * _MICROSECONDS)
        body = f"ownup.{self.owner}.{moment}.{secrets.token_hex(8)}"
        return Stamp(f"{body}.{self._mac(body)}", self.owner, _time(moment))

    def find(self, text: str) -> Stamp | None:
        """The first stamp of this target in a text; what another target, or a stranger, made is none."""
        for match in _STAMP.finditer(text):
            word = match[0].lower()
            body, _, mac = word.rpartition(".")
            if match[1].lower() == self.owner and hmac.compare_digest(mac, self._mac(body)):
                return Stamp(word, self.owner, _time(int(match[2])))
        return None

    def _mac(self, body: str) -> str:
        return hmac.digest(self._key, body.encode(), "sha256").hex()[:24]


def _time(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / _MICROSECONDS, UTC)
