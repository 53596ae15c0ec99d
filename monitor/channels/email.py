"""Mail to a list: one transaction for all recipients, none of whom sees another; one thread for an incident."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Final, Literal

from aiosmtplib import SMTPResponse
from pydantic import Field

from monitor.channels.channel import Channel, Guarantee, Limits, Message, Trial
from monitor.channels.letter import compose
from monitor.sending.sender import Permanent, Temporary
from monitor.sending.submission import REFUSED_FOR_GOOD, Mailbox, Submission, shown, words

# RFC 5321 section 4.5.3.1.8: every server takes a hundred recipients in one transaction.
RECIPIENTS_MAX: Final = 100
RECIPIENT_ATTEMPTS_MAX: Final = 10
RECEIPT_MAX: Final = 2000


class Email(Channel, Submission):
    """A mail to everybody on a list.

    A recipient who is deferred (a 4xx answer) is asked again with the next attempts, alone; after
    ``RECIPIENT_ATTEMPTS_MAX`` the others' updates wait no longer, and the receipt names who was not reached.
    """

    summary: ClassVar = "Mails the update to a list of recipients."
    proof: ClassVar = "signs in and names a recipient, and takes that back: no letter is sent"
    guarantee: ClassVar = Guarantee.AT_LEAST_ONCE
    limits: ClassVar = Limits("title and body", None, "plain text and HTML")

    kind: Literal["email"] = "email"
    to: Annotated[tuple[Mailbox, ...], Field(min_length=1, max_length=RECIPIENTS_MAX)]

    def addresses(self) -> Iterator[str]:
        """Who it is from, and who is answered."""
        yield from dict.fromkeys(address for address in (self.mail_from, self.reply_to) if address)

    async def send(self, message: Message) -> str:
        """Send one mail to all who do not have it yet; the receipt holds the server's words and who was refused."""
        letter = compose(message, sender=self.mail_from, reply_to=self.reply_to, list_name=self.name)
        waiting = [recipient for recipient in self.to if recipient not in message.reached]
        refused, answer = await self.submit(waiting, letter.as_bytes())
        return self._settle(message, refused, answer)

    async def prove(self, trial: Trial) -> str:
        """Go as far as the server would take a letter for one of the list."""
        del trial
        return await self.rehearse(self.to)

    def _settle(self, message: Message, refused: dict[str, SMTPResponse], answer: str) -> str:
        """What this attempt and those before it come to, recipient by recipient."""
        reached = message.reached | (frozenset(self.to) - refused.keys())
        count = f"{len(reached)} of {len(self.to)} recipients"
        names = ", ".join(f"{who} ({words(code, why)})" for who, (code, why) in refused.items())
        detail = f"{shown(answer)}; {count}{'; not reached: ' + names if names else ''}"[:RECEIPT_MAX]
        may_pass = any(code < REFUSED_FOR_GOOD for code, _ in refused.values())
        if may_pass and (not reached or message.attempt < RECIPIENT_ATTEMPTS_MAX):
            raise Temporary(detail, reached=reached)
        if not reached:
            raise Permanent(detail)
        return detail
