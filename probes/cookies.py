"""Cookies within one look: what a redirect sets, the next request brings, where it may (RFC 6265, by the stdlib)."""

from email.message import Message
from http.cookiejar import CookieJar
from typing import Any, Final, cast
from urllib.request import Request

from yarl import URL

COOKIES_MAX: Final = 50
COOKIE_CHARS_MAX: Final = 4096


class Cookies:
    """A jar that lasts as long as the look."""

    __slots__ = ("_jar",)

    def __init__(self) -> None:
        """Begin empty."""
        self._jar: CookieJar | None = None

    def keep(self, url: URL, set_cookie: list[str]) -> None:
        """Keep what an answer from this address set; a cookie larger than browsers take is dropped."""
        if set_cookie:
            self._jar = self._jar or CookieJar()
            self._jar.extract_cookies(cast("Any", _Answer(set_cookie)), _question(url))

    def of(self, url: URL) -> str:
        """What goes to this address, as the value of a Cookie header; empty if nothing does."""
        if self._jar is None:
            return ""
        question = _question(url)
        self._jar.add_cookie_header(question)
        return question.get_header("Cookie", "")


def _question(url: URL) -> Request:
    return Request(str(url))  # noqa: S310 - nothing is opened: the jar only reads the address


class _Answer:
    """As much of an answer as the jar asks for."""

    def __init__(self, set_cookie: list[str]) -> None:
        self._message = Message()
        for cookie in set_cookie[:COOKIES_MAX]:
            if len(cookie) <= COOKIE_CHARS_MAX and cookie.isprintable():
                self._message.add_header("Set-Cookie", cookie)

    def info(self) -> Message:
        return self._message
