"""A wish: what a reader typed into a form of the page, and whether it can be meant."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import parse_qs

from yarl import URL

from monitor.ledger.subscribers import Choice
from monitor.models import Way

FIELDS_MAX: Final = 500
ADDRESS_CHARS_MAX: Final = 254
URL_CHARS_MAX: Final = 2000
_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LOCAL_CHARS_MAX: Final = 64
# A host, perhaps a port and a path; no name, no password, no fragment, and nothing that parsers read differently.
_WEB: Final = re.compile(
    r"https?://(?:[^\s/?#@:\[\]\\]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?(?:[/?][^\s#\\]*)?", re.IGNORECASE
)
NEAR: Final = frozenset({"127.0.0.1", "::1"})

Form = Mapping[str, Sequence[str]]


def form(body: bytes) -> Form:
    """The fields of a form. Raises ValueError where it is none."""
    return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict")


def choice(fields: Form, languages: Sequence[str], components: Collection[str]) -> Choice:
    """What they want to hear of, as far as there is such a thing; all if that is nothing, or everything."""
    language = _one(fields, "language")
    chosen = tuple(one for one in components if one in fields.get("component", ()))
    return Choice(language if language in languages else languages[0], chosen if len(chosen) < len(components) else ())


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants to be told; ``address`` is written one way, None if it cannot be meant."""

    way: Way
    typed: str
    address: str | None

    @classmethod
    def of(cls, fields: Form, ways: Collection[str]) -> Self | None:
        """Read it from a form; None if there is no such way."""
        said = _one(fields, "way")
        if said not in ways:
            return None
        way, typed = Way(said), _one(fields, "address").strip()
        return cls(way, typed, _READ[way](typed))


def mailbox(typed: str) -> str | None:
    """An address of mail, in small letters, its domain as the wire has it; None if it is none."""
    local, _, domain = typed.rpartition("@")
    try:
        domain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        return None
    whole = f"{local}@{domain}".lower()
    good = len(whole) <= ADDRESS_CHARS_MAX and len(local) <= _LOCAL_CHARS_MAX
    return whole if good and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain.lower()) else None


def hook(typed: str) -> str | None:
    """An address of the web that is encrypted, or of this very machine; None if it is none."""
    if not _WEB.fullmatch(typed):
        return None
    try:
        url = URL(typed)
        whole, host, port = str(url), url.host, url.port
    except ValueError:
        return None
    encrypted = url.scheme == "https" or (url.scheme == "http" and host in NEAR)
    return whole if encrypted and host and port and len(whole) <= URL_CHARS_MAX else None


_READ: Final = {Way.EMAIL: mailbox, Way.WEBHOOK: hook}


def _one(fields: Form, name: str) -> str:
    return next(iter(fields.get(name, ())), "")
