"""What a change of verdict means for incidents: pure, so that every case can be listed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from monitor.verdict import Verdict


class Move(Enum):
    """What a target does to the incident of its cause when its verdict changes."""

    JOIN = auto()
    """It opens the incident or joins it, still unconfirmed: the draft is there before anyone is called."""
    CONFIRM = auto()
    """It joins, and its failure is confirmed: a human is needed."""
    RECOVER = auto()
    """If it is a member, it works again."""
    WAIT = auto()
    """We cannot see: nothing opens and nothing ends."""


MOVES: Final = {
    Verdict.SUSPECT: Move.JOIN,
    Verdict.DOWN: Move.CONFIRM,
    Verdict.UP: Move.RECOVER,
    Verdict.DEGRADED: Move.RECOVER,
    Verdict.UNKNOWN: Move.WAIT,
}


class State(Enum):
    """Where an incident stands by what its members do."""

    FAILING = auto()
    RECOVERED = auto()
    BLIP = auto()
    """Everything recovered before anything was confirmed: kept in the record, and nobody is bothered."""


@dataclass(frozen=True, slots=True)
class Part:
    """One member's part, as far as the state of the incident depends on it."""

    confirmed: bool
    recovered: bool


def state(parts: Iterable[Part]) -> State:
    """Tell where the incident stands."""
    members = tuple(parts)
    if not all(member.recovered for member in members):
        return State.FAILING
    return State.RECOVERED if any(member.confirmed for member in members) else State.BLIP


def cause(component_id: str) -> str:
    """The cause that a failing target is laid to: its component. Of one cause at most one incident is open."""
    return f"component:{component_id}"
