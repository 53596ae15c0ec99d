"""Passwords: hashed with argon2id in a thread, and compared in the same time whether the person exists or not."""

import asyncio
import secrets
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LENGTH_MIN: Final = 12
LENGTH_MAX: Final = 1024
AT_ONCE_MAX: Final = 2  # each hash takes 64 MiB for its short life (RFC 9106), so strangers may not run many of them


class Passwords:
    """Hashes and compares, never more than two at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._turn = asyncio.Semaphore(AT_ONCE_MAX)

    async def hash(self, password: str) -> str:
        """The argon2id hash to store, with its salt and parameters in it."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one stored; without one stored (no such person) it takes as long to say no."""
        async with self._turn:
            same = await asyncio.to_thread(self._verify, stored or self._nobody, _normal(password))
        return same and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    """One person's keyboards may write the same letter in two ways (RFC 8265, NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password[:LENGTH_MAX])
