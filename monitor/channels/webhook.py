"""A webhook: posts an update to one address, as signed JSON."""

from typing import ClassVar, Literal

from monitor.channels.channel import Channel, Guarantee, Limits, Message, Trial
from monitor.sending.hook import Hook, envelope


class Webhook(Channel, Hook):
    """A POST of each update to one address."""

    summary: ClassVar = "Posts the update as signed JSON to a web address."
    proof: ClassVar = "connects; with `ping = true` it posts a signed event of the type `ping`, which tells nothing"
    guarantee: ClassVar = Guarantee.AT_LEAST_ONCE
    limits: ClassVar = Limits("title, body and short form", None, "Markdown in JSON")

    kind: Literal["webhook"] = "webhook"
    ping: bool = False

    async def send(self, message: Message) -> str:
        """Post once; the receipt is the status and the beginning of the answer."""
        return await self.deliver(message.key, payload(message), now=message.sent_at)

    async def prove(self, trial: Trial) -> str:
        """Connect, and post a ping to a receiver who expects one."""
        return await self.knock(ping=self.ping, now=trial.now)


def payload(message: Message) -> bytes:
    """The body: the envelope of Standard Webhooks, and in ``data`` the update as it was approved."""
    data = {
        "incident_id": message.incident_id,
        "update_id": message.update_id,
        "kind": message.kind,
        "stage": message.stage,
        "language": message.language,
        "title": message.title,
        "body": message.body,
        "short": message.short,
        "approved_by": message.approver,
        "approved_at": message.approved_at.isoformat(),
        "next_update_at": message.next_update_at and message.next_update_at.isoformat(),
        "site": message.site,
        "url": message.page_url,
    }
    return envelope("incident.update", message.approved_at, data)
