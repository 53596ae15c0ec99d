"""What the sample host is made of: its parts, how each stands, and the ports they listen on."""

from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Final, Self

HOST: Final = "127.0.0.1"
USERNAME: Final = "sample"
PASSWORD: Final = "let-me-in"  # noqa: S105 - it guards a toy on loopback, and deploy/sample tells it to the example config


class Part(StrEnum):
    """A part that can be broken."""

    WEB = "web"
    SMTP = "smtp"
    IMAP = "imap"


class Standing(StrEnum):
    """How a part stands."""

    WORKING = "working"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens on loopback; 0 lets the kernel choose."""

    web: int = 8490
    smtp: int = 8425
    imap: int = 8443
    sink_web: int = 8491
    sink_smtp: int = 8426
    control: int = 8499

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read six numbers with commas between them, in the order of the fields; ValueError if they are not that."""
        numbers = [int(number) for number in text.split(",")]
        if len(numbers) != len(cls.__dataclass_fields__) or not all(0 <= number <= 65535 for number in numbers):  # noqa: PLR2004 - the highest port there is
            message = "six ports with commas between them: web,smtp,imap,sink_web,sink_smtp,control"
            raise ValueError(message)
        return cls(*numbers)

    def __str__(self) -> str:
        return ",".join(str(port) for port in astuple(self))
