"""Failing in part: many of the last looks failed, though never enough of them in a row to call it down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

LOOKS: Final = 20
CLEAR_MAX: Final = 1  # It is over when hardly any of the last looks has failed; else it would come and go with chance.

_MASK: Final = (1 << LOOKS) - 1


@dataclass(slots=True)
class Share:
    """Which of the last ``looks`` failed, newest in the lowest bit.

    ``since`` is when the first of these failures was, and ``good_until`` the last good look before it.
    """

    failures: int = 0
    looks: int = 0
    since: datetime | None = None
    good_until: datetime | None = None
    partly: bool = False

    def note(self, at: datetime, *, failed: bool, enough: int) -> None:
        """Take in one look; ``enough`` failures make it a failure in part, and with 0 nothing does."""
        if not self.failures:
            self.since, self.good_until = (at, self.good_until) if failed else (None, at)
        self.failures = (self.failures << 1 | failed) & _MASK
        self.looks = min(self.looks + 1, LOOKS)
        count = self.failures.bit_count()
        self.partly = 0 < enough <= count or (self.partly and count > CLEAR_MAX)

    def forget(self) -> None:
        """Begin anew, after an outage or planned work: what is known of it already must not be told again."""
        self.failures, self.looks, self.partly = 0, 0, False

    def __str__(self) -> str:
        return f"{self.failures.bit_count()} of the last {self.looks} looks failed"
