"""The envelope of a mail that is never sent: who it would come from, whom it would go to, and what the server says."""

import re
from collections.abc import Collection
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from probes.dialogue import Dialogue
from probes.finding import Failed, Finding
from probes.reason import Reason
from probes.reply import POSITIVE, Reply, ask, refusal

_ADDRESS: Final = re.compile(r"[!-;=?-~]{0,320}")


def _plain_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError('should be a plain ASCII address without angle brackets, such as "probe@example.com"')
    return text


Address = Annotated[str, AfterValidator(_plain_address)]
Code = Annotated[int, Field(ge=200, le=599)]


async def offer_sender(talk: Dialogue, sender: Address) -> None:
    """Say MAIL FROM. Raises Failed, or Degraded with ``deferred``."""
    command = f"MAIL FROM:<{sender}>"
    reply = await ask(talk, "mail", command)
    if not reply.positive:
        raise refusal(talk, reply, command, Reason.MAIL_FROM, for_now=Reason.DEFERRED)


async def offer_recipient(talk: Dialogue, recipient: Address, wanted: Collection[Code]) -> None:
    """Say RCPT TO, whose reply should have one of the wanted codes. Raises Failed, or Degraded with ``deferred``."""
    command = f"RCPT TO:<{recipient}>"
    reply = await ask(talk, "rcpt", command)
    if reply.code not in wanted:
        raise _unwanted(talk, reply, command, wanted)


def _unwanted(talk: Dialogue, reply: Reply, command: str, wanted: Collection[Code]) -> Finding:
    if reply.positive and not any(code // 100 == POSITIVE for code in wanted):
        return Failed(Reason.RCPT, f"{talk.peer} answered {reply.said(talk)} to {command}, as an open relay does")
    return refusal(talk, reply, command, Reason.RCPT, for_now=Reason.DEFERRED)
