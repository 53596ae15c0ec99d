"""Ways of signing in, held against the examples of their RFCs."""

import base64

import pytest

from probes.finding import Failed
from probes.reason import Reason
from probes.sasl import MECHANISMS, SignIn, choose
from probes.scram import scram_sha_256

NONCE = b"rOprNGfwEbeRWgbNEkqO"
SERVER_FIRST = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
CLIENT_LAST = (
    b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
)
SERVER_LAST = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_scram_says_what_rfc_7677_says() -> None:
    """The example of section 3, word by word."""
    exchange = scram_sha_256(b"user", b"pencil", NONCE)
    assert next(exchange) == b"n,,n=user,r=" + NONCE
    assert exchange.send(SERVER_FIRST) == CLIENT_LAST
    assert exchange.send(SERVER_LAST) == b""


def test_scram_escapes_a_username_and_never_repeats_a_nonce() -> None:
    """A comma or an equals sign in a name cannot add an attribute."""
    first, second = (next(scram_sha_256(b"a,b=c", b"pencil")) for _ in range(2))
    assert first is not None
    assert first.startswith(b"n,,n=a=2Cb=3Dc,r=")
    assert first != second


@pytest.mark.parametrize(
    ("server_first", "reason"),
    [
        (b"", Reason.PROTOCOL),
        (b"r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", Reason.PROTOCOL),
        (b"r=" + NONCE + b",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", Reason.PROTOCOL),
        (SERVER_FIRST.replace(b"i=4096", b"i=1"), Reason.AUTH_MECHANISM),
        (SERVER_FIRST.replace(b"i=4096", b"i=999999999"), Reason.AUTH_MECHANISM),
        (SERVER_FIRST.replace(b"s=W22ZaJ0SNY7soEsUEjb6gQ==", b"s=A"), Reason.PROTOCOL),
    ],
)
def test_scram_trusts_no_server(server_first: bytes, reason: Reason) -> None:
    """A foreign nonce, a weak or an endless count, and nonsense end the sign-in."""
    exchange = scram_sha_256(b"user", b"pencil", NONCE)
    next(exchange)
    with pytest.raises(Failed) as found:
        exchange.send(server_first)
    assert found.value.reason is reason


@pytest.mark.parametrize("server_last", [b"v=AAAA", b"", b"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="])
def test_scram_wants_the_servers_proof(server_last: bytes) -> None:
    """A server that does not know the password cannot welcome us."""
    exchange = scram_sha_256(b"user", b"pencil", NONCE)
    next(exchange)
    exchange.send(SERVER_FIRST)
    with pytest.raises(Failed) as found:
        exchange.send(server_last)
    assert found.value.reason is Reason.AUTH


def test_scram_leaves_a_refusal_to_the_protocol() -> None:
    """An error is answered with nothing, and the server's reply decides."""
    exchange = scram_sha_256(b"user", b"pencil", NONCE)
    next(exchange)
    exchange.send(SERVER_FIRST)
    assert exchange.send(b"e=invalid-proof") == b""


@pytest.mark.parametrize(
    ("offered", "encrypted", "chosen"),
    [
        (["LOGIN", "plain"], True, "PLAIN"),
        (["LOGIN"], False, "LOGIN"),
        (["PLAIN", "CRAM-MD5", "SCRAM-SHA-256"], False, "SCRAM-SHA-256"),
        (["PLAIN", "CRAM-MD5"], False, "CRAM-MD5"),
        (["PLAIN", "CRAM-MD5", "SCRAM-SHA-256"], True, "PLAIN"),
        (["SCRAM-SHA-256"], True, "SCRAM-SHA-256"),
        (["GSSAPI"], True, None),
        ([], False, None),
    ],
)
def test_the_password_goes_in_the_clear_only_if_it_must(
    offered: list[str], chosen: str | None, *, encrypted: bool
) -> None:
    """Behind TLS what customers use goes first; without it what hides the password."""
    mechanism = choose(offered, encrypted=encrypted)
    assert (mechanism.name if mechanism else None) == chosen


def test_an_initial_response_waits_if_it_does_not_fit() -> None:
    """What is too long for the command is the answer to the first challenge, once."""
    plain = next(mechanism for mechanism in MECHANISMS if mechanism.name == "PLAIN")
    signing_in = SignIn(plain, b"me", b"secret")
    assert signing_in.begin(5) == b""
    assert base64.b64decode(signing_in.answer(b"")) == b"\0me\0secret"
    with pytest.raises(Failed, match="asks for more"):
        signing_in.answer(b"")
