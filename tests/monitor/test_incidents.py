"""What verdicts mean for incidents, case by case."""

from itertools import product

import pytest

from monitor.incidents import MOVES, Move, Part, State, state
from monitor.verdict import Verdict


def test_every_verdict_has_its_move() -> None:
    """No verdict is without a meaning, and not to see is neither failing nor recovering."""
    assert set(MOVES) == set(Verdict)
    assert MOVES[Verdict.UNKNOWN] is Move.WAIT


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([Part(confirmed=False, recovered=False)], State.FAILING),
        ([Part(confirmed=True, recovered=False)], State.FAILING),
        ([Part(confirmed=False, recovered=True)], State.BLIP),
        ([Part(confirmed=True, recovered=True)], State.RECOVERED),
        ([Part(confirmed=True, recovered=True), Part(confirmed=False, recovered=False)], State.FAILING),
        ([Part(confirmed=True, recovered=True), Part(confirmed=False, recovered=True)], State.RECOVERED),
    ],
)
def test_an_incident_stands_where_its_members_stand(parts: list[Part], expected: State) -> None:
    """One failing member keeps it open; one confirmed member makes it more than a blip."""
    assert state(parts) is expected


def test_no_incident_is_over_while_a_member_fails() -> None:
    """However the other members stand."""
    failing = Part(confirmed=True, recovered=False)
    for confirmed, recovered in product([True, False], repeat=2):
        assert state([failing, Part(confirmed=confirmed, recovered=recovered)]) is State.FAILING
