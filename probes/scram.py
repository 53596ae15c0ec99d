"""Signing in by SCRAM-SHA-256 (RFC 5802, RFC 7677): both sides prove that they know the password, neither says it."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Generator
from functools import lru_cache
from typing import Final

from probes.finding import Failed
from probes.reason import Reason

# Fewer than RFC 7677 asks for would make the password easy to guess from the proof; more would hold up other looks.
ITERATIONS_MIN: Final = 4096
ITERATIONS_MAX: Final = 200_000

_HASH: Final = "sha256"
_NO_CHANNEL_BINDING: Final = b"n,,"
_SERVER_FIRST = re.compile(rb"r=([!-+\--~]+),s=([A-Za-z0-9+/=]+),i=(\d{1,9})(?:,.*)?")
_SERVER_LAST = re.compile(rb"v=([A-Za-z0-9+/=]+)(?:,.*)?")


def scram_sha_256(username: bytes, password: bytes, nonce: bytes = b"") -> Generator[bytes | None, bytes, None]:
    """The client's side of one exchange; ``nonce`` is random unless given. Raises Failed if the server breaks a rule.

    The password goes in as it is: most servers do not prepare it (SASLprep), and a preparation of ours that theirs
    lacks would lock us out.
    """
    nonce = nonce or base64.b64encode(secrets.token_bytes(18))
    client_first = b"n=" + username.replace(b"=", b"=3D").replace(b",", b"=2C") + b",r=" + nonce
    server_first = yield _NO_CHANNEL_BINDING + client_first
    joined, salt, iterations = _offer(server_first, nonce)
    key = _salted(password, salt, iterations)
    client_last = b"c=" + base64.b64encode(_NO_CHANNEL_BINDING) + b",r=" + joined
    said = b",".join((client_first, server_first, client_last))
    server_last = yield client_last + b",p=" + base64.b64encode(_proof(key, said))
    if not server_last.startswith(b"e="):  # a refusal, which the server will tell in its own protocol too
        _check(server_last, _hmac(_hmac(key, b"Server Key"), said))
    yield b""


def _offer(server_first: bytes, nonce: bytes) -> tuple[bytes, bytes, int]:
    """The joined nonce, the salt and the number of iterations."""
    match = _SERVER_FIRST.fullmatch(server_first)
    if match is None or not match[1].startswith(nonce) or match[1] == nonce:
        raise Failed(Reason.PROTOCOL, "the server's part of SCRAM-SHA-256 breaks the rules")
    iterations = int(match[3])
    if not ITERATIONS_MIN <= iterations <= ITERATIONS_MAX:
        sentence = f"the server wants {iterations} iterations of SCRAM-SHA-256; we do {ITERATIONS_MIN}"
        raise Failed(Reason.AUTH_MECHANISM, f"{sentence} to {ITERATIONS_MAX}")
    return match[1], _decoded(match[2]), iterations


def _proof(key: bytes, said: bytes) -> bytes:
    client_key = _hmac(key, b"Client Key")
    signature = _hmac(hashlib.new(_HASH, client_key).digest(), said)
    return bytes(ours ^ theirs for ours, theirs in zip(client_key, signature, strict=True))


def _check(server_last: bytes, signature: bytes) -> None:
    match = _SERVER_LAST.fullmatch(server_last)
    if match is None or not hmac.compare_digest(_decoded(match[1]), signature):
        raise Failed(Reason.AUTH, "the server could not prove that it knows the password")


# The costly part is the same each time, since a server keeps its salt.
@lru_cache(maxsize=1024)
def _salted(password: bytes, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac(_HASH, password, salt, iterations)


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, _HASH)


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error:
        raise Failed(Reason.PROTOCOL, "the server's part of SCRAM-SHA-256 is no base64") from None
