"""One shop that is looked at, and what a scrape tells of it."""

from datetime import UTC, datetime

from monitor.metrics.dialect import Dialect
from monitor.metrics.series import Series
from probes.finding import Outcome
from probes.look import Result
from probes.notebook import Notebook
from probes.reason import Reason
from probes.target import Target

NOW = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)


class Web(Target):
    """A kind of the test's own."""

    async def look(self, notes: Notebook) -> None:
        raise AssertionError(notes)


SHOP = Web(kind="http", name="shop", component="website")


def result(outcome: Outcome = Outcome.OK, reason: Reason | None = None, **more: object) -> Result:
    """A Result of the shop."""
    plain: dict[str, object] = {
        "target": "shop",
        "kind": "http",
        "outcome": outcome,
        "reason": reason,
        "detail": 'the server said "boo" \n to us',
        "started_at": NOW,
        "duration_s": 0.25,
        "phases": {"resolve": 0.01, "connect": 0.02},
        "certificate": None,
        "evidence": (),
        "numbers": {"status_code": 200.0, "redirects": 0.0, "ssl": 1.0},
    }
    return Result(**(plain | more))


def text(series: Series, dialect: Dialect = Dialect.TEXT) -> str:
    """What a scrape tells of all targets."""
    return b"".join(series.pieces(dialect)).decode()
