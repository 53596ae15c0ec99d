"""How long a sender waits."""

import pytest

from monitor.sending.backoff import RETRY_AFTER_S_MAX, pause_s


@pytest.mark.parametrize(
    ("attempt", "chance", "wish_s", "expected_s"),
    [
        (1, 0.0, None, 2.0),
        (2, 0.0, None, 4.0),
        (3, 0.0, None, 8.0),
        (9, 0.0, None, 300.0),
        (10**6, 0.0, None, 300.0),
        (1, 1.0, None, 1.0),
        (3, 0.5, None, 6.0),
        (1, 0.0, 7.0, 7.0),
        (9, 0.0, 7.0, 300.0),
        (1, 0.0, 10.0**9, RETRY_AFTER_S_MAX),
    ],
)
def test_the_pause_doubles_spreads_ends_and_obeys(
    attempt: int, chance: float, wish_s: float | None, expected_s: float
) -> None:
    """It grows to a ceiling, chance takes away up to a half, and the other side may ask for up to an hour."""
    assert pause_s(attempt=attempt, first_s=2.0, ceiling_s=300.0, wish_s=wish_s, chance=chance) == expected_s
