"""What every way out has in common: how patient it is, which secrets it holds, and how it says that it did not deliver.

Undelivered
├── Temporary   another attempt may succeed: the network, a full queue, a limit
└── Permanent   no attempt with this content will succeed
    └── Barred  no attempt with any content will: the key, the address or the account is refused
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, SecretStr

from probes.target import Options, Seconds


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
    """No attempt with this content will succeed."""


class Barred(Permanent):
    """The way itself is refused, whatever it carries, until a human changes something."""


class Sender(Options):
    """A way out. The caller holds the timeout of an attempt, and waits between them."""

    timeout: Annotated[Seconds, Field(gt=0, le=300)] = 20.0
    retry_first: Annotated[Seconds, Field(gt=0, le=3600)] = 2.0
    retry_ceiling: Annotated[Seconds, Field(gt=0, le=3600)] = 300.0

    def secrets(self) -> Iterator[str]:
        """Every secret of this way out, so that receipts and errors can be masked."""
        for field in type(self).model_fields:
            value = getattr(self, field)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()
