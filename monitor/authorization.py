"""What a header ``Authorization`` shows, and whether that is what was expected."""

import base64
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """A bearer token (RFC 6750) or a name and a password (RFC 7617); what was not shown is empty."""

    token: str = ""
    username: str = ""
    password: str = ""


def read(header: str) -> Shown:
    """Read a header; what is neither shows nothing."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return Shown(token=rest.strip())
    if scheme.lower() == "basic":
        username, _, password = _decoded(rest.strip()).partition(":")
        return Shown(username=username, password=password)
    return Shown()


def same(one: str, other: str) -> bool:
    """Compare two secrets in a time that tells at most their length."""
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""
