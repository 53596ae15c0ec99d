"""Presence: who has the same draft open now, so that two people see each other before they get in each other's way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LASTS: Final = timedelta(minutes=2)
"""For how long a page that somebody opened counts as read, unless its live connection says so anew."""

PEOPLE_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class _Seen:
    name: str
    edits: bool
    until: datetime


class Presence:
    """Remembers in this process alone who looks at which draft; a restart forgets nothing of worth."""

    def __init__(self) -> None:
        """Begin with nobody here."""
        self._seen: dict[tuple[int, int], _Seen] = {}

    def note(self, update_id: int, person: tuple[int, str], now: datetime, *, edits: bool) -> None:
        """Somebody has this draft before them, to read it or to edit it; ``person`` is their id and name."""
        person_id, name = person
        self._seen = {key: seen for key, seen in self._seen.items() if seen.until > now}
        if len(self._seen) < PEOPLE_MAX:
            self._seen[update_id, person_id] = _Seen(name, edits, now + LASTS)

    def leave(self, update_id: int, person_id: int) -> None:
        """They closed it."""
        self._seen.pop((update_id, person_id), None)

    def others(self, update_id: int, person_id: int, now: datetime) -> tuple[str, ...]:
        """What the others do with this draft now, a sentence each, by name."""
        here = [
            seen
            for (update, person), seen in self._seen.items()
            if update == update_id and person != person_id and seen.until > now
        ]
        return tuple(
            f"{seen.name} is editing this draft now." if seen.edits else f"{seen.name} has this draft open, too."
            for seen in sorted(here, key=lambda seen: seen.name)
        )
