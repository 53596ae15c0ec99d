"""Mail to who subscribed: each their own letter, with their own way to leave; and the question whether they asked."""

from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from aiosmtplib import SMTPResponse

from monitor import bounce
from monitor.channels.channel import Guarantee, Limits, Message, Reader, Trial
from monitor.channels.fan import Fan, Greeting, Never, NotNow, veiled
from monitor.channels.letter import POLICY, compose, line
from monitor.models import Way
from monitor.sending.sender import Barred, Permanent, Temporary
from monitor.sending.submission import REFUSED_FOR_GOOD, Mailbox, Submission, shown, words
from monitor.words import spoken


class Subscribers(Fan, Submission):
    """A mail to each reader who asked for it and confirmed it.

    A recipient who is refused for good (a 5xx answer) is told nothing more, except where the answer speaks of us, as a
    policy does (5.7.x): else a server that does not know us yet would cost us every reader.
    """

    summary: ClassVar = "Mails the update to every reader who subscribed, each alone."
    proof: ClassVar = "signs in and names its own address as recipient, and takes that back: no letter is sent"
    guarantee: ClassVar = Guarantee.AT_LEAST_ONCE
    limits: ClassVar = Limits("title and body", None, "plain text and HTML")
    subscribed: ClassVar = Way.EMAIL.value
    way: ClassVar = Way.EMAIL
    apart: ClassVar = False

    kind: Literal["subscribers"] = "subscribers"
    bounces_to: Mailbox | None = None

    def addresses(self) -> Iterator[str]:
        """Who it is from, and who is answered."""
        yield from dict.fromkeys(address for address in (self.mail_from, self.reply_to) if address)

    async def send(self, message: Message) -> str:
        """Send one letter to the reader whom it names."""
        assert message.reader  # noqa: S101 - a fan sends to nobody else
        letter = compose(message, sender=self.mail_from, reply_to=self.reply_to, list_name=self.name)
        return await self._hand(letter, message.reader)

    async def prove(self, trial: Trial) -> str:
        """Go as far as the server would take a letter; no reader's address is told to it for that."""
        del trial
        return await self.rehearse([self.mail_from])

    async def greet(self, greeting: Greeting) -> bool:
        """Ask by mail; who reads it answers on the page, so the letter alone proves nothing."""
        await self._hand(self._question(greeting), greeting.reader)
        return False

    async def _hand(self, letter: EmailMessage, reader: Reader) -> str:
        try:
            refused, answer = await self.submit(
                [reader.address], letter.as_bytes(), bounces_to=self._bounces_to(reader)
            )
        except (Barred, Permanent, Temporary) as why:
            raise type(why)(veiled(why.detail, reader.address)) from None
        for response in refused.values():
            raise _refusal(response, reader)
        return shown(answer)

    def _bounces_to(self, reader: Reader) -> str | None:
        """An address of its own for what comes back of each reader's mail (VERP)."""
        if self.bounces_to is None:
            return None
        local, _, domain = self.bounces_to.partition("@")
        return f"{local}+{reader.bounce}@{domain}"

    def _question(self, greeting: Greeting) -> EmailMessage:
        w, site = spoken("monitor.channels", greeting.language), line(greeting.site)
        known = greeting.confirm_url is None
        letter = EmailMessage(policy=POLICY)
        letter["From"] = Address(site, addr_spec=self.mail_from)
        letter["To"] = greeting.reader.address
        letter["Subject"] = w("known_subject" if known else "ask_subject", site=site)
        letter["Date"] = format_datetime(greeting.sent_at)
        letter["Message-ID"] = f"<{greeting.key}@{self.mail_from.partition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter["List-Id"] = f"<{self.name}.{urlsplit(greeting.page_url).hostname}>"
        link = greeting.reader.change_url if known else greeting.confirm_url
        text = w("known" if known else "ask", site=site, page=greeting.page_url, link=link, until=greeting.until)
        letter.set_content(text, cte="quoted-printable")
        return letter


def _refusal(response: SMTPResponse, reader: Reader) -> NotNow | Never:
    told = veiled(words(response.code, response.message), reader.address)
    may_pass = response.code < REFUSED_FOR_GOOD or not bounce.lasting(bounce.status_of(response.message) or "5.0.0")
    return NotNow(told) if may_pass else Never(told)
