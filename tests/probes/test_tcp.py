"""What a look at any TCP server says: it connects, expects, sends, and turns to TLS."""

import ssl
from pathlib import Path

import pytest
import trustme
from pydantic import ValidationError

from probes.look import Outcome, Reason, Result
from probes.tcp import Tcp
from probes.tls import Tls
from tests.probes.lines import Visitor, look_tcp, said, serving

BANNER = "SSH-2.0-OpenSSH_6.9p1 Debian-2"


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


@pytest.fixture
def localhost(authority: trustme.CA) -> ssl.SSLContext:
    """A server's context with a certificate for localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


async def leave(_: Visitor) -> None:
    """Accept and close at once."""


async def greet(visitor: Visitor) -> None:
    """Say the banner of an SSH server, and hear one line."""
    await visitor.say(BANNER)
    await visitor.hear()


async def chat(visitor: Visitor) -> None:
    """An IRC server, which pings before it welcomes."""
    await visitor.hear()
    await visitor.say(":irc NOTICE AUTH :*** Looking up your hostname...", "PING :4711")
    if await visitor.hear() == b"PONG 4711":
        await visitor.say(":irc 001 probe :Welcome")
    await visitor.stay_silent()


async def blacklist(visitor: Visitor) -> None:
    """An IRC server that wants nobody."""
    await visitor.hear()
    await visitor.say("ERROR: Your IP address has been blacklisted")
    await visitor.stay_silent()


IRC = [{"send": "NICK probe"}, {"expect": "^PING :(.*)"}, {"send": "PONG \\1"}, {"expect": " 001 "}]


async def test_a_connection_is_all_that_is_asked_without_a_dialogue() -> None:
    """Accepting and closing is ok where nothing is expected."""
    async with serving(leave) as server:
        result = await look_tcp(server)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert list(result.phases) == ["resolve", "connect"]


async def test_a_closed_port_is_refused() -> None:
    """Where nobody listens any more, the connection is refused."""
    async with serving(leave) as server:
        pass
    assert verdict(await look_tcp(server)) == (Outcome.FAILED, Reason.CONNECT_REFUSED)


@pytest.mark.parametrize(
    ("expect", "send"),
    [
        (r"^SSH-2.0-(\S+) (\S+)$", r"CONFIRM \1"),
        (r"^SSH-2.0-(?P<version>\S+)", r"CONFIRM \g<version>"),
        (r"^SSH-2.0-(?P<version>\S+)", "CONFIRM ${version}"),
        (r"^SSH-2.0-(\S+)", "CONFIRM ${1}\r\n"),
    ],
)
async def test_what_was_captured_can_be_sent_back(expect: str, send: str) -> None:
    """Groups go by number and by name, and a line ends once."""
    async with serving(greet) as server:
        result = await look_tcp(server, dialogue=[{"expect": expect}, {"send": send}])
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert said(result)[1:] == [f"< {BANNER}", "> CONFIRM OpenSSH_6.9p1"]


@pytest.mark.parametrize("ending", [b"\r\n", b"\n", b""])
async def test_another_text_is_a_mismatch(ending: bytes) -> None:
    """A server that says something else, and leaves, is told with its words; even without a line's end."""

    async def script(visitor: Visitor) -> None:
        visitor.writer.write(b"something-else" + ending)
        await visitor.writer.drain()

    async with serving(script) as server:
        result = await look_tcp(server, dialogue=[{"expect": "^SSH-2.0"}])
    assert verdict(result) == (Outcome.FAILED, Reason.BODY_MISMATCH)
    assert "'^SSH-2.0'; the last it said was 'something-else'" in result.detail


async def test_nothing_at_all_is_no_mismatch() -> None:
    """Silence is a timeout, and a closed connection is closed."""
    async with serving(Visitor.stay_silent) as server:
        result = await look_tcp(server, dialogue=[{"expect": "x"}], timeout=0.2)
    assert verdict(result) == (Outcome.FAILED, Reason.TIMEOUT)
    async with serving(leave) as server:
        result = await look_tcp(server, dialogue=[{"expect": "x"}])
    assert verdict(result) == (Outcome.FAILED, Reason.CONNECTION_CLOSED)


async def test_notices_before_the_expected_line_are_passed_over() -> None:
    """An IRC talk with its ping ends in a welcome."""
    async with serving(chat) as server:
        result = await look_tcp(server, dialogue=IRC)
    assert verdict(result) == (Outcome.OK, None), result.detail


async def test_a_secret_can_be_sent_and_is_not_shown() -> None:
    """A server that wants a password gets it, may send it back, and gives nothing away."""

    async def script(visitor: Visitor) -> None:
        await visitor.say(f"+OK not {(await visitor.hear()).decode()} again")

    steps = [{"send": r"AUTH \g<password>"}, {"expect": r"^\+(OK)"}]
    async with serving(script) as server:
        result = await look_tcp(server, password="correct horse", dialogue=steps)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert server.heard == [b"AUTH correct horse"]
    assert said(result)[1:] == ["> AUTH <secret>", "< +OK not AUTH <secret> again"]


async def test_a_refusal_is_heard_as_a_mismatch_and_not_as_silence() -> None:
    """What the server said instead decides, even if it never leaves."""
    async with serving(blacklist) as server:
        result = await look_tcp(server, dialogue=IRC, timeout=0.3)
    assert verdict(result) == (Outcome.FAILED, Reason.BODY_MISMATCH)
    assert "'ERROR: Your IP address has been blacklisted'" in result.detail


async def test_implicit_tls_comes_first(localhost: ssl.SSLContext, authority_file: Path) -> None:
    """The talk itself is encrypted."""
    options = {"tls_mode": "implicit", "tls": Tls(ca_file=authority_file), "dialogue": [{"expect": "SSH"}]}
    async with serving(greet, localhost) as server:
        result = await look_tcp(server, **options)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert result.certificate is not None


@pytest.mark.parametrize(
    ("granted", "expected"),
    [("220 go", (Outcome.OK, None)), ("220 go\r\n220 and more", (Outcome.FAILED, Reason.STARTTLS_INJECTION))],
)
async def test_starttls_can_be_scripted(
    granted: str, expected: tuple[Outcome, Reason | None], localhost: ssl.SSLContext, authority_file: Path
) -> None:
    """A step turns to TLS, unless somebody slipped words in before it."""

    async def script(visitor: Visitor) -> None:
        await visitor.hear()
        await visitor.say(granted)
        await visitor.start_tls(localhost)
        await visitor.say("hello behind TLS")

    steps = [{"send": "STARTTLS"}, {"expect": "^220 "}, {"starttls": True}, {"expect": "behind TLS"}]
    async with serving(script) as server:
        result = await look_tcp(server, tls=Tls(ca_file=authority_file), dialogue=steps)
    assert verdict(result) == expected, result.detail


@pytest.mark.parametrize(
    ("dialogue", "words"),
    [
        ([{"expect": "("}], "bad regular expression"),
        ([{"say": "hello"}], "a step is"),
        ([{"expect": "a", "send": "b"}], "Extra inputs"),
        ([{"starttls": False}], "Input should be True"),
        ([{"send": r"AUTH \g<password>"}], "send refers to"),
        ([{"starttls": True}, {"starttls": True}], "only once"),
        ([{"send": r"PONG \1"}], r"send refers to \\1"),
        ([{"expect": "PING (.*)"}, {"send": "PONG ${who}"}], r"send refers to \$\{who\}"),
    ],
)
def test_a_script_that_cannot_work_is_refused_at_load(dialogue: list[dict[str, object]], words: str) -> None:
    """A bad regex, an unknown step, or a capture that is none, is an error of the config."""
    with pytest.raises(ValidationError, match=words):
        Tcp(name="x", component="x", host="h", port=1, dialogue=dialogue)
