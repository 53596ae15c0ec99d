"""What a channel is: it carries one approved Message and gives a receipt, or says why not and whether to try again."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from drafts.facts import UpdateKind
from monitor.config import ChannelOptions
from monitor.models import Stage
from monitor.sending.sender import Sender


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


class Channel(ChannelOptions, Sender):
    """A way to the public. A kind is a subclass that adds its options and says how to send."""

    summary: ClassVar[str]

    @abstractmethod
    async def send(self, message: Message) -> str:
        """Send once and return the receipt, or raise Temporary or Permanent. The caller holds the timeout."""
