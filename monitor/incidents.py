"""Where an incident stands by what its members do: pure, so that every case can be listed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto


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
