"""What a route is: a way to one of us, by which a Ring goes out once, and a receipt or a reason comes back."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from monitor.config import RouteOptions
from monitor.models import Signal, Why
from monitor.sending.sender import Sender


@dataclass(frozen=True, slots=True)
class Ring:
    """One call on its way. ``key`` is the same in every attempt, ``matter`` in every call about the same thing.

    A ``quiet`` one is a repeat, or says that nobody need come: it should wake nobody whom the first did not.
    """

    key: str
    matter: str
    why: Why
    signal: Signal
    quiet: bool
    person: str
    title: str
    text: str
    link: str
    site: str
    at: datetime
    sent_at: datetime


class Route(RouteOptions, Sender):
    """A way to one of us. A kind is a subclass that adds its options and says how to ring."""

    summary: ClassVar[str]
    keeps_books: ClassVar[bool] = False
    """Whether the other side goes on calling by itself, until it is told that somebody has come or all is over."""

    @abstractmethod
    async def ring(self, ring: Ring) -> str:
        """Ring once and return the receipt, or raise Temporary or Permanent. The caller holds the timeout."""
