"""Passes: the part of a link that lets a subscriber confirm, change or leave, and nobody else.

A pass is the subscriber's nonce and a signature over it and what it is for. The record holds neither pass nor hash of
one, so whoever reads the record, or a backup of it, can open nothing. Only the pass that confirms has an end: one that
lets a reader leave has to work for as long as the mail that it stands in may lie somewhere. All letters are small,
since a pass may be part of an address of mail, which some servers write as they like.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from monitor.config import Subscribers

RANDOM_BYTES: Final = 15
"""120 bits: whole letters of base32, and nobody's to guess."""

LETTERS: Final = 24
_PASS: Final = re.compile(rf"([a-z2-7]{{{LETTERS}}})(?:\.([1-9][0-9]{{9,10}}))?\.([a-z2-7]{{{LETTERS}}})")


class Purpose(StrEnum):
    """What a pass is for; one of one purpose is of no use for another."""

    CONFIRM = "confirm"
    STAY = "stay"
    BOUNCE = "bounce"
    HOOK = "hook"


@dataclass(frozen=True, slots=True)
class Passes:
    """Makes passes with the first of its keys, and knows those made with any."""

    keys: tuple[str, ...]

    @classmethod
    def of(cls, rules: Subscribers) -> "Passes":
        """With the secrets of a config."""
        return cls(tuple(key.get_secret_value() for key in (rules.secret, rules.old_secret) if key))

    def issue(self, purpose: Purpose, nonce: str, until: datetime | None = None) -> str:
        """The pass of a subscriber, good until then, or for ever."""
        end = str(int(until.timestamp())) if until else ""
        return ".".join(part for part in (nonce, end, _signature(self.keys[0], purpose, nonce, end)) if part)

    def holder(self, purpose: Purpose, shown: str, now: datetime) -> str | None:
        """The nonce of whose pass this is; None if it is none of ours, for something else, or over."""
        match = _PASS.fullmatch(shown)
        if match is None:
            return None
        nonce, end, signature = match[1], match[2] or "", match[3]
        ours = [hmac.compare_digest(signature, _signature(key, purpose, nonce, end)) for key in self.keys]
        return nonce if any(ours) and not (end and int(end) <= now.timestamp()) else None

    def secrets(self, nonce: str) -> list[str]:
        """What a webhook's posts are signed with, as Standard Webhooks writes it, the newest first.

        They are made anew each time, so that they are kept nowhere.
        """
        digests = (_digest(key, Purpose.HOOK, nonce, "") for key in self.keys)
        return [f"whsec_{base64.b64encode(digest).decode()}" for digest in digests]


def nonce() -> str:
    """A new subscriber's name in links and keys."""
    return _text(secrets.token_bytes(RANDOM_BYTES))


def _signature(key: str, purpose: Purpose, nonce: str, end: str) -> str:
    return _text(_digest(key, purpose, nonce, end)[:RANDOM_BYTES])


def _digest(key: str, purpose: Purpose, nonce: str, end: str) -> bytes:
    return hmac.digest(key.encode(), f"{purpose}/{nonce}/{end}".encode(), hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower()
