"""Posting to a web address: once, and the answer read as a receipt, a delay or a refusal."""

from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from monitor.markdown import visible
from monitor.sending.sender import Permanent, Sender, Temporary
from monitor.sending.trust import Trust
from probes.transcript import Transcript

Mask = Callable[[str], str]

ANSWER_BYTES_MAX: Final = 4096
ANSWER_SHOWN_MAX: Final = 200
_BUSY: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


class Post(Sender):
    """Whoever posts to a web address."""

    tls: Trust = Trust()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, now: datetime) -> str:
        """Post once; the receipt is the status and the beginning of the answer. Raises Temporary or Permanent."""
        try:
            connector = aiohttp.TCPConnector(ssl=self.tls.context())
            async with (
                aiohttp.ClientSession(
                    connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
                ) as session,
                session.post(
                    URL(url),
                    data=body,
                    headers={"Content-Type": "application/json", "User-Agent": "ownup", **headers},
                    allow_redirects=False,
                    # The caller holds the one timeout; aiohttp's own would only blur it.
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
                ) as response,
            ):
                return await _receipt(response, now, Transcript(self.secrets()).mask)
        except (aiohttp.ClientError, OSError) as error:
            raise Temporary(_plain(error)) from None


async def _receipt(response: aiohttp.ClientResponse, now: datetime, mask: Mask) -> str:
    """Read the answer: 2xx is a receipt, what may pass is Temporary, all else is Permanent."""
    if response.ok and response.status < HTTPStatus.MULTIPLE_CHOICES:
        return f"{response.status} {await _beginning(response, mask)}".rstrip()
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status in _BUSY:
        raise Temporary(f"it answered {response.status}", retry_after_s=_retry_after_s(response, now))
    moved = HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST
    why = ", and we follow no redirect" if moved else ""
    raise Permanent(f"it answered {response.status}{why}: {await _beginning(response, mask)}".rstrip(": "))


async def _beginning(response: aiohttp.ClientResponse, mask: Mask) -> str:
    """The first words of the answer, masked before they are cut; a status counts, even if the body breaks off."""
    try:
        answer = await response.content.read(ANSWER_BYTES_MAX)
    except aiohttp.ClientError:
        return "(its body broke off)"
    words = " ".join(answer.decode(errors="replace").split())
    return visible(mask(words))[:ANSWER_SHOWN_MAX]


def _retry_after_s(response: aiohttp.ClientResponse, now: datetime) -> float | None:
    """Seconds, or an HTTP date (RFC 9110 section 10.2.3); what cannot be read is no wish."""
    wish = response.headers.get("Retry-After", "")
    if wish.isascii() and wish.isdecimal():
        return float(wish[:9])
    try:
        return max(0.0, (parsedate_to_datetime(wish) - now).total_seconds())
    except (ValueError, TypeError):  # TypeError: a date without a zone has no distance to now
        return None


def _plain(error: aiohttp.ClientError | OSError) -> str:
    """What went wrong without the address, which may be a secret."""
    cause = getattr(error, "os_error", error)
    words = getattr(cause, "strerror", None)
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
