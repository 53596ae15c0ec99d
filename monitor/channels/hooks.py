"""Webhooks of who subscribed: each with a secret of its own, each asked first whether it is meant."""

import hashlib
from typing import Annotated, ClassVar, Literal

import aiohttp
from pydantic import Field

from monitor.channels.channel import Guarantee, Limits, Message, Reader, Trial, Unproven
from monitor.channels.fan import Fan, Greeting, NotNow
from monitor.channels.webhook import payload
from monitor.models import Way
from monitor.sending import public
from monitor.sending.hook import envelope, headers
from monitor.sending.post import Post


class Hooks(Fan, Post):
    """A POST to each web address that asked for it and answered our challenge."""

    summary: ClassVar = "Posts the update as signed JSON to every web address that subscribed."
    proof: ClassVar = "nothing: every reader is reached apart, and was asked when they subscribed"
    guarantee: ClassVar = Guarantee.AT_LEAST_ONCE
    limits: ClassVar = Limits("title, body and short form", None, "Markdown in JSON")
    subscribed: ClassVar = Way.WEBHOOK.value
    way: ClassVar = Way.WEBHOOK
    apart: ClassVar = True

    kind: Literal["hooks"] = "hooks"
    near: bool = False
    # Strangers' servers may hang; each that does holds up its place for a timeout, so there are more of them.
    at_once: Annotated[int, Field(ge=1, le=100)] = 20

    def connector(self) -> aiohttp.TCPConnector:
        """To public addresses alone: a stranger chose where this goes."""
        return public.connector(self.tls.context(), near=self.near)

    async def send(self, message: Message) -> str:
        """Post once to the reader whom the message names."""
        assert message.reader  # noqa: S101 - a fan sends to nobody else
        reader, body = message.reader, payload(message)
        self._check(reader)
        return await self.post(
            reader.address, body, headers(reader.secrets, message.key, body, now=message.sent_at), now=message.sent_at
        )

    async def prove(self, trial: Trial) -> str:
        """Prove nothing: the ways to these readers have nothing in common but us."""
        del trial
        raise Unproven("every reader is reached apart")

    async def greet(self, greeting: Greeting) -> bool:
        """Post a challenge; whoever gives it back in the answer is who asked for this."""
        reader = greeting.reader
        self._check(reader)
        challenge = hashlib.sha256(f"{greeting.key}/{greeting.reader.bounce}".encode()).hexdigest()
        data = {"challenge": challenge, "site": greeting.site, "url": greeting.page_url}
        body = envelope("subscription.challenge", greeting.sent_at, data)
        signed = headers(reader.secrets[:1], greeting.key, body, now=greeting.sent_at)
        answer = await self.ask("POST", reader.address, signed, body=body, now=greeting.sent_at)
        told = answer.json()
        if not isinstance(told, dict) or told.get("challenge") != challenge:
            raise NotNow('it did not answer with {"challenge": …} as it was sent')
        return True

    def _check(self, reader: Reader) -> None:
        try:
            public.check(reader.address, near=self.near)
        except public.Inward as why:
            raise NotNow(str(why)) from None
