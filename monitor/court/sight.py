"""Can we see at all? A failure that our own side could have caused is believed once witnesses say the way is open.

A *way* is the resolver, or one family of addresses. Every look is a vote for the ways that it went, or against the one
that it got stuck on. When somebody cannot be reached, those who live elsewhere are asked to look again, and only looks
that began after the failure count: if more than half of them are stuck as well, the way is closed on our side, and we
are blind on it until enough of them see again. A way whose own route or resolver was lost is closed at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from monitor.court.testimony import Testimony
from monitor.court.topology import Node, Way

GRACE_S: Final = 5.0  # How much longer than its own timeout we wait for a witness.


class Answer(Enum):
    """What the witnesses say of a way."""

    OPEN = auto()
    CLOSED = auto()
    PENDING = auto()


@dataclass(frozen=True, slots=True)
class Vote:
    """The last word of one target on one way; ``began_s`` is the start of its look."""

    began_s: float
    open: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """A way in doubt since ``since_s``, who can tell, and until when we wait for them."""

    way: Way
    since_s: float
    witnesses: tuple[str, ...]
    until_s: float


@dataclass(frozen=True, slots=True)
class Blindness:
    """A way that is closed on our side since ``since_s``; without witnesses it opens when its loss is made good."""

    way: Way
    since_s: float
    witnesses: tuple[str, ...]
    why: str


class Sight:
    """The votes, and the ways that are closed. Times are seconds on one monotonic clock."""

    def __init__(self) -> None:
        """Begin with open eyes, and without a vote."""
        self._votes: dict[tuple[Way, str], Vote] = {}
        self._lost: dict[Way, str] = {}
        self.blind: dict[Way, Blindness] = {}

    def vote(self, node: Node, testimony: Testimony, *, now_s: float) -> None:
        """Take in what one look says of the ways that it went."""
        began_s = now_s - testimony.duration_s
        for way in testimony.proves(node):
            self._votes[way, node.name] = Vote(began_s, open=True)
        stuck = testimony.doubts(node)
        if stuck:
            self._votes[stuck, node.name] = Vote(began_s, open=False)
        if stuck == "dns" and node.family:  # Whoever was not found was not reached either.
            self._votes[node.family, node.name] = Vote(began_s, open=False)

    def ask(self, doubt: Doubt, *, now_s: float) -> Answer:
        """What the witnesses have said so far; whoever has not answered by the deadline is no witness."""
        seeing, stuck = self._count(doubt.way, doubt.witnesses, since_s=doubt.since_s)
        if 2 * stuck > len(doubt.witnesses):
            return Answer.CLOSED
        if 2 * seeing >= len(doubt.witnesses):
            return Answer.OPEN
        if now_s < doubt.until_s:
            return Answer.PENDING
        return Answer.CLOSED if stuck > seeing else Answer.OPEN

    def close(self, doubt: Doubt, *, now_s: float) -> None:
        """Believe the witnesses that we are blind on this way."""
        _, stuck = self._count(doubt.way, doubt.witnesses, since_s=doubt.since_s)
        why = f"{stuck} of {len(doubt.witnesses)} independent looks fail together ({', '.join(doubt.witnesses)})"
        self.blind.setdefault(doubt.way, Blindness(doubt.way, now_s, doubt.witnesses, why))

    def lose(self, lost: Mapping[Way, str], *, now_s: float) -> None:
        """Take in what our own side has lost, by way and with one sentence each; what is not named is there."""
        self._lost = dict(lost)
        for way, why in lost.items():
            self.blind.setdefault(way, Blindness(way, now_s, (), why))

    def reopen(self) -> tuple[Way, ...]:
        """Open the ways on which enough witnesses see again; gives those that opened."""
        opened = tuple(way for way, blindness in self.blind.items() if self._sees(blindness))
        for way in opened:
            del self.blind[way]
        return opened

    def _sees(self, blindness: Blindness) -> bool:
        if blindness.way in self._lost:
            return False
        seeing, stuck = self._count(blindness.way, blindness.witnesses, since_s=blindness.since_s)
        return stuck <= seeing and 2 * seeing >= len(blindness.witnesses)

    def _count(self, way: Way, witnesses: Iterable[str], *, since_s: float) -> tuple[int, int]:
        votes = [self._votes.get((way, name)) for name in witnesses]
        fresh = [vote.open for vote in votes if vote and vote.began_s >= since_s]
        return sum(fresh), len(fresh) - sum(fresh)
