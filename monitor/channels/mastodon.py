"""Mastodon: one post an update, the later ones as answers to the first, so that an incident reads as a thread.

What the server asks for stands at docs.joinmastodon.org/methods/statuses. It keeps an ``Idempotency-Key`` for an hour.
"""

import json
import re
from http import HTTPStatus
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, SecretStr

from monitor.channels.channel import Channel, Guarantee, Limits, Message, Trial, Unproven
from monitor.config import HttpUrl
from monitor.markdown import visible
from monitor.sending.post import Answer, Post
from monitor.sending.sender import Barred, Permanent

LINK_CHARS: Final = 23  # whatever its true length, a link counts as this many
POST_CHARS_MIN: Final = 280 + len("\n\n") + LINK_CHARS
ACCOUNT_SHOWN_MAX: Final = 100
_ID: Final = re.compile(r"post (\w+)")


class Mastodon(Channel, Post):
    """An account of a server, by an access token that may write posts (``write:statuses``)."""

    summary: ClassVar = "Posts the short form as an account of Mastodon."
    proof: ClassVar = "asks whose the token is (`verify_credentials`)"
    guarantee: ClassVar = Guarantee.AT_LEAST_ONCE
    limits: ClassVar = Limits("the short form and a link", 500, "plain text")

    kind: Literal["mastodon"] = "mastodon"
    server: HttpUrl
    access_token: Annotated[SecretStr, Field(min_length=1)]
    visibility: Literal["public", "unlisted", "private", "direct"] = "public"
    chars_max: Annotated[int, Field(ge=POST_CHARS_MIN, le=100_000)] = 500

    async def send(self, message: Message) -> str:
        """Post once; the receipt holds the id of the post and its address."""
        headers = {**self._signed(), "Idempotency-Key": message.key}
        url = f"{self.server.rstrip('/')}/api/v1/statuses"
        answer = await self.ask("POST", url, headers, body=self._body(message), now=message.sent_at, bytes_max=1 << 16)
        return _receipt(answer)

    async def prove(self, trial: Trial) -> str:
        """Ask whose the token is, which it may only answer with the scope ``profile`` or ``read:accounts``."""
        url = f"{self.server.rstrip('/')}/api/v1/accounts/verify_credentials"
        try:
            answer = await self.ask("GET", url, self._signed(), now=trial.now, bytes_max=1 << 18)
        except Barred as barred:
            if barred.status == HTTPStatus.FORBIDDEN:
                raise Unproven("the token may not be asked whose it is: give it the scope profile too") from None
            raise
        told = answer.json()
        if not isinstance(told, dict) or not isinstance(told.get("acct"), str):
            raise Permanent("it answered with something that is no account")
        return f"the token is that of @{visible(told['acct'])[:ACCOUNT_SHOWN_MAX]}"

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token.get_secret_value()}"}

    def _body(self, message: Message) -> bytes:
        content = {
            "status": f"{self._words(message)}\n\n{message.page_url}",
            "visibility": self.visibility,
            "language": message.language,
        }
        if before := _answered(message):
            content["in_reply_to_id"] = before
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()

    def _words(self, message: Message) -> str:
        """The title before the short form where both fit; approved words are never cut."""
        title, short = visible(message.title), visible(message.short)
        both = f"{title}\n\n{short}"
        fits = len(both) + len("\n\n") + LINK_CHARS <= self.chars_max
        return both if fits and not short.startswith(title) else short


def _answered(message: Message) -> str | None:
    """The newest post of this incident, as its receipt tells it."""
    found = (_ID.match(receipt) for receipt in message.earlier)
    return next((match[1] for match in found if match), None)


def _receipt(answer: Answer) -> str:
    told = answer.json()
    if not isinstance(told, dict) or not re.fullmatch(r"\w+", str(told.get("id", ""))):
        return answer.receipt
    return f"post {told['id']} {told.get('url') or ''}".rstrip()
