"""One attempt to sign in elsewhere, kept by nobody: all of it follows from the secret of the browser that began it.

State, nonce and PKCE verifier (RFC 7636) are digests under that secret. So an answer counts in this very browser only,
for ten minutes, whatever was restarted meanwhile; and after a sign-in the browser has another secret.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

GOOD_FOR: Final = timedelta(minutes=10)
_PARTS: Final = 4
_STATE_CHARS_MAX: Final = 400


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt: ``state`` goes to the provider and comes back; ``path`` is where the human wanted to go."""

    browser: str
    state: str
    path: str

    @classmethod
    def begin(cls, browser: str, path: str, now: datetime) -> Self:
        """A new attempt of this browser."""
        stem = f"{int(now.timestamp())}.{secrets.token_urlsafe(16)}.{_text(path.encode())}"
        return cls(browser, f"{stem}.{_digest(browser, 'state', stem)}", path)

    @classmethod
    def recall(cls, browser: str, state: str, now: datetime) -> Self | None:
        """The attempt that this state belongs to, if this browser began it and not too long ago."""
        stem, _, seal = state.rpartition(".")
        whole = state.isascii() and len(state) <= _STATE_CHARS_MAX
        if not whole or not hmac.compare_digest(seal, _digest(browser, "state", stem)):
            return None
        began, _, path = stem.split(".")
        if not timedelta() <= now - datetime.fromtimestamp(int(began), now.tzinfo) <= GOOD_FOR:
            return None
        return cls(browser, state, base64.urlsafe_b64decode(path + "=" * (-len(path) % 4)).decode())

    @property
    def nonce(self) -> str:
        """What the ID token must repeat."""
        return _digest(self.browser, "nonce", self.state)

    @property
    def verifier(self) -> str:
        """What only we can show when we fetch the token."""
        return _digest(self.browser, "verifier", self.state)

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier (RFC 7636, S256)."""
        return _text(hashlib.sha256(self.verifier.encode()).digest())


def _digest(browser: str, purpose: str, words: str) -> str:
    return _text(hmac.digest(browser.encode(), f"ownup oidc {purpose} {words}".encode(), hashlib.sha256))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
