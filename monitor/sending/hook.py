"""A webhook, as Standard Webhooks has it (standardwebhooks.com): signed JSON, the key in its headers."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, SecretStr
from yarl import URL

from monitor.sending.post import Post

PREFIX: Final = "whsec_"
SECRET_BYTES_MIN: Final = 24
SECRET_BYTES_MAX: Final = 64


def web_address(url: SecretStr) -> SecretStr:
    """The same, if it is an address of the web; raises ValueError if not."""
    parsed = URL(url.get_secret_value())
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ValueError('should be a web address, such as "https://example.com/hook"')
    return url


def _signing_key(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    try:
        size = len(base64.b64decode(text.removeprefix(PREFIX), validate=True))
    except binascii.Error:
        size = 0
    if not text.startswith(PREFIX) or not SECRET_BYTES_MIN <= size <= SECRET_BYTES_MAX:
        message = f'should be "{PREFIX}" and base64 of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} random bytes'
        raise ValueError(message)
    return secret


class Hook(Post):
    """A web address whose owner can check that a post is ours, and drop a repeat.

    The address may itself be a secret, so it is never shown. While a secret is exchanged for another, each post is
    signed with both: ``secret`` is the new one and ``old_secret`` the one that some receivers still know.
    """

    url: Annotated[SecretStr, AfterValidator(web_address)]
    secret: Annotated[SecretStr, AfterValidator(_signing_key)]
    old_secret: Annotated[SecretStr, AfterValidator(_signing_key)] | None = None

    async def deliver(self, key: str, body: bytes, *, now: datetime) -> str:
        """Post once under this key, signed; gives the receipt. Raises Temporary or Permanent."""
        known = [secret for secret in (self.secret, self.old_secret) if secret]
        signed = headers(known, key, body, now=now)
        return await self.post(self.url.get_secret_value(), body, signed, now=now)

    async def knock(self, *, ping: bool, now: datetime) -> str:
        """Post a ``ping`` that tells nothing, or only connect; gives what it proved. Raises Temporary or Permanent."""
        if not ping:
            return await self.reach(self.url.get_secret_value())
        answered = await self.deliver(f"ping-{now:%Y%m%dT%H%M%SZ}", envelope("ping", now, {}), now=now)
        return f"it took a ping: {answered}"

    def secrets(self) -> Iterator[str]:
        """The address too, and what in it comes after the host, since that is what the other side knows of it."""
        yield from super().secrets()
        yield from parts(self.url)


def envelope(type_: str, at: datetime, data: Mapping[str, object]) -> bytes:
    """The body: what it is about, when that happened, and the data; in ASCII, so that no letter turns a log's line."""
    content = {"type": type_, "timestamp": at.isoformat(), "data": data}
    return json.dumps(content, separators=(",", ":")).encode()


def parts(url: SecretStr) -> Iterator[str]:
    """What of an address comes after the host: a secret too, since it is what the other side knows of it."""
    address = URL(url.get_secret_value())
    yield from (part for part in (address.raw_path_qs, address.path, address.query_string) if len(part) > 1)


def headers(secrets: Sequence[SecretStr], key: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """The headers of one attempt; only time and signatures differ between attempts."""
    timestamp = str(int(now.timestamp()))
    content = f"{key}.{timestamp}.".encode() + body
    return {
        "Idempotency-Key": key,
        "webhook-id": key,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signature(secret, content) for secret in secrets),
    }


def signature(secret: SecretStr, content: bytes) -> str:
    """The symmetric signature of Standard Webhooks, version 1."""
    key = base64.b64decode(secret.get_secret_value().removeprefix(PREFIX))
    return f"v1,{base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()}"
