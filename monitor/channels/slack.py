"""Slack, and what speaks like it: an incoming webhook that takes blocks, or Markdown as Mattermost does.

What Slack asks for stands at docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, SecretStr

from monitor.channels.channel import Channel, Guarantee, Limits, Message, Trial
from monitor.markdown import plain, visible
from monitor.sending.hook import parts, web_address
from monitor.sending.post import Post

HEADER_CHARS_MAX: Final = 150
SECTION_CHARS_MAX: Final = 3000
BODY_CHARS_MAX: Final = 12_000


class Slack(Channel, Post):
    """An incoming webhook. Its address is all that it takes to post, so it is a secret."""

    summary: ClassVar = "Posts the update to a channel of Slack or Mattermost."
    proof: ClassVar = "connects; whether a post would be taken, only a post could tell"
    guarantee: ClassVar = Guarantee.AT_LEAST_ONCE
    limits: ClassVar = Limits("title and body", BODY_CHARS_MAX, "Slack's blocks, or Markdown")

    kind: Literal["slack"] = "slack"
    url: Annotated[SecretStr, AfterValidator(web_address)]
    dialect: Literal["slack", "mattermost"] = "slack"

    def secrets(self) -> Iterator[str]:
        """The address, and what in it comes after the host."""
        yield from super().secrets()
        yield from parts(self.url)

    async def send(self, message: Message) -> str:
        """Post once; the receipt is the status and the beginning of the answer."""
        content = _DIALECTS[self.dialect](_shortened(message))
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return await self.post(self.url.get_secret_value(), body, {}, now=message.sent_at)

    async def prove(self, trial: Trial) -> str:
        """Connect: all that the address of a webhook can be asked is to post."""
        del trial
        return await self.reach(self.url.get_secret_value())


def _shortened(message: Message) -> Message:
    """Approved words are never cut: what is too long gives way to its short form."""
    return message if len(plain(message.body)) <= BODY_CHARS_MAX else replace(message, body=message.short)


def blocks(message: Message) -> dict[str, Any]:
    """Blocks of plain text, in which nothing is a mark or a mention; the key is the id of the first."""
    title = visible(message.title)
    told = plain(message.body)
    sections = [_section(told[at : at + SECTION_CHARS_MAX]) for at in range(0, len(told), SECTION_CHARS_MAX)]
    where = {"type": "mrkdwn", "text": f"<{message.page_url}|{_escaped(message.site)}>"}
    return {
        # Shown where blocks are not: in a notification, and to a screen reader.
        "text": _escaped(visible(message.short)),
        "blocks": [
            {**_section(title), "block_id": message.key}
            if len(title) > HEADER_CHARS_MAX
            else {"type": "header", "block_id": message.key, "text": {"type": "plain_text", "text": title}},
            *sections,
            {"type": "context", "elements": [where]},
        ],
    }


def markdown(message: Message) -> dict[str, Any]:
    """The Markdown as it was approved; the key goes along in the properties of the post."""
    text = f"#### {visible(message.title)}\n\n{visible(message.body)}\n\n[{visible(message.site)}]({message.page_url})"
    return {"text": text, "props": {"ownup_key": message.key, "disable_group_highlight": True}}


_DIALECTS: Final = {"slack": blocks, "mattermost": markdown}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _escaped(text: str) -> str:
    """The three characters that mean something to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
