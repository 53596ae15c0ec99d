"""Access tokens: how they reach the server, how long they are kept, and who is to blame when there is none."""

import asyncio
import base64
import sys
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import ValidationError

from probes.imap import Imap
from probes.look import Outcome, Reason, Result
from tests.probes.endpoint import Endpoint, granting
from tests.probes.lines import Script, Visitor, answering, look_imap, look_pop3, look_smtp, said, serving

LOGOUT = {"LOGOUT": "* BYE\r\n{tag} OK", "EXAMINE": "* 0 EXISTS\r\n{tag} OK"}
ERROR = b'{"status":"401","schemes":"Bearer","scope":"https://mail.example.test/"}'
CHALLENGE = base64.b64encode(ERROR).decode()
XOAUTH2 = base64.b64encode(b"user=probe@example.test\1auth=Bearer token-1\1\1").decode()
OAUTHBEARER = base64.b64encode(b"n,a=probe@example.test,\1auth=Bearer token-1\1\1").decode()


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    """One that gives ``token-1`` for an hour."""
    async with granting(expires_in=3600) as one:
        yield one


def imap(offers: str, blob: str, *, refuses: bool = False) -> Script:
    """An IMAP server that knows one way of signing in, and takes one blob."""

    async def script(visitor: Visitor) -> None:
        await visitor.say("* OK ready")
        while True:
            tag, verb, *words = (await visitor.hear()).decode().split()
            if verb == "CAPABILITY":
                await visitor.say(f"* CAPABILITY IMAP4rev1 {offers}", f"{tag} OK")
            elif verb == "AUTHENTICATE":
                if len(words) == 1:
                    await visitor.say("+ ")
                    words.append((await visitor.hear()).decode())
                if refuses or words[1] != blob:
                    await visitor.say(f"+ {CHALLENGE}")
                    await visitor.hear()
                    await visitor.say(f"{tag} NO [AUTHENTICATIONFAILED] go away")
                else:
                    await visitor.say(f"{tag} OK welcome")
            else:
                await visitor.say(LOGOUT[verb].replace("{tag}", tag))

    return script


@pytest.mark.parametrize("with_ir", [True, False])
@pytest.mark.parametrize(
    ("mechanism", "blob", "ends"), [("XOAUTH2", XOAUTH2, b""), ("OAUTHBEARER", OAUTHBEARER, b"AQ==")]
)
async def test_imap_takes_a_token_with_and_without_an_initial_response(
    endpoint: Endpoint, mechanism: str, blob: str, ends: bytes, *, with_ir: bool
) -> None:
    """The blob goes along with the command only where SASL-IR is offered; an error challenge is answered and told."""
    offers = f"AUTH={mechanism}" + (" SASL-IR" if with_ir else "")
    async with serving(imap(offers, blob)) as server:
        result = await look_imap(server, **endpoint.options())
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert (f"a2 AUTHENTICATE {mechanism} {blob}".encode() in server.heard) is with_ir
    assert "token" in result.phases
    assert result.numbers["exists"] == 0
    async with granting(2) as other, serving(imap(offers, blob)) as server:
        result = await look_imap(server, **other.options())
    assert verdict(result) == (Outcome.FAILED, Reason.AUTH)
    assert ends in server.heard
    assert result.detail == (
        "the IMAP server answered NO [AUTHENTICATIONFAILED] 'go away' to "
        f"AUTHENTICATE {mechanism}; of our access token it said '{ERROR.decode()}'"
    )


@pytest.mark.parametrize(
    ("look", "script"),
    [
        (look_smtp, answering("220 x", {"EHLO": "250-x\r\n250 AUTH XOAUTH2", "AUTH": "235 ok", "QUIT": "221 bye"})),
        (
            look_pop3,
            answering(
                "+OK",
                {"CAPA": "+OK\r\nSASL XOAUTH2\r\n.", "AUTH": "+ ", XOAUTH2: "+OK", "STAT": "+OK 0 0", "QUIT": "+OK"},
            ),
        ),
    ],
)
async def test_smtp_and_pop3_take_a_token_too(endpoint: Endpoint, look: Callable[..., object], script: Script) -> None:
    """The same blob, carried by another protocol, and shown nowhere."""
    async with serving(script) as server:
        result = await look(server, **endpoint.options())
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert any(XOAUTH2.encode() in line for line in server.heard)
    assert endpoint.asked == [
        {"grant_type": "client_credentials", "client_id": "probe", "client_secret": "client-secret"}
    ]
    for secret in ("token-1", XOAUTH2, "client-secret"):
        assert secret not in result.as_json()


async def test_smtp_tells_why_a_token_was_refused(endpoint: Endpoint) -> None:
    """The 334 that carries the error is answered, and its JSON stands in the detail."""
    refusing = {"EHLO": "250-x\r\n250 AUTH XOAUTH2", "AUTH": f"334 {CHALLENGE}", "QUIT": "221", "*": "535 5.7.8 no"}
    async with serving(answering("220 x", refusing)) as server:
        result = await look_smtp(server, **endpoint.options())
    assert verdict(result) == (Outcome.FAILED, Reason.AUTH)
    assert ERROR.decode() in result.detail


async def test_a_token_is_kept_until_it_is_refused(endpoint: Endpoint) -> None:
    """A second look asks for none; if the kept one is refused, that is our doubt, and the third look asks again."""
    async with serving(imap("AUTH=XOAUTH2", XOAUTH2)) as server:
        for _ in range(2):
            assert (await look_imap(server, **endpoint.options())).outcome is Outcome.OK
    assert len(endpoint.asked) == 1
    async with serving(imap("AUTH=XOAUTH2", XOAUTH2, refuses=True)) as server:
        assert verdict(await look_imap(server, **endpoint.options())) == (Outcome.UNKNOWN, Reason.TOKEN)
        assert verdict(await look_imap(server, **endpoint.options())) == (Outcome.FAILED, Reason.AUTH)
    assert len(endpoint.asked) == 2


@pytest.mark.parametrize(
    ("status", "grant", "words"),
    [
        (500, {}, "answered 500"),
        (400, {"error": "invalid_client", "error_description": "who?"}, "answered 400 (invalid_client: who?)"),
        (200, {"expires_in": 0}, "has expired already"),
        (200, {"access_token": "two words"}, "no access token"),
        (302, {}, "answered 302"),
    ],
)
async def test_a_token_endpoint_that_fails_is_not_the_mail_servers_fault(
    status: int, grant: dict[str, object], words: str
) -> None:
    """Unknown, with the reason token; the mail server is taken leave of."""
    async with granting(status=status, **grant) as one, serving(imap("AUTH=XOAUTH2", XOAUTH2)) as server:
        result = await look_imap(server, **one.options())
    assert verdict(result) == (Outcome.UNKNOWN, Reason.TOKEN)
    assert words in result.detail
    assert server.heard[-1].endswith(b"LOGOUT")


async def test_a_silent_endpoint_ends_within_the_look() -> None:
    """It never makes the look's own deadline strike, which would blame the mail server."""
    async with serving(Visitor.stay_silent) as silent, serving(imap("AUTH=XOAUTH2", XOAUTH2)) as server:
        options = Endpoint(url=f"http://127.0.0.1:{silent.port}/token").options()
        result = await look_imap(server, timeout=0.8, **options)
    assert verdict(result) == (Outcome.UNKNOWN, Reason.TOKEN)
    assert result.duration_s < 0.8


async def test_a_dead_mail_server_is_found_though_the_endpoint_is_dead_too() -> None:
    """A token is asked for only when the server has got as far as signing in."""
    async with serving(answering("* BYE [UNAVAILABLE] later", {})) as server:
        result = await look_imap(server, **Endpoint(url="http://127.0.0.1:1/token").options())
    assert verdict(result) == (Outcome.FAILED, Reason.UNAVAILABLE)


def python(code: str) -> list[str]:
    """A command that runs a line of Python."""
    return [sys.executable, "-c", code]


@pytest.mark.parametrize(
    ("code", "expected", "words"),
    [
        ("print('token-1')", (Outcome.OK, None), ""),
        ('print(\'{"access_token": "token-1", "expires_in": 9}\')', (Outcome.OK, None), ""),
        ("raise SystemExit(3)", (Outcome.UNKNOWN, Reason.TOKEN), "the token command failed with exit code 3"),
        ("print('x' * 99999)", (Outcome.UNKNOWN, Reason.TOKEN), "printed more than"),
        ("print()", (Outcome.UNKNOWN, Reason.TOKEN), "no access token"),
    ],
)
async def test_a_command_gives_a_token_or_says_why_not(
    code: str, expected: tuple[Outcome, Reason | None], words: str
) -> None:
    """Bare or as JSON; bounded, and never blamed on the server."""
    source = {"username": "probe@example.test", "oauth": {"token_command": python(code)}}
    async with serving(imap("AUTH=XOAUTH2", XOAUTH2)) as server:
        result = await look_imap(server, timeout=5.0, **source)
    assert verdict(result) == expected, (result.detail, said(result))
    assert words in result.detail


async def test_a_command_that_hangs_is_ended() -> None:
    """Also what it started itself; and one that is not there is told plainly."""
    hangs = python("import subprocess; subprocess.run(['sleep', '77.5'])")
    async with serving(imap("AUTH=XOAUTH2", XOAUTH2)) as server:
        for command, words in ((hangs, "within"), (["/nowhere/at/all"], "cannot be run")):
            options = {"username": "probe", "oauth": {"token_command": command}}
            result = await look_imap(server, timeout=1.5, **options)
            assert verdict(result) == (Outcome.UNKNOWN, Reason.TOKEN)
            assert words in result.detail
    for _ in range(50):
        listing = await asyncio.create_subprocess_exec("pgrep", "-f", "sleep 77[.]5", stdout=asyncio.subprocess.PIPE)
        if not (await listing.communicate())[0]:
            return
        await asyncio.sleep(0.05)
    pytest.fail("it still runs")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"oauth": {"token_command": ["x"]}}, "needs a username"),
        ({"username": "u", "password": "p", "oauth": {"token_command": ["x"]}}, "takes the place of a password"),
        ({"username": "u", "oauth": {}}, "needs either token_url"),
        ({"username": "u", "oauth": {"token_url": "https://x/"}}, "needs client_id"),
        ({"username": "u", "oauth": {"token_url": "http://x.test/"}}, "should be a token endpoint"),
    ],
)
def test_a_source_of_tokens_is_whole(options: dict[str, object], words: str) -> None:
    """What cannot work is told when the config is read."""
    with pytest.raises(ValidationError, match=words):
        Imap(name="i", component="i", host="x", **options)
