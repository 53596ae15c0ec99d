"""What the desk is given to work with: the record, the config, and read-only views of the rest of the daemon."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from monitor.config import Config
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger
from monitor.sample import Sample
from monitor.verdict import Verdict


class Opinion(Protocol):
    """The verdict in force on one target; the ledger's Standing is one."""

    @property
    def verdict(self) -> Verdict:
        """What we believe of the target now."""

    @property
    def since(self) -> datetime:
        """Since when we believe it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Everything that a page of the desk may read or write through; it holds no way to publish."""

    ledger: Ledger
    config: Config[Any]
    verdicts: Mapping[str, Opinion]
    clock: Callable[[], datetime]
    samples: Samples | None = None
    sample: Sample | None = None
