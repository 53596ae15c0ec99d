"""What the desk is given to work with: the record, the config, and read-only views of the rest of the daemon."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.config import Config
from monitor.desk.ping import Hear, nobody
from monitor.desk.rehearsals import Rehearsals
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger
from monitor.overrides import Overrides
from monitor.sample import Sample
from monitor.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Everything that a page of the desk may read, or write through; it holds no way to publish.

    ``verdicts`` gives the verdict in force on each target, ``samples`` the last hour of looks, and ``sample`` the
    sample servers of sample mode, which a button may break and repair. ``hear`` is told of signs of life.
    ``own`` are the company's own words; in a ``drill`` every page says that it is one. ``rehearsals``
    holds the drills that a button may start. ``copy_trouble`` says why the copy of the page is not kept up, if it is
    not.
    """

    ledger: Ledger
    config: Config[Any]
    verdicts: Callable[[], Mapping[str, Verdict]]
    clock: Callable[[], datetime]
    samples: Samples | None = None
    sample: Sample | None = None
    hear: Hear = nobody
    own: Overrides = field(default_factory=Overrides)
    drill: bool = False
    rehearsals: Rehearsals | None = None
    copy_trouble: Callable[[], str] = str
