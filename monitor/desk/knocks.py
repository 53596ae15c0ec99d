"""Knocks: sign-ins that failed. Each is a line of the audit, but no flood of them can bury what else stands there."""

from datetime import datetime, timedelta
from typing import Final

from monitor.desk.bucket import Bucket
from monitor.ledger import audit
from monitor.ledger.store import Ledger

KNOCKS_AN_HOUR_MAX: Final = 60
ACTOR: Final = "somebody"


class Knocks:
    """Writes them down, so many an hour; the next line says how many were left out before it."""

    def __init__(self, ledger: Ledger) -> None:
        """Nobody has knocked yet."""
        self._ledger = ledger
        self._bucket = Bucket(KNOCKS_AN_HOUR_MAX, timedelta(hours=1))
        self._unwritten = 0

    async def note(self, why: str, now: datetime, *, subject: str = "desk") -> None:
        """Write one down: ``why`` says how they came, from where, and what did not fit."""
        if self._bucket.take(now):
            self._unwritten += 1
            return
        more = f"; {self._unwritten} more before it were counted only" if self._unwritten else ""
        self._unwritten = 0
        async with self._ledger.write() as s:
            await audit.note(s, actor=ACTOR, action="not signed in", subject=subject, detail=f"{why}{more}", now=now)
