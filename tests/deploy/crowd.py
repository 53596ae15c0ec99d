"""What a scrape gives when very many targets are watched: our own series, of looks that nobody had to make."""

from datetime import datetime, timedelta
from typing import Final

from monitor.metrics.dialect import Dialect, told
from monitor.metrics.gauges import Gauges, Snapshot
from monitor.metrics.series import Series
from monitor.models import Stage
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.look import Certificate, Result
from probes.notebook import Notebook
from probes.reason import Reason
from probes.target import Target

TARGETS: Final = 5_000
COMPONENTS: Final = 200
KINDS: Final = ("http", "smtp", "imap", "roundtrip")
REASONS: Final = tuple(Reason)
PHASES: Final = ("resolve", "connect", "tls", "processing", "transfer", "smtp_data", "imap_idle", "imap_select")


class Watched(Target):
    """A target of any kind."""

    async def look(self, notes: Notebook) -> None:
        raise AssertionError(notes)


def metrics(now: datetime) -> bytes:
    """The text of one scrape: a third is down, each for a reason of its own."""
    series, gauges = Series(), Gauges(version="0")
    gauges.snapshot = Snapshot({Stage.INVESTIGATING: 40}, promised={n: now + timedelta(minutes=n) for n in range(40)})
    targets = [
        Watched(kind=KINDS[n % len(KINDS)], name=f"target-{n}", component=f"component-{n % COMPONENTS}")
        for n in range(TARGETS)
    ]
    series.expect(targets)
    for n, target in enumerate(targets):
        down = n % 3 == 0
        series.hear(target, _result(target, now, n, down=down), Verdict.DOWN if down else Verdict.UP)
    return b"".join((*series.pieces(Dialect.TEXT), told(gauges.registry, Dialect.TEXT)))


def _result(target: Target, now: datetime, n: int, *, down: bool) -> Result:
    expiry = now + timedelta(days=n % 90)
    phases = dict.fromkeys(PHASES, 0.001 * (n % 100))
    return Result(
        target=target.name,
        kind=target.kind,
        outcome=Outcome.FAILED if down else Outcome.OK,
        reason=REASONS[n % len(REASONS)] if down else None,
        detail="",
        started_at=now,
        duration_s=sum(phases.values()),
        phases=phases,
        certificate=Certificate("shop", "CA", ("shop",), now, expiry, expiry, "00", "TLSv1.3", "X"),
        evidence=(),
        numbers={"redirects": 0.0, "status_code": 200.0, "ssl": 1.0, "delivery_seconds": 0.1 * (n % 100)},
    )
