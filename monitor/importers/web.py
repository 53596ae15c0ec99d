"""What is asked of a web server, however the other monitor writes it: secrets become variables on the way."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from yarl import URL

from monitor.importers.blueprint import Option, Sketch
from monitor.importers.woven import Vault, Woven
from probes.request import names_a_secret, secrets_in

_SIGN_INS: Final = ("username", "password", "password_file", "bearer_token", "bearer_token_file")
_CREDENTIALS: Final = re.compile(r"(?i)\s*(?:basic|bearer|digest|token|apikey)\s")


def as_it_is(text: str) -> str | Woven:
    """Where the foreign file knows no variables."""
    return text


@dataclass(frozen=True, slots=True)
class Web:
    """One request to be. ``stem`` begins the names of its variables; ``text`` reads those that the file has itself."""

    sketch: Sketch
    vault: Vault
    stem: str
    text: Callable[[str], str | Woven] = as_it_is

    def secret(self, what: str, value: str) -> str | Woven:
        """A value that is a secret, unless it only names variables."""
        text = self.text(value)
        return text if isinstance(text, Woven) else self.vault.secret(f"{self.stem} {what}", value)

    def address(self, text: str) -> None:
        """The url. Who signs in by it does so by options, as before; secrets in its query are variables."""
        given = self.text(text)
        if isinstance(given, Woven):
            self.sketch.options["url"] = given
            return
        try:
            url = URL(text)
            bare = url.with_user(None) if url.user else url
        except ValueError as error:
            self.sketch.lose(f"url: {error}")
            return
        if url.user:
            self._sign_in_otherwise()
            self.sketch.options |= {"username": url.user, "password": self.secret("password", url.password or "")}
        self.sketch.options["url"] = self.vault.woven(str(bare), secrets_in(bare), f"{self.stem} url")

    def stream(self, text: str) -> None:
        """The url of a WebSocket, whose kind does not sign in."""
        self.address(text)
        if self.sketch.options.pop("username", None):
            del self.sketch.options["password"]
            self.sketch.unlike("a user in the url: our kind websocket does not sign in")

    def method(self, name: str) -> None:
        """The method, unless it is the usual one."""
        if name.upper() != "GET":
            self.sketch.options["method"] = name.upper()

    def body(self, text: str) -> None:
        """What is sent; a body that speaks of a secret is one."""
        if text:
            self.sketch.options["body"] = self.secret("body", text) if names_a_secret(text) else self.text(text)

    def headers(self, headers: Mapping[str, str]) -> None:
        """The headers; an Authorization among them counts more than other ways to sign in, as it did."""
        told: dict[str, Option] = {
            name: self.secret(name, value) if value and _signs_in(name, value) else self.text(value)
            for name, value in headers.items()
        }
        if told:
            self.sketch.options["headers"] = told
        if has(headers, "authorization"):
            self._sign_in_otherwise()

    def proxy(self, address: str) -> None:
        """The proxy; what signs in to it is a variable."""
        try:
            password = URL(address).password or ""
        except ValueError as error:
            self.sketch.unlike(f"proxy: {error}")
            return
        self.sketch.options["proxy"] = self.vault.woven(address, (password,), f"{self.stem} proxy")

    def _sign_in_otherwise(self) -> None:
        for option in _SIGN_INS:
            self.sketch.options.pop(option, None)


def _signs_in(name: str, value: str) -> bool:
    return names_a_secret(name) or _CREDENTIALS.match(value) is not None


def has(headers: Mapping[str, str], name: str) -> bool:
    """Whether a header is given, however it is written."""
    return any(given.lower() == name for given in headers)
