"""A call by mail: one short letter to one of us, grave where it should wake them."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import ClassVar, Literal

from monitor.calls.route import Ring, Route
from monitor.markdown import visible
from monitor.sending.sender import Permanent, Temporary
from monitor.sending.submission import REFUSED_FOR_GOOD, Mailbox, Submission, words


class Email(Route, Submission):
    """A mail to one address."""

    summary: ClassVar = "Mails the call to one address."

    kind: Literal["email"] = "email"
    to: Mailbox

    async def ring(self, ring: Ring) -> str:
        """Send one mail; the receipt holds the server's words."""
        refused, answer = await self.submit([self.to], compose(ring, self).as_bytes())
        for code, why in refused.values():
            raise (Permanent if code >= REFUSED_FOR_GOOD else Temporary)(words(code, why))
        return answer


def compose(ring: Ring, route: Email) -> EmailMessage:
    """The letter, the same in every attempt; all about one matter answer one letter that was never sent."""
    domain = route.mail_from.partition("@")[2]
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(_line(f"{ring.site} (Ownup)"), addr_spec=route.mail_from)
    letter["To"] = route.to
    letter["Subject"] = _line(ring.title)
    letter["Date"] = format_datetime(ring.at)
    letter["Message-ID"] = f"<{ring.key}@{domain}>"
    letter["In-Reply-To"] = letter["References"] = f"<{ring.matter.replace('/', '.')}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["Importance"] = "normal" if ring.quiet else "high"
    if route.reply_to:
        letter["Reply-To"] = route.reply_to
    letter.set_content(f"{visible(ring.text)}\n", cte="quoted-printable")
    return letter


def _line(text: str) -> str:
    """One line of visible characters: nothing in it can begin another header."""
    return visible(" ".join(text.split()))
