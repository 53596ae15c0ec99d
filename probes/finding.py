"""What a look found when it was not simply ``ok``.

A kind's ``look`` answers by returning, or raises one of::

    Finding
    ├── Failed      a customer would have been failed
    ├── Degraded    it works, but not as promised
    └── Unknown     we could not tell: our fault, our network, our bug
"""

from enum import StrEnum
from typing import ClassVar

from probes.reason import Reason


class Outcome(StrEnum):
    """What one look gave."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Side(StrEnum):
    """Where on the way of a message the fault lies."""

    SMTP = "smtp"
    IN_BETWEEN = "in_between"
    IMAP = "imap"


class Finding(Exception):  # noqa: N818 - a finding is an answer, not an error of the program
    """Why a look was not simply ``ok``: a closed reason, and a free detail of one plain sentence."""

    outcome: ClassVar[Outcome]

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Keep both; the detail may quote the server, and is masked and made harmless by ``look``."""
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.side: Side | None = None


class Failed(Finding):
    """A customer would have been failed."""

    outcome = Outcome.FAILED


class Degraded(Finding):
    """It works, but not as promised."""

    outcome = Outcome.DEGRADED


class Unknown(Finding):
    """We could not tell: our own fault, our own network, our own bug."""

    outcome = Outcome.UNKNOWN
