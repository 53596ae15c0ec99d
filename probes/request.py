"""What an HTTP request says on the wire, and what it becomes when the server sends it elsewhere."""

import re
from base64 import b64encode
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from yarl import URL

from probes.finding import Failed
from probes.reason import Reason
from probes.target import Options
from probes.transcript import harmless

USER_AGENT: Final = "Ownup"
URL_CHARS_MAX: Final = 8192

_SCHEMES: Final = frozenset({"http", "https"})
_WORD: Final = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"  # RFC 9110, section 5.6.2
_OURS: Final = frozenset({"content-length", "transfer-encoding", "connection"})
_CONFIDENTIAL: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
_SECRET_HEADER: Final = re.compile("auth|cookie|key|token|secret|password|session", re.IGNORECASE)
_SECRET_PARAMETER: Final = re.compile(f"{_SECRET_HEADER.pattern}|pass|sig", re.IGNORECASE)
_SECRET_CHARS_MIN: Final = 6  # Whatever is shorter is no secret, and would mask innocent words.
_REWRITTEN_TO_GET: Final = frozenset({301, 302, 303})
_WITH_LENGTH: Final = frozenset({"POST", "PUT", "PATCH"})


def web_address(text: str) -> str:
    """Check the url of a target; without a scheme it is http. Raises ValueError."""
    url = URL(text if "://" in text else f"http://{text}")
    if url.scheme not in _SCHEMES:
        raise ValueError(f"'{url.scheme}' is no scheme that we can look at; it should be http or https")
    if not url.host or re.search(r"[\s<>\"\\^`{|}]", url.host):
        raise ValueError("it should name a host, as in https://www.example.com/")
    if url.user or url.password:
        raise ValueError("a user and password stand in the options username and password, not in the url")
    return str(url)


def _header_name(name: str) -> str:
    if name.lower() in _OURS:
        raise ValueError(f"the header {name} is ours to set")
    return name


WebAddress = Annotated[str, Field(max_length=URL_CHARS_MAX), AfterValidator(web_address)]
Method = Annotated[str, Field(pattern=_WORD, max_length=32)]
HeaderName = Annotated[str, Field(pattern=_WORD, max_length=256), AfterValidator(_header_name)]
HeaderValue = Annotated[str, Field(pattern=r"^[^\x00-\x08\x0a-\x1f\x7f]*$", max_length=8192)]


@dataclass(frozen=True)
class Request:
    """One request; ``headers`` are those that the config gives, and go before our own.

    One that is ``lasting`` asks that the connection be left open after the answer.
    """

    method: str
    url: URL
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cookies: str = ""
    proxied: bool = False
    lasting: bool = False

    @cached_property
    def host(self) -> str:
        """Whom we ask for: the Host header if one was given, else the host of the url, with the port if unusual."""
        given = (value for name, value in self.headers if name.lower() == "host")
        return next(given, self.url.host_port_subcomponent or "")

    @property
    def server_name(self) -> str:
        """The name in TLS that goes with the host (RFC 6066, section 3: without a last dot)."""
        return (URL.build(scheme="https", authority=self.host).host or "").rstrip(".")

    @cached_property
    def path(self) -> str:
        """What stands in the request line: a proxy is told the whole url (RFC 9112, section 3.2.2)."""
        if self.proxied:
            return str(self.url.with_fragment(None))
        return self.url.raw_path_qs or "/"

    @cached_property
    def raw(self) -> bytes:
        """The request as it goes over the wire."""
        headers = {
            "host": ("Host", self.host),
            "user-agent": ("User-Agent", USER_AGENT),
            "accept": ("Accept", "*/*"),
            "accept-encoding": ("Accept-Encoding", "gzip, deflate, br, zstd"),
        }
        headers |= {name.lower(): (name, value) for name, value in self.headers}
        if self.cookies:
            given = f"{headers['cookie'][1]}; " if "cookie" in headers else ""
            headers["cookie"] = ("Cookie", given + self.cookies)
        headers["connection"] = ("Connection", "keep-alive" if self.lasting else "close")
        if self.body or self.method in _WITH_LENGTH:
            headers["content-length"] = ("Content-Length", str(len(self.body)))
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.values())]
        return "\r\n".join((*lines, "", "")).encode() + self.body

    def redirected(self, status: int, location: str) -> "Request":
        """The request that a redirect asks for (RFC 9110, section 15.4). Raises Failed.

        Nothing confidential goes to another host or port, or from https to http.
        """
        url = self._target(location)
        request = replace(self, url=url)
        if not _trusts(self.url, url):
            request = replace(request, headers=_without(self.headers, _CONFIDENTIAL))
        if url.host != self.url.host:
            request = replace(request, headers=_without(request.headers, frozenset({"host"})))
        if status in _REWRITTEN_TO_GET and self.method not in {"GET", "HEAD"}:
            about_the_body = frozenset(name.lower() for name, _ in self.headers if name.lower().startswith("content-"))
            request = replace(request, method="GET", body=b"", headers=_without(request.headers, about_the_body))
        return request

    def _target(self, location: str) -> URL:
        try:
            url = self.url.join(URL(location)).with_user(None)
            return URL(web_address(str(url)))
        except ValueError as error:
            detail = f"the redirect to '{harmless(location)}' cannot be followed: {error}"
            raise Failed(Reason.PROTOCOL, detail) from error


def _trusts(old: URL, new: URL) -> bool:
    same_place = (old.scheme, old.host, old.port) == (new.scheme, new.host, new.port)
    upgraded = old.host == new.host and (old.scheme, old.port, new.scheme, new.port) == ("http", 80, "https", 443)
    return same_place or upgraded


def _without(headers: tuple[tuple[str, str], ...], names: frozenset[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers if name.lower() not in names)


def names_a_secret(text: str) -> bool:
    """Whether a name, such as a header's, says that what it names is a secret; or a text speaks of one."""
    return _SECRET_HEADER.search(text) is not None


def secrets_in(url: URL) -> tuple[str, ...]:
    """The values in the query of a url that by their names are secrets, as they are and as they go over the wire."""
    raw = (pair.partition("=")[::2] for pair in url.raw_query_string.split("&"))
    values = (value for name, value in (*url.query.items(), *raw) if _SECRET_PARAMETER.search(name))
    return tuple(value for value in values if len(value) >= _SECRET_CHARS_MIN)


class Asking(Options):
    """What to ask. Without a scheme the url is http."""

    url: WebAddress
    method: Method = "GET"
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    body: Annotated[str, Field(max_length=1024 * 1024)] = ""
    username: Annotated[str, Field(pattern="^[^:]*$")] | None = None
    password: SecretStr | None = None
    bearer_token: SecretStr | None = None

    @model_validator(mode="after")
    def _one_way_to_sign_in(self) -> Self:
        if self.bearer_token and (self.username or self.password):
            raise ValueError("bearer_token and username: both are not allowed")
        if self.password and self.username is None:
            raise ValueError("password needs a username")
        if self.authorization and any(name.lower() == "authorization" for name in self.headers):
            raise ValueError("headers has an Authorization, and username or bearer_token would be another")
        return self

    @cached_property
    def authorization(self) -> str:
        """The Authorization header that the options ask for (RFC 7617, RFC 6750), or nothing."""
        if self.bearer_token:
            return f"Bearer {self.bearer_token.get_secret_value()}"
        if self.username is not None:
            password = self.password.get_secret_value() if self.password else ""
            return "Basic " + b64encode(f"{self.username}:{password}".encode()).decode()
        return ""

    @cached_property
    def request(self) -> Request:
        """What we ask first."""
        headers = tuple(self.headers.items())
        if self.authorization:
            headers = (*headers, ("Authorization", self.authorization))
        return Request(self.method, URL(self.url), headers, self.body.encode())

    @cached_property
    def lasting_request(self) -> Request:
        """The same, over a connection that is wanted after the answer."""
        return replace(self.request, lasting=True)

    @cached_property
    def confidential(self) -> tuple[str, ...]:
        """What must be masked: secrets as they look on the wire, and headers and parameters named like one."""
        given = (option.get_secret_value() for option in (self.password, self.bearer_token) if option)
        named = (value for name, value in self.headers.items() if names_a_secret(name))
        signs_in = self.authorization.removeprefix("Basic ").removeprefix("Bearer ")
        return (*given, signs_in, *named, *secrets_in(self.request.url))
