"""What a channel is: it carries one approved Message and gives a receipt, or says why not and whether to try again.

Undelivered
├── Temporary   another attempt may succeed: the network, a full queue, a limit
└── Permanent   no attempt will succeed until a human changes something
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field, SecretStr

from drafts.facts import UpdateKind
from monitor.config import ChannelOptions
from monitor.models import Stage
from probes.target import Seconds


class Undelivered(Exception):  # noqa: N818 - it names an outcome that the caller records, not a fault of the program
    """One attempt that did not deliver. ``detail`` is shown to humans: no URL, no secret."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Temporary(Undelivered):
    """Another attempt may succeed, not before ``retry_after_s`` seconds if the other side asked for that.

    ``reached`` names those who have the message already, so that the next attempt spares them a second copy.
    """

    def __init__(
        self, detail: str, *, retry_after_s: float | None = None, reached: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s
        self.reached = reached


class Permanent(Undelivered):
    """No attempt will succeed until a human changes something."""


@dataclass(frozen=True, slots=True)
class Message:
    """One approved update on its way over one channel. ``key`` is the same in every attempt; times are aware UTC.

    ``thread`` is the same for all updates of one incident. ``sent_at`` is the moment of this attempt, ``attempt`` its
    number from 1, and ``reached`` who has the message from earlier attempts.
    """

    key: str
    thread: str
    incident_id: int
    update_id: int
    kind: UpdateKind
    stage: Stage
    language: str
    title: str
    body: str
    short: str
    spoken: str
    approver: str
    approved_at: datetime
    sent_at: datetime
    next_update_at: datetime | None
    site: str
    page_url: str
    attempt: int = 1
    reached: frozenset[str] = frozenset()


class Channel(ChannelOptions):
    """A way to the public. A kind is a subclass that adds its options and says how to send."""

    timeout: Annotated[Seconds, Field(gt=0, le=300)] = 20.0
    retry_first: Annotated[Seconds, Field(gt=0, le=3600)] = 2.0
    retry_ceiling: Annotated[Seconds, Field(gt=0, le=3600)] = 300.0

    summary: ClassVar[str]

    def secrets(self) -> Iterator[str]:
        """Every secret of this channel, so that receipts and errors can be masked."""
        for field in type(self).model_fields:
            value = getattr(self, field)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()

    @abstractmethod
    async def send(self, message: Message) -> str:
        """Send once and return the receipt, or raise Temporary or Permanent. The caller holds the timeout."""
