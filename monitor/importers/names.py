"""Names for what a foreign file calls anything: small letters, digits, and each different from all others."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Final

NAME_CHARS_MAX: Final = 80
_ROOM_FOR_A_NUMBER: Final = 6


def slug(text: str) -> str:
    """The text as a name of ours: ``"Größe: Shop/EU"`` becomes ``grosse-shop-eu``."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o")).casefold()
    kept = re.sub(r"[^a-z0-9._-]+", "-", plain.encode("ascii", "ignore").decode())
    return re.sub(r"-{2,}", "-", kept)[: NAME_CHARS_MAX - _ROOM_FOR_A_NUMBER].strip("-._") or "unnamed"


class Names:
    """Gives each name away once."""

    def __init__(self, numbered: str = "{}-{}") -> None:
        """Begin with all names free."""
        self._taken: set[str] = set()
        self._numbered = numbered

    def take(self, *candidates: str) -> str:
        """The first that is free; if none is, the last with a number."""
        free = next(name for name in self._offers(candidates) if name not in self._taken)
        self._taken.add(free)
        return free

    def _offers(self, candidates: Iterable[str]) -> Iterator[str]:
        last = ""
        for last in candidates:
            yield last
        for number in count(2):
            yield self._numbered.format(last, number)
