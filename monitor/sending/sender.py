"""What every way out has in common: how patient it is, which secrets it holds, and how it says that it did not deliver.

Undelivered
├── Temporary   another attempt may succeed: the network, a full queue, a limit
└── Permanent   no attempt with this content will succeed
    └── Barred  no attempt with any content will: the key, the address or the account is refused
"""

import asyncio
import random
from collections.abc import Awaitable, Iterator
from typing import Annotated

from pydantic import Field, SecretStr

from monitor.sending.backoff import pause_s
from probes.target import Options, Seconds
from probes.transcript import Transcript


class Undelivered(Exception):  # noqa: N818 - it names an outcome that the caller records, not a fault of the program
    """One attempt that did not deliver. ``detail`` is shown to humans: no URL, no secret.

    ``status`` is what an HTTP server answered, None if it did not come to that.
    """

    def __init__(self, detail: str, *, status: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


class Temporary(Undelivered):
    """Another attempt may succeed, not before ``retry_after_s`` seconds if the other side asked for that.

    ``reached`` names those who have the message already, so that the next attempt spares them a second copy.
    """

    def __init__(
        self,
        detail: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        reached: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(detail, status=status)
        self.retry_after_s = retry_after_s
        self.reached = reached


class Permanent(Undelivered):
    """No attempt with this content will succeed."""


class Barred(Permanent):
    """The way itself is refused, whatever it carries, until a human changes something."""


class Sender(Options):
    """A way out: how long an attempt may take, and how long to wait until the next."""

    timeout: Annotated[Seconds, Field(gt=0, le=300)] = 20.0
    retry_first: Annotated[Seconds, Field(gt=0, le=3600)] = 2.0
    retry_ceiling: Annotated[Seconds, Field(gt=0, le=3600)] = 300.0

    def secrets(self) -> Iterator[str]:
        """Every secret of this way out, so that receipts and errors can be masked."""
        for field in type(self).model_fields:
            value = getattr(self, field)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()

    async def attempt(self, doing: Awaitable[str]) -> str:
        """What this comes to, within the time that an attempt may take. Raises Temporary or Permanent."""
        try:
            async with asyncio.timeout(self.timeout):
                return await doing
        except TimeoutError:
            raise Temporary(f"no answer within {self.timeout:g} s") from None

    def pause_s(self, attempts: int, why: Undelivered | None = None) -> float:
        """How many seconds to wait after this many attempts, never in step with others, and as the other side asks."""
        return pause_s(
            attempt=attempts,
            first_s=self.retry_first,
            ceiling_s=self.retry_ceiling,
            wish_s=why.retry_after_s if isinstance(why, Temporary) else None,
            chance=random.random(),  # noqa: S311 - it spreads attempts in time and guards nothing
        )

    def mask(self, words: str) -> str:
        """The same without any secret of this way out."""
        return Transcript(self.secrets()).mask(words)
