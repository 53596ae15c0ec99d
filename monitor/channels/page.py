"""The public page as a channel: delivered means visible, since the page shows what is delivered to it."""

from typing import ClassVar, Literal

from monitor.channels.channel import Channel, Guarantee, Limits, Message


class Page(Channel):
    """The status page. It reads the record itself, so sending is no more than saying so.

    It shows every language that was approved, so it has none of its own.
    """

    summary: ClassVar = "Shows the update on the public status page."
    guarantee: ClassVar = Guarantee.EXACTLY_ONCE
    limits: ClassVar = Limits("title and body", None, "HTML")

    kind: Literal["page"] = "page"
    name: Literal["page"] = "page"
    language: None = None

    async def send(self, message: Message) -> str:
        """Succeed at once."""
        return f"visible at {message.page_url}"
