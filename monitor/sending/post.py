"""Asking a web server: once, and the answer read as a receipt, a delay or a refusal."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from yarl import URL

from monitor.markdown import visible
from monitor.sending.sender import Barred, Permanent, Sender, Temporary
from monitor.sending.trust import Trust
from probes.transcript import Transcript

Mask = Callable[[str], str]

ANSWER_BYTES_MAX: Final = 4096
ANSWER_SHOWN_MAX: Final = 200
# 420 is what some say where RFC 6585 has 429.
_BUSY: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS, 420})
_BARRED: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.GONE,
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer: its status, its text with secrets masked, and of that the first words for humans."""

    status: int
    text: str
    words: str

    def json(self) -> Any:  # noqa: ANN401 - whatever they say; None if it is no JSON
        """What it says as JSON; a body that cannot be read says nothing."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None

    @property
    def receipt(self) -> str:
        """The status and the beginning of the answer."""
        return f"{self.status} {self.words}".rstrip()


class Post(Sender):
    """Whoever posts to a web address."""

    tls: Trust = Trust()

    def connector(self) -> aiohttp.TCPConnector:
        """The way to the network: to any address, unless a kind knows better."""
        return aiohttp.TCPConnector(ssl=self.tls.context())

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, now: datetime) -> str:
        """Post once; the receipt is the status and the beginning of the answer. Raises Temporary or Permanent."""
        answer = await self.ask("POST", url, headers, body=body, now=now)
        return answer.receipt

    async def reach(self, url: str) -> str:
        """Connect to where a post would go, and say nothing there; gives what that proved. Raises Temporary."""
        address = URL(url)
        secured = self.tls.context() if address.scheme == "https" else None
        try:
            _, writer = await asyncio.open_connection(address.raw_host, address.port, ssl=secured)
        except OSError as error:
            raise Temporary(_plain(error)) from None
        writer.transport.abort()
        return f"{address.raw_host} answers{' with a certificate that we trust' if secured else ''}; nothing was posted"

    async def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        now: datetime,
        body: bytes | None = None,
        bytes_max: int = ANSWER_BYTES_MAX,
    ) -> Answer:
        """Ask once, and read at most ``bytes_max`` of the answer. Raises Temporary or Permanent."""
        try:
            async with (
                aiohttp.ClientSession(
                    connector=self.connector(), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
                ) as session,
                session.request(
                    method,
                    URL(url),
                    data=body,
                    headers={"Content-Type": "application/json", "User-Agent": "ownup", **headers},
                    allow_redirects=False,
                    # The caller holds the one timeout; aiohttp's own would only blur it.
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
                ) as response,
            ):
                return await _answer(response, now, Transcript(self.secrets()).mask, bytes_max)
        except (aiohttp.ClientError, OSError) as error:
            raise Temporary(_plain(error)) from None


async def _answer(response: aiohttp.ClientResponse, now: datetime, mask: Mask, bytes_max: int) -> Answer:
    """Read the answer: 2xx is one, what may pass is Temporary, all else is Permanent."""
    if response.ok and response.status < HTTPStatus.MULTIPLE_CHOICES:
        text = await _text(response, mask, bytes_max)
        return Answer(response.status, text, _first(text))
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status in _BUSY:
        raise Temporary(
            f"it answered {response.status}", status=response.status, retry_after_s=_retry_after_s(response, now)
        )
    moved = HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST
    why = ", and we follow no redirect" if moved else ""
    refusal = Barred if moved or response.status in _BARRED else Permanent
    words = _first(await _text(response, mask, ANSWER_BYTES_MAX))
    raise refusal(f"it answered {response.status}{why}: {words}".rstrip(": "), status=response.status)


async def _text(response: aiohttp.ClientResponse, mask: Mask, bytes_max: int) -> str:
    """The text of the answer, masked before it is cut; a status counts, even if the body breaks off."""
    parts, size = list[bytes](), 0
    try:
        while size < bytes_max and (part := await response.content.read(bytes_max - size)):
            parts.append(part)
            size += len(part)
    except aiohttp.ClientError:
        return "(its body broke off)"
    return mask(b"".join(parts).decode(errors="replace"))


def _first(text: str) -> str:
    return visible(" ".join(text.split()))[:ANSWER_SHOWN_MAX]


def _retry_after_s(response: aiohttp.ClientResponse, now: datetime) -> float | None:
    """Seconds, or an HTTP date (RFC 9110 section 10.2.3), or Mastodon's own header; what cannot be read is no wish."""
    wish = response.headers.get("Retry-After", "")
    if wish.isascii() and wish.isdecimal():
        return float(wish[:9])
    try:
        reset = response.headers.get("X-RateLimit-Reset", "") if not wish else ""
        until = datetime.fromisoformat(reset) if reset else parsedate_to_datetime(wish)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):  # TypeError: a date without a zone has no distance to now
        return None


def _plain(error: aiohttp.ClientError | OSError) -> str:
    """What went wrong without the address, which may be a secret."""
    cause = getattr(error, "os_error", error)
    words = getattr(cause, "strerror", None)
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
