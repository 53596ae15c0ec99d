"""The page of one incident says where it stands, and whether we kept what we promised."""

from datetime import timedelta

import pytest

from drafts.promises import Promise
from monitor.desk.incident import kept
from tests.monitor.desk.house import START

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
KEPT = Promise(START, START + HOUR, START + HOUR - MINUTE)
BROKEN = Promise(START, START + HOUR, START + HOUR + MINUTE)
OPEN = Promise(START, START + HOUR, None)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        ([], ""),
        ([OPEN], ""),
        ([KEPT], "We kept our promise to write again."),
        ([KEPT, KEPT, OPEN], "We kept all 2 promises to write again."),
        ([BROKEN], "We broke our promise to write again."),
        ([KEPT, BROKEN, OPEN], "We broke 1 of 2 promises to write again."),
    ],
)
def test_promises_are_counted_once_they_are_due(made: list[Promise], sentence: str) -> None:
    """Good and bad are told alike, and nothing is told of what is not due."""
    assert kept(made, START + MINUTE) == sentence
