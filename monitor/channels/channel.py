"""What a channel is: it carries one approved Message and gives a receipt, or says why not and whether to try again."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import SecretStr

from drafts.facts import Planned, UpdateKind
from monitor.config import ChannelOptions, Site
from monitor.models import Stage
from monitor.sending.sender import Sender


@dataclass(frozen=True, slots=True)
class Reader:
    """The one subscriber whom a message is for: where they are reached, and the links that are theirs alone.

    ``bounce`` is what an envelope names them by, and ``secrets`` sign what is posted to them, the newest first.
    """

    address: str
    change_url: str
    leave_url: str
    bounce: str
    secrets: tuple[SecretStr, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One approved update on its way over one channel. ``key`` is the same in every attempt; times are aware UTC.

    ``thread`` is the same for all updates of one incident, and ``earlier`` holds this channel's receipts of those
    before, the newest first. ``sent_at`` is the moment of this attempt, ``attempt`` its number from 1, and
    ``reached`` who has the message from earlier attempts. ``brief`` is what the phone should say of it, in paragraphs,
    and ``waiting_line`` the sentence for those who wait; neither is there where nothing fails. ``reader`` is whom it is
    for, where it is for one of many who asked for it. ``planned`` is the work that it tells of, if that is planned.
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
    earlier: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()
    waiting_line: str = ""
    reader: Reader | None = None
    planned: Planned | None = None


class Guarantee(StrEnum):
    """How often a message may arrive that was sent until it arrived."""

    EXACTLY_ONCE = "exactly once"
    AT_LEAST_ONCE = "at least once"


@dataclass(frozen=True, slots=True)
class Limits:
    """What of a message a channel carries, at most how many characters of it, and in which form."""

    carries: str
    chars_max: int | None
    form: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a channel needs to know to prove itself; the page may look as old as ``page_age_s_max`` to its readers."""

    site: Site
    now: datetime
    page_age_s_max: float


class Unproven(Exception):  # noqa: N818 - it names an outcome, as Undelivered and its leaves do
    """A trial that could not tell, which says nothing against the channel; its text says why."""


class Channel(ChannelOptions, Sender):
    """A way to the public. A kind is a subclass that adds its options and says how to send, and how to prove itself."""

    summary: ClassVar[str]
    proof: ClassVar[str]
    """What the canary does, for the manual."""
    guarantee: ClassVar[Guarantee]
    limits: ClassVar[Limits]

    @abstractmethod
    async def send(self, message: Message) -> str:
        """Send once and return the receipt, or raise Temporary or Permanent. The caller holds the timeout."""

    @abstractmethod
    async def prove(self, trial: Trial) -> str:
        """Do what a sending does as far as nobody notices, and return what that proved.

        Raises Temporary or Permanent as ``send`` does, or Unproven where it cannot tell. It carries no approved words,
        and nothing that a customer sees.
        """
