"""The desk as a command sees it from anywhere: its API over HTTP, in the name of whoever's token it is."""

import argparse
import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from monitor.commands.command import Trouble

URL: Final = "http://127.0.0.1:8481"
TIMEOUT_S: Final = 20
ANSWER_BYTES_MAX: Final = 16 * 1024 * 1024


class RefusedThere(Exception):  # noqa: N818 - the desk's answer, not an error of ours
    """The desk does not do it; its text is one line that says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the desk gave."""

    told: Any
    etag: str


@dataclass(frozen=True, slots=True)
class Remote:
    """A desk somewhere."""

    url: str
    token: str

    def ask(self, method: str, path: str, given: object = None, *, version: str = "") -> Answer:
        """Send one request. Raises Trouble if there is no desk, and RefusedThere if it does not do it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if version:
            headers["If-Match"] = version
        try:
            return asyncio.run(self._ask(method, f"{self.url}/api/v1{path}", given, headers))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Trouble(f"the desk at {self.url} does not answer: {error or type(error).__name__}") from error
        except ValueError as error:
            raise Trouble(f"what answers at {self.url} is no desk of ours: {error}") from error

    async def _ask(self, method: str, url: str, given: object, headers: Mapping[str, str]) -> Answer:
        length = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with (
            aiohttp.ClientSession(timeout=length, trust_env=True) as session,
            session.request(method, url, json=given, headers=headers, allow_redirects=False) as answer,
        ):
            if answer.content_type not in {"application/json", "application/problem+json"}:
                raise ValueError(f"it answered {answer.status} with {answer.content_type}")
            told = await answer.json(content_type=None)
            if not answer.ok:
                raise RefusedThere(f"{told['detail']} {told['advice']}")
            return Answer(told, answer.headers.get("ETag", ""))


def add_remote(parser: argparse.ArgumentParser) -> None:
    """Declare where the desk is."""
    parser.add_argument("--url", default=os.environ.get("OWNUP_URL", URL), metavar="URL", help="default: %(default)s")


def remote(arguments: argparse.Namespace) -> Remote:
    """The desk that the words and the environment name. Raises Trouble."""
    token, url = os.environ.get("OWNUP_TOKEN", ""), arguments.url.rstrip("/")
    if not token:
        raise Trouble("OWNUP_TOKEN is not set: an admin makes a token with “ownup token add”")
    if not (token.isascii() and token.isprintable()):
        raise Trouble("OWNUP_TOKEN holds what no token of ours does")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Trouble(f"“{url}” is no address of a desk: give it as {URL}")
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise Trouble(f"{url} would send your token in the clear: use https")
    return Remote(url, token)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
