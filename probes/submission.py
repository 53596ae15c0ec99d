"""Handing a whole message over (SMTP's DATA), once: after the final dot it is never sent again."""

from contextlib import suppress
from time import monotonic
from typing import Final

from probes.dialogue import Dialogue, open_dialogue
from probes.envelope import Address, offer_recipient, offer_sender
from probes.finding import Degraded, Failed, Finding
from probes.notebook import Notebook
from probes.patience import in_time
from probes.reason import Reason
from probes.reply import ask, hear_reply, refusal
from probes.smtp import Smtp

_SEND_IT: Final = 354
_TAKEN: Final = (250, 251, 252)


async def submit(
    smtp: Smtp, notes: Notebook, message: bytes, *, sender: Address, recipient: Address, limit_s: float
) -> float:
    """Send one message, whose envelope may take ``limit_s``; when the server took it, on the monotonic clock.

    Raises Finding; Degraded with ``data_uncertain`` if only the answer to the message itself did not come.
    """
    implicit = smtp.tls_mode == "implicit"
    async with open_dialogue(
        smtp, notes, host=smtp.host, port=smtp.port, implicit_tls=implicit, peer="the mail server"
    ) as talk:
        try:
            async with in_time(limit_s, notes, talk.peer):
                await smtp.enter(talk)
                await offer_sender(talk, sender)
                await offer_recipient(talk, recipient, _TAKEN)
                await _announce(talk)
            await _hand_over(talk, message)
        except Finding:
            if not talk.lost:
                await _leave(talk)
            raise
        taken_s = monotonic()
        await _leave(talk)
    return taken_s


async def _announce(talk: Dialogue) -> None:
    reply = await ask(talk, "data", "DATA")
    if reply.code != _SEND_IT:
        raise refusal(talk, reply, "DATA", Reason.DATA, for_now=Reason.DEFERRED)


async def _hand_over(talk: Dialogue, message: bytes) -> None:
    stuffed = message.removesuffix(b"\r\n").replace(b"\r\n.", b"\r\n..")  # RFC 5321 section 4.5.2
    unsure = Reason.DATA_UNCERTAIN
    try:
        with talk.stage("accept", "its answer to our message", silence=unsure, closed=unsure):
            await talk.say(stuffed + b"\r\n.", shown=f"(our message of {len(message)} bytes, and the final dot)")
            reply = await hear_reply(talk)
    except Failed as found:
        raise Degraded(unsure, f"{found.detail}; we did not send it again") from found
    if not reply.positive:
        raise refusal(talk, reply, "our message", Reason.DATA, for_now=Reason.DEFERRED)


async def _leave(talk: Dialogue) -> None:
    with talk.farewell("quit"), suppress(Failed):
        await talk.say(b"QUIT")
        await hear_reply(talk)
