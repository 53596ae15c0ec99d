"""Ways of signing in (SASL, RFC 4422): what to answer to which challenge, whatever protocol carries it in base64."""

import base64
import binascii
import hmac
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Final

from probes.dialogue import Dialogue
from probes.finding import Failed, Finding
from probes.reason import Reason
from probes.scram import scram_sha_256

Exchange = Generator[bytes | None, bytes, None]
"""First yields the initial response, or None if the server speaks first; then gets a challenge for each response."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One way of signing in. The ``plaintext`` ones show the password to whoever can read the line."""

    name: str
    plaintext: bool
    exchange: Callable[[bytes, bytes], Exchange]


def _plain(username: bytes, password: bytes) -> Exchange:
    yield b"\0" + username + b"\0" + password  # RFC 4616


def _login(username: bytes, password: bytes) -> Exchange:
    yield None
    yield username  # whatever the prompt says: servers word it as they like
    yield password


def _cram_md5(username: bytes, password: bytes) -> Exchange:
    challenge = yield None
    yield username + b" " + hmac.digest(password, challenge, "md5").hex().encode()  # RFC 2195


def _xoauth2(username: bytes, token: bytes) -> Exchange:
    yield b"user=" + username + b"\1auth=Bearer " + token + b"\1\1"
    yield b""  # Google's and Microsoft's way of taking note of an error, after which they refuse


def _oauthbearer(username: bytes, token: bytes) -> Exchange:
    name = username.replace(b"=", b"=3D").replace(b",", b"=2C")
    yield b"n,a=" + name + b",\1auth=Bearer " + token + b"\1\1"
    yield b"\1"  # RFC 7628 section 3.2.3


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in, and with what: a password, or an access token, which may be ``kept`` from an earlier look."""

    username: bytes
    secret: bytes = field(repr=False)
    bearer: bool = False
    kept: bool = False


MECHANISMS: Final = (
    Mechanism("PLAIN", plaintext=True, exchange=_plain),
    Mechanism("LOGIN", plaintext=True, exchange=_login),
    Mechanism("SCRAM-SHA-256", plaintext=False, exchange=scram_sha_256),
    Mechanism("CRAM-MD5", plaintext=False, exchange=_cram_md5),
)

BEARER_MECHANISMS: Final = (
    Mechanism("XOAUTH2", plaintext=True, exchange=_xoauth2),
    Mechanism("OAUTHBEARER", plaintext=True, exchange=_oauthbearer),
)


def choose(offered: Iterable[str], *, encrypted: bool, bearer: bool = False) -> Mechanism | None:
    """The mechanism to use of those a server offers: without encryption, one that hides the password goes first.

    ``bearer`` asks for one that carries an access token.
    """
    names = {name.upper() for name in offered}
    common = [mechanism for mechanism in (BEARER_MECHANISMS if bearer else MECHANISMS) if mechanism.name in names]
    return min(common, key=lambda mechanism: mechanism.plaintext and not encrypted, default=None)


class SignIn:
    """One sign-in under way: base64 in, base64 out."""

    def __init__(self, mechanism: Mechanism, username: bytes, password: bytes) -> None:
        """Begin anew: nothing was said yet."""
        self.name = mechanism.name
        self._complaint = b""
        self._tells_errors = mechanism in BEARER_MECHANISMS
        self._exchange = mechanism.exchange(username, password)
        self._pending = next(self._exchange)

    def begin(self, room: int) -> bytes:
        """What to say along with the command, if there is something and it fits the room; else it waits its turn."""
        if self._pending is None or len(blob := base64.b64encode(self._pending)) > room:
            return b""
        self._pending = None
        return blob or b"="  # how an empty initial response is written (RFC 4954 section 4, RFC 4959 section 3)

    def answer(self, challenge: bytes) -> bytes:
        """What to answer to a challenge. Raises Failed if the server asks for more than there is to say."""
        response, self._pending = self._pending, None
        if response is None:
            response = self._respond(challenge)
        return base64.b64encode(response)

    def explained(self, found: Finding, talk: Dialogue) -> Finding:
        """A refusal, with what the server said of our access token (RFC 7628 section 3.2.2), if it said anything."""
        if self._complaint:
            found.detail += f"; of our access token it said {talk.quoted(self._complaint)}"
        return found

    def _respond(self, challenge: bytes) -> bytes:
        told = _decoded(challenge)
        self._complaint = told if self._tells_errors else b""
        try:
            return self._exchange.send(told) or b""
        except StopIteration:
            sentence = f"the server asks for more than {self.name} has to say"
            raise Failed(Reason.PROTOCOL, sentence) from None


def _decoded(challenge: bytes) -> bytes:
    try:
        return base64.b64decode(challenge)
    except binascii.Error:  # a prompt in plain text, which some servers send for LOGIN
        return challenge
