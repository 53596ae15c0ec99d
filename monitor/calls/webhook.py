"""A webhook of your own: posts each call to one address, as signed JSON."""

from typing import ClassVar, Literal

from monitor.calls.route import Ring, Route
from monitor.sending.hook import Hook, envelope


class Webhook(Route, Hook):
    """A POST of each call to one address, signed as those of the channels are."""

    summary: ClassVar = "Posts the call as signed JSON to a web address."
    keeps_books: ClassVar = True

    kind: Literal["webhook"] = "webhook"

    async def ring(self, ring: Ring) -> str:
        """Post once; the receipt is the status and the beginning of the answer."""
        return await self.deliver(ring.key, payload(ring), now=ring.sent_at)


def payload(ring: Ring) -> bytes:
    """The body: the envelope of Standard Webhooks, and in ``data`` the call."""
    data = {
        "matter": ring.matter,
        "why": ring.why,
        "quiet": ring.quiet,
        "person": ring.person,
        "title": ring.title,
        "text": ring.text,
        "site": ring.site,
        "url": ring.link,
    }
    return envelope(f"call.{ring.signal}", ring.at, data)
