"""What was seen of one target: our own looks, or the rows ``time,status,code,response_ms`` of a CSV file."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import Final

from monitor.ledger.history import Sample
from probes.finding import Outcome
from probes.reason import Reason

COLUMNS: Final = ("time", "status", "code", "response_ms")
ROWS_MAX: Final = 5_000_000

_OUTCOMES: Final = {"up": Outcome.OK, "degraded": Outcome.DEGRADED, "down": Outcome.FAILED, "unknown": Outcome.UNKNOWN}
_REFUSALS: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}


class RecordingError(ValueError):
    """A file that is no recording, said in one line that begins with the line's number."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was seen at one moment."""

    at: datetime
    outcome: Outcome
    reason: Reason | None
    response_s: float
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """All that was seen of one target, in order."""

    target: str
    rows: tuple[Row, ...]

    @property
    def failures(self) -> int:
        """How often a row failed after one that did not: what a monitor without patience would have called."""
        failed = [row.outcome is Outcome.FAILED for row in self.rows]
        return sum(failed[:1]) + sum(now and not before for before, now in pairwise(failed))

    @property
    def step(self) -> timedelta:
        """The time between two rows, at the median."""
        gaps = sorted(later.at - earlier.at for earlier, later in pairwise(self.rows))
        return gaps[len(gaps) // 2] if gaps else timedelta()


def recorded(target: str, samples: Iterable[Sample]) -> Recording:
    """What we saw ourselves, as it counted then: what our own side had spoilt was unknown, and is so again."""
    reasons = {reason.value: reason for reason in Reason}
    rows = (Row(one.at, one.outcome, reasons.get(one.reason or ""), one.duration_s, one.planned) for one in samples)
    return Recording(target, tuple(rows))


def parse(target: str, lines: Iterable[str]) -> Recording:
    """Read the lines of a CSV file. Raises RecordingError."""
    reader = csv.DictReader(lines)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise RecordingError(f"1: the columns must be {','.join(COLUMNS)}; missing: {', '.join(missing)}")
    return Recording(target, tuple(sorted(_rows(reader), key=lambda row: row.at)))


def _rows(reader: "csv.DictReader[str]") -> Iterator[Row]:
    for number, fields in enumerate(reader, 1):
        if number > ROWS_MAX:
            raise RecordingError(f"{reader.line_num}: more than {ROWS_MAX} rows")
        try:
            yield _row(fields)
        except (ValueError, TypeError, KeyError) as error:
            raise RecordingError(f"{reader.line_num}: not a row of {','.join(COLUMNS)}: {error}") from None


def _row(fields: Mapping[str, str]) -> Row:
    at = datetime.fromisoformat(fields["time"])
    outcome = _OUTCOMES[fields["status"]]
    code = int(fields["code"]) if fields["code"] else None
    response_s = float(fields["response_ms"] or 0) / 1000
    return Row(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), outcome, _reason(outcome, code), response_s)


def _reason(outcome: Outcome, code: int | None) -> Reason | None:
    """The nearest of our reasons. The code 0 is no answer at all; without any code we do not know, and do not say."""
    if outcome is Outcome.FAILED and code is not None:
        return Reason.REFUSED if code in _REFUSALS else Reason.STATUS if code else Reason.TIMEOUT
    return {Outcome.DEGRADED: Reason.LATENCY, Outcome.UNKNOWN: Reason.ISOLATED}.get(outcome)
