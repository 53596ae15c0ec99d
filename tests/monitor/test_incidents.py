"""Where an incident stands, case by case."""

from itertools import product

import pytest

from monitor.incidents import Part, State, state


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
