"""What a look at a POP3 server says, row by row: greeting, TLS, sign-in and how many mails wait."""

import ssl
from pathlib import Path

import pytest
import trustme
from pydantic import ValidationError

from probes.look import Outcome, Reason, Result
from probes.pop3 import Pop3
from probes.tls import Tls
from tests.probes.lines import Visitor, answering, look_pop3, said, serving

GREETING = "+OK ready"
QUIT = {"QUIT": "+OK bye"}
CAPA = {"CAPA": "+OK\r\nUSER\r\nSASL PLAIN\r\n.", **QUIT}
SIGNED_IN = {**CAPA, "USER": "+OK", "PASS": "+OK welcome", "STAT": "+OK 3 1200"}
SIGN_IN = {"username": "probe", "password": "correct horse"}


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


@pytest.fixture
def localhost(authority: trustme.CA) -> ssl.SSLContext:
    """A server's context with a certificate for localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


async def test_a_whole_look_reads_like_a_dialogue() -> None:
    """Sign-in and count are phases; the number of mails is kept; the password is masked; nothing is fetched."""
    async with serving(answering(GREETING, SIGNED_IN)) as server:
        result = await look_pop3(server, **SIGN_IN)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert list(result.phases) == ["resolve", "connect", "greeting", "capa", "login", "stat", "quit"]
    assert result.numbers["exists"] == 3
    assert said(result)[1:] == [
        *("< +OK ready", "> CAPA", "< +OK", "< USER", "< SASL PLAIN", "< .", "> USER probe", "< +OK"),
        *("> PASS <secret>", "< +OK welcome", "> STAT", "< +OK 3 1200", "> QUIT", "< +OK bye"),
    ]
    assert server.heard[2] == b"PASS correct horse"


@pytest.mark.parametrize(
    ("greeting", "options", "expected", "words"),
    [
        (GREETING, {}, (Outcome.OK, None), ""),
        ("-ERR no service", {}, (Outcome.FAILED, Reason.GREETING), "-ERR 'no service'"),
        ("-ERR [SYS/TEMP] later", {}, (Outcome.FAILED, Reason.UNAVAILABLE), "-ERR [SYS/TEMP] 'later'"),
        (GREETING, {"expect_greeting": "unlikely"}, (Outcome.FAILED, Reason.GREETING), "'unlikely' was expected"),
        ("+OK", {}, (Outcome.OK, None), ""),
        ("+OKAY", {}, (Outcome.FAILED, Reason.PROTOCOL), "'+OKAY'"),
        ("* OK IMAP", {}, (Outcome.FAILED, Reason.PROTOCOL), "no POP3 status"),
    ],
)
async def test_each_greeting_has_its_verdict(
    greeting: str, options: dict[str, object], expected: tuple[Outcome, Reason | None], words: str
) -> None:
    """A greeting welcomes, refuses with a reason, or is none."""
    async with serving(answering(greeting, QUIT)) as server:
        result = await look_pop3(server, **options)
    assert verdict(result) == expected
    assert words in result.detail


async def test_silence_is_a_greeting_timeout() -> None:
    """No greeting in time."""
    async with serving(Visitor.stay_silent) as server:
        result = await look_pop3(server, timeout=0.2)
    assert verdict(result) == (Outcome.FAILED, Reason.GREETING_TIMEOUT)
    assert result.detail == "the POP3 server did not send its greeting within 0.2 s"


@pytest.mark.parametrize(
    ("answers", "expected", "words"),
    [
        ({"PASS": "-ERR [AUTH] wrong"}, (Outcome.FAILED, Reason.AUTH), "answered -ERR [AUTH] 'wrong' to PASS"),
        ({"PASS": "-ERR wrong"}, (Outcome.FAILED, Reason.AUTH), "-ERR 'wrong' to PASS"),
        ({"USER": "-ERR who?"}, (Outcome.FAILED, Reason.AUTH), "to USER"),
        ({"PASS": "-ERR [SYS/TEMP] later"}, (Outcome.FAILED, Reason.UNAVAILABLE), "later"),
        ({"PASS": "-ERR [LOGIN-DELAY] slow down"}, (Outcome.FAILED, Reason.LIMIT), "slow down"),
        ({"PASS": "close"}, (Outcome.FAILED, Reason.CONNECTION_CLOSED), "before its answer to PASS"),
        ({"STAT": "-ERR locked"}, (Outcome.FAILED, Reason.SELECT), "to STAT"),
        ({"CAPA": "-ERR what?"}, (Outcome.OK, None), ""),
        ({"CAPA": "+OK\r\nSASL PLAIN\r\n."}, (Outcome.FAILED, Reason.AUTH_DISABLED), "kept the password back"),
        ({"CAPA": "+OK\r\n" + "MORE\r\n" * 200}, (Outcome.FAILED, Reason.PROTOCOL), "more than 128 lines"),
        ({"QUIT": ""}, (Outcome.OK, None), ""),
        ({"QUIT": "-ERR no"}, (Outcome.OK, None), ""),
    ],
)
async def test_each_answer_has_its_reason(
    answers: dict[str, str], expected: tuple[Outcome, Reason | None], words: str
) -> None:
    """The response code decides, and a farewell nothing."""
    async with serving(answering(GREETING, {**SIGNED_IN, **answers})) as server:
        result = await look_pop3(server, **SIGN_IN)
    assert verdict(result) == expected
    assert words in result.detail


async def test_apop_keeps_the_password_to_itself() -> None:
    """Without encryption the digest of RFC 1939's own example goes over the wire."""
    greeting = "+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>"
    async with serving(answering(greeting, {**SIGNED_IN, "APOP": "+OK"})) as server:
        result = await look_pop3(server, username="mrose", password="tanstaaf")
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert server.heard[1] == b"APOP mrose c4c9334bac560ecc979e58001b3e22fb"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"STLS": "+OK begin"}, (Outcome.OK, None)),
        ({"CAPA": "+OK\r\nUSER\r\n."}, (Outcome.FAILED, Reason.STARTTLS_MISSING)),
        ({"CAPA": "-ERR what?"}, (Outcome.FAILED, Reason.STARTTLS_MISSING)),
        ({"STLS": "-ERR not today"}, (Outcome.FAILED, Reason.STARTTLS)),
        ({"STLS": "+OK begin\r\n+OK\r\nUSER\r\n."}, (Outcome.FAILED, Reason.STARTTLS_INJECTION)),
    ],
)
async def test_stls_is_taken_or_the_password_stays_here(
    answers: dict[str, str],
    expected: tuple[Outcome, Reason | None],
    localhost: ssl.SSLContext,
    authority_file: Path,
) -> None:
    """A required encryption that does not come ends the look before the sign-in."""
    offer = {"CAPA": "+OK\r\nUSER\r\nSTLS\r\n."}
    async with serving(answering(GREETING, {**SIGNED_IN, **offer, **answers}, localhost)) as server:
        result = await look_pop3(server, tls_mode="starttls", tls=Tls(ca_file=authority_file), **SIGN_IN)
    assert verdict(result) == expected, result.detail
    assert any(line.startswith(b"PASS") for line in server.heard) == (expected[0] is Outcome.OK)


async def test_sasl_steps_in_where_user_is_not_offered(localhost: ssl.SSLContext, authority_file: Path) -> None:
    """Behind TLS the password goes by AUTH PLAIN."""
    answers = {**SIGNED_IN, "CAPA": "+OK\r\nSASL PLAIN\r\n.", "AUTH": "+ ", "AHBy": "+OK welcome"}
    async with serving(answering(GREETING, answers), localhost) as server:
        result = await look_pop3(server, tls_mode="implicit", tls=Tls(ca_file=authority_file), **SIGN_IN)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert server.heard[1:3] == [b"AUTH PLAIN", b"AHByb2JlAGNvcnJlY3QgaG9yc2U="]


@pytest.mark.parametrize("password", ["a\nb", "a\rb"])
def test_a_password_that_no_line_can_hold_is_refused_at_load(password: str) -> None:
    """POP3 has no literals."""
    with pytest.raises(ValidationError, match="line's end"):
        Pop3(name="x", component="x", host="h", username="me", password=password)
