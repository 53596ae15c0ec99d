"""A fan: a channel that hands each message to many who asked for it, to each of them alone.

Undelivered
├── NotNow   this reader could not be reached; another attempt may
└── Never    this reader cannot be reached, and should be sent nothing more
"""

import re
from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final

from pydantic import Field

from monitor.channels.channel import Channel, Reader
from monitor.models import Way
from monitor.sending.sender import Undelivered

LOCAL_CHARS_MIN: Final = 3
"""What stands before the @ is hidden alone too, unless it is so short that it would be found in every sentence."""

_ADDRESS: Final = re.compile(r"[^\s<>\"'(),:;@]+@[^\s<>\"'(),:;@]+")


class NotNow(Undelivered):
    """This reader could not be reached. What it says of why names nobody's address."""


class Never(Undelivered):
    """This reader cannot be reached, and no attempt will. Likewise."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What we say to an address that is said to want to be told: please confirm, or that it is told already.

    Until it has confirmed it is sent nothing else. ``until`` is how long ``confirm_url`` works; there is none where the
    address has confirmed long ago. ``key`` is the same in every attempt.
    """

    key: str
    reader: Reader
    language: str
    site: str
    page_url: str
    sent_at: datetime
    confirm_url: str | None
    until: str


class Fan(Channel):
    """A channel of many readers. ``send`` is for the one reader that the message names, and may raise NotNow or Never.

    Where readers are reached ``apart``, what keeps us from one keeps us from no other.
    """

    apart: ClassVar[bool]
    way: ClassVar[Way]

    per_second: Annotated[int, Field(ge=1, le=1000)] = 10
    at_once: Annotated[int, Field(ge=1, le=100)] = 4

    @abstractmethod
    async def greet(self, greeting: Greeting) -> bool:
        """Greet once; whether the address has proven by its answer that it wants to be told. Raises as ``send``."""


def veiled(words: str, address: str) -> str:
    """A server's words without anybody's address, since they go into logs and the audit."""
    local, shown = address.partition("@")[0], _ADDRESS.sub("[address]", words)
    if len(local) < LOCAL_CHARS_MIN:
        return shown
    return re.sub(rf"(?i)(?<!\w){re.escape(local)}(?!\w)", "[…]", shown)
