"""What a docket is made of: cases with their members, and the rulings that change them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Member:
    """One target's part in a case, in its present run."""

    target: str
    component: str
    first_failed_at: datetime
    confirmed: bool = False
    recovered_at: datetime | None = None

    @property
    def failing(self) -> bool:
        """It has not recovered."""
        return self.recovered_at is None


@dataclass(frozen=True, slots=True)
class Case:
    """One cause with its members. ``closed_at`` is set when it ended without a human's word.

    ``told``: the public was told of it, so only a human's word ends it. ``taken``: a human did or said something of it.
    ``apart``: a human split it from another.
    """

    cause: str
    members: tuple[Member, ...] = ()
    closed_at: datetime | None = None
    told: bool = False
    taken: bool = False
    apart: bool = False

    def member(self, target: str) -> Member | None:
        """This target's part, if it has one."""
        return next((member for member in self.members if member.target == target), None)


@dataclass(frozen=True, slots=True)
class Open:
    """A case begins."""

    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reopen:
    """A case that ended quietly a little while ago goes on; what cleared was nobody's outage, so it begins anew."""

    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Join:
    """A target becomes part of a case, or is so again."""

    cause: str
    target: str
    first_failed_at: datetime
    last_good_at: datetime | None


@dataclass(frozen=True, slots=True)
class Confirm:
    """A member's failure is real: a human is called if this is the first."""

    cause: str
    target: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recover:
    """A member works again."""

    cause: str
    target: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing of the case fails any more since ``at``; with None, something fails again."""

    cause: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Close:
    """It cleared before it was confirmed: kept as a blip, and nobody is bothered."""

    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """The case turned out to be part of another, which takes over its members; ``by`` is whose failure showed it."""

    cause: str
    into: str
    by: str
    at: datetime


Ruling = Open | Reopen | Join | Confirm | Recover | Rest | Close | Merge
