"""The verdict table, cell by cell, and the stories it must tell."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.verdict import TABLE, Belief, Patience, Verdict, step
from probes.finding import Outcome

PATIENCE = Patience(failures=3, recover=2)
LETTERS = {"S": Outcome.OK, "D": Outcome.DEGRADED, "F": Outcome.FAILED, "U": Outcome.UNKNOWN}


def tell(looks: str, *, start: Verdict = Verdict.UP, patience: Patience = PATIENCE) -> list[str]:
    """The verdicts that a row of looks leads through."""
    belief, verdicts = Belief(start), []
    for letter in looks:
        belief = step(belief, LETTERS[letter], patience)
        verdicts.append(belief.verdict.value)
    return verdicts


@pytest.mark.parametrize(
    ("before", "look", "first", "in_the_end"),
    [
        ("up", "S", "up", "up"),
        ("up", "D", "degraded", "degraded"),
        ("up", "F", "suspect", "down"),
        ("up", "U", "up", "unknown"),
        ("suspect", "S", "up", "up"),
        ("suspect", "D", "degraded", "degraded"),
        ("suspect", "F", "suspect", "down"),
        ("suspect", "U", "suspect", "unknown"),
        ("degraded", "S", "degraded", "up"),
        ("degraded", "D", "degraded", "degraded"),
        ("degraded", "F", "suspect", "down"),
        ("degraded", "U", "degraded", "unknown"),
        ("down", "S", "down", "up"),
        ("down", "D", "down", "degraded"),
        ("down", "F", "down", "down"),
        ("down", "U", "down", "down"),
        ("unknown", "S", "up", "up"),
        ("unknown", "D", "degraded", "degraded"),
        ("unknown", "F", "suspect", "down"),
        ("unknown", "U", "unknown", "unknown"),
    ],
)
def test_every_cell(before: str, look: str, first: str, in_the_end: str) -> None:
    """One such look gives the first verdict, three in a row the last."""
    verdicts = tell(look * 3, start=Verdict(before))
    assert (verdicts[0], verdicts[-1]) == (first, in_the_end)


def test_the_table_is_complete() -> None:
    """Every verdict meets every outcome, and no cell is missing."""
    assert set(TABLE) == set(product(Verdict, Outcome))


def test_a_good_confirming_look_clears_the_suspicion() -> None:
    """One lost packet is a blip: the next failure begins to count anew."""
    assert tell("FFSFF") == ["suspect", "suspect", "up", "suspect", "suspect"]


def test_unknown_looks_confirm_nothing() -> None:
    """Two failures and any number of blank looks are not three failures."""
    assert "down" not in tell("FFUUUU")
    assert tell("FUFUF")[-1] == "down"


def test_recovery_needs_good_looks_in_a_row() -> None:
    """CASES X2: a failure among the good looks begins the count again."""
    assert tell("SFSS", start=Verdict.DOWN) == ["down", "down", "down", "up"]


def test_without_confirmation_the_first_failure_is_down() -> None:
    """``confirm = []`` means what it says."""
    assert tell("F", patience=Patience(failures=1, recover=1)) == ["down"]


def test_slow_and_good_looks_in_turn_end_an_outage() -> None:
    """A target that answers, now fast, now slow, is not down."""
    assert tell("DS", start=Verdict.DOWN)[-1] == "up"


@given(st.lists(st.sampled_from("SDFU"), max_size=40))
def test_only_confirmed_failures_are_down(looks: list[str]) -> None:
    """Nothing is called down unless three failures stand in a row, with only blank looks between them."""
    verdicts = tell("".join(looks))
    seen = "".join(looks).replace("U", "")
    assert ("down" in verdicts) == ("FFF" in seen)
