"""What a look at an SMTP server says, row by row: greeting, EHLO, sign-in and envelope, in the clear."""

import asyncio

import pytest
from pydantic import ValidationError

from probes.look import Outcome, Reason, Result
from probes.smtp import Smtp
from tests.probes.lines import Visitor, answering, look_smtp, said, serving

GREETING = "220 mx.example.test ESMTP"
EHLO = "250-mx.example.test\r\n250-AUTH PLAIN LOGIN\r\n250 DSN"
QUIT = {"QUIT": "221 2.0.0 bye"}
HELLO = {"EHLO": EHLO, **QUIT}
SIGN_IN = {"username": "probe", "password": "correct horse"}
ENVELOPE = {"mail_from": "probe@example.test", "rcpt_to": "someone@example.test"}


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


async def test_a_healthy_server_is_ok_and_its_phases_are_timed() -> None:
    """A whole talk is ok, phase by phase, and ends with QUIT."""
    async with serving(answering(GREETING, {**HELLO, "AUTH": "235 ok", "MAIL": "250 ok", "RCPT": "250 ok"})) as server:
        result = await look_smtp(server, **SIGN_IN, **ENVELOPE)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert list(result.phases) == ["resolve", "connect", "greeting", "ehlo", "auth", "mail", "rcpt", "quit"]
    assert server.heard[-1] == b"QUIT"
    assert not any(line.startswith(b"DATA") for line in server.heard)


async def test_the_transcript_reads_like_a_dialogue() -> None:
    """What was said stands in the transcript line by line, with the password masked."""
    async with serving(answering(GREETING, {**HELLO, "AUTH": "235 2.7.0 welcome"})) as server:
        result = await look_smtp(server, **SIGN_IN)
    assert said(result)[1:] == [
        "< 220 mx.example.test ESMTP",
        "> EHLO localhost",
        "< 250-mx.example.test",
        "< 250-AUTH PLAIN LOGIN",
        "< 250 DSN",
        "> AUTH PLAIN <secret>",
        "< 235 2.7.0 welcome",
        "> QUIT",
        "< 221 2.0.0 bye",
    ]


@pytest.mark.parametrize(
    ("greeting", "options", "reason", "words"),
    [
        ("554 5.7.1 no service for you", {}, Reason.GREETING, "554 5.7.1 'no service for you'"),
        ("421 4.3.2 shutting down", {}, Reason.UNAVAILABLE, "421 4.3.2 'shutting down'"),
        ("554 5.7.1 see 2.3.4 of our rules", {}, Reason.GREETING, "554 5.7.1 'see 2.3.4 of our rules'"),
        ("220 hello", {"expect_greeting": 221}, Reason.GREETING, "where 221 was expected"),
        ("SSH-2.0-OpenSSH_9.6", {}, Reason.PROTOCOL, "'SSH-2.0-OpenSSH_9.6'"),
        ("220-one\r\n220-two\r\n554 5.7.1 three", {}, Reason.GREETING, "'one two three'"),
        ("x" * 70_000, {}, Reason.PROTOCOL, "more than 64 KiB"),
        ("\r\n".join(["220-more"] * 200), {}, Reason.PROTOCOL, "more than 128 lines"),
    ],
)
async def test_an_unwanted_greeting_fails(
    greeting: str, options: dict[str, object], reason: Reason, words: str
) -> None:
    """A server that does not welcome us fails, with its own words in the detail."""
    async with serving(answering(greeting, HELLO)) as server:
        result = await look_smtp(server, **options)
    assert verdict(result) == (Outcome.FAILED, reason)
    assert words in result.detail


async def test_a_refusing_server_can_be_what_is_expected() -> None:
    """A server that must turn everybody away is ok when it does."""
    async with serving(answering("554 5.7.1 no service", QUIT)) as server:
        result = await look_smtp(server, expect_greeting=554)
    assert verdict(result) == (Outcome.OK, None)
    assert server.heard == [b"QUIT"]


async def test_silence_instead_of_a_greeting_ends_with_the_stage() -> None:
    """A silent server fails as greeting_timeout when its stage is over, not when the look is."""
    async with serving(Visitor.stay_silent) as server:
        result = await look_smtp(server, stage_timeout=0.2, timeout=30.0)
    assert verdict(result) == (Outcome.FAILED, Reason.GREETING_TIMEOUT)
    assert result.detail == "the mail server did not send its greeting within 0.2 s"
    assert result.duration_s < 15


async def test_without_a_stage_timeout_the_look_itself_ends_it() -> None:
    """The whole look's deadline gives the same reason, and as plain a sentence."""
    async with serving(Visitor.stay_silent) as server:
        result = await look_smtp(server, timeout=0.3)
    assert verdict(result) == (Outcome.FAILED, Reason.GREETING_TIMEOUT)
    assert result.detail == "the mail server did not send its greeting within 0.3 s"


async def test_silent_servers_do_not_delay_a_healthy_one() -> None:
    """Twenty looks at silent servers leave a healthy one as quick as ever."""
    async with (
        serving(Visitor.stay_silent) as silent,
        serving(answering(GREETING, HELLO)) as healthy,
        asyncio.TaskGroup() as group,
    ):
        stuck = [group.create_task(look_smtp(silent, timeout=3.0)) for _ in range(20)]
        result = await look_smtp(healthy, timeout=20.0)
        assert not any(task.done() for task in stuck)
    assert verdict(result) == (Outcome.OK, None)
    assert {task.result().reason for task in stuck} == {Reason.GREETING_TIMEOUT}


async def test_a_connection_closed_before_the_greeting_is_a_missing_greeting() -> None:
    """Accepting and closing fails as greeting, and says so."""

    async def leave(_: Visitor) -> None:
        return

    async with serving(leave) as server:
        result = await look_smtp(server)
    assert verdict(result) == (Outcome.FAILED, Reason.GREETING)
    assert "connection before its greeting" in result.detail


async def test_a_late_greeting_is_degraded() -> None:
    """A tar pit that lets us in after all works, but not as promised."""

    async def dawdle(visitor: Visitor) -> None:
        await asyncio.sleep(0.1)
        await answering(GREETING, HELLO)(visitor)

    async with serving(dawdle) as server:
        result = await look_smtp(server, slow_after=0.05)
    assert verdict(result) == (Outcome.DEGRADED, Reason.LATENCY)


@pytest.mark.parametrize(
    ("answers", "expected", "words"),
    [
        ({"EHLO": "502 5.5.1 what?", "HELO": "250 hello"}, (Outcome.OK, None), ""),
        ({"EHLO": "500 what?", "HELO": "550 no"}, (Outcome.FAILED, Reason.EHLO), "answered 550 'no' to HELO"),
        ({"EHLO": "450 4.7.1 not now"}, (Outcome.FAILED, Reason.EHLO), "to EHLO"),
        ({"EHLO": "421 4.3.2 bye"}, (Outcome.FAILED, Reason.UNAVAILABLE), "421 4.3.2 'bye'"),
        ({"EHLO": "close"}, (Outcome.FAILED, Reason.CONNECTION_CLOSED), "before its answer to EHLO"),
        ({"EHLO": "250"}, (Outcome.OK, None), ""),
        ({"EHLO": EHLO, "QUIT": ""}, (Outcome.OK, None), ""),
        ({"EHLO": EHLO, "QUIT": "close"}, (Outcome.OK, None), ""),
        ({"EHLO": EHLO, "QUIT": "554 never"}, (Outcome.OK, None), ""),
    ],
)
async def test_the_hello_and_the_farewell(
    answers: dict[str, str], expected: tuple[Outcome, Reason | None], words: str
) -> None:
    """EHLO falls back to HELO, a refusal of both fails, and no farewell can spoil a look."""
    async with serving(answering(GREETING, {**QUIT, **answers})) as server:
        result = await look_smtp(server)
    assert verdict(result) == expected
    assert words in result.detail


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("235 2.7.0 ok", (Outcome.OK, None)),
        ("535 5.7.8 Authentication credentials invalid", (Outcome.FAILED, Reason.AUTH)),
        ("454 4.7.0 Temporary authentication failure", (Outcome.DEGRADED, Reason.AUTH_TEMPORARY)),
        ("504 5.5.4 unrecognized", (Outcome.FAILED, Reason.AUTH_MECHANISM)),
        ("538 5.7.11 encryption required", (Outcome.FAILED, Reason.AUTH_DISABLED)),
        ("421 4.7.0 too many attempts", (Outcome.FAILED, Reason.UNAVAILABLE)),
        ("close", (Outcome.FAILED, Reason.CONNECTION_CLOSED)),
    ],
)
async def test_each_answer_to_a_sign_in_has_its_reason(answer: str, expected: tuple[Outcome, Reason | None]) -> None:
    """Refused, not now, wrong mechanism and closing down are different things to an operator."""
    async with serving(answering(GREETING, {**HELLO, "AUTH": answer})) as server:
        result = await look_smtp(server, **SIGN_IN)
    assert verdict(result) == expected
    if answer.startswith(("5", "4")):
        code, enhanced, text = answer.split(" ", 2)
        assert result.detail == f"the mail server answered {code} {enhanced} '{text}' to AUTH PLAIN"


async def test_auth_login_answers_each_prompt() -> None:
    """A server that knows only LOGIN gets the username and the password one after the other."""

    async def script(visitor: Visitor) -> None:
        await visitor.say(GREETING)
        for answer in ("250-x\r\n250 AUTH LOGIN", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 ok", "221 bye"):
            await visitor.hear()
            await visitor.say(answer)

    async with serving(script) as server:
        result = await look_smtp(server, **SIGN_IN)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert server.heard[1:4] == [b"AUTH LOGIN", b"cHJvYmU=", b"Y29ycmVjdCBob3JzZQ=="]


async def test_cram_md5_hides_the_password_and_is_preferred_in_the_clear() -> None:
    """The digest is that of RFC 2195's own example."""
    username, password = "tim", "tanstaaftanstaaf"
    challenge = "PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"

    async def script(visitor: Visitor) -> None:
        await visitor.say(GREETING)
        for answer in ("250-x\r\n250 AUTH PLAIN CRAM-MD5", f"334 {challenge}", "235 ok", "221 bye"):
            await visitor.hear()
            await visitor.say(answer)

    async with serving(script) as server:
        result = await look_smtp(server, username=username, password=password)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert server.heard[1:3] == [b"AUTH CRAM-MD5", b"dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"]


@pytest.mark.parametrize("ehlo", ["250 x", "250-x\r\n250 AUTH GSSAPI NTLM"])
async def test_without_a_common_mechanism_the_password_stays_here(ehlo: str) -> None:
    """A server that offers no way we know fails as auth_mechanism, and is told nothing."""
    async with serving(answering(GREETING, {**QUIT, "EHLO": ehlo})) as server:
        result = await look_smtp(server, **SIGN_IN)
    assert verdict(result) == (Outcome.FAILED, Reason.AUTH_MECHANISM)
    assert not any(line.startswith(b"AUTH") for line in server.heard)


async def test_a_server_that_never_stops_asking_breaks_the_protocol() -> None:
    """Challenges beyond what a mechanism has to say end the sign-in."""
    async with serving(answering(GREETING, {**HELLO, "AUTH": "334 ", "*": "334 "})) as server:
        result = await look_smtp(server, **SIGN_IN)
    assert verdict(result) == (Outcome.FAILED, Reason.PROTOCOL)


@pytest.mark.parametrize(
    ("answers", "options", "expected", "words"),
    [
        ({}, {}, (Outcome.OK, None), ""),
        ({"MAIL": "530 5.7.0 Must issue STARTTLS"}, {}, (Outcome.FAILED, Reason.MAIL_FROM), "530 5.7.0"),
        ({"MAIL": "550 5.7.1 go away"}, {}, (Outcome.FAILED, Reason.MAIL_FROM), "to MAIL FROM:<probe@example.test>"),
        ({"MAIL": "451 4.3.0 later"}, {}, (Outcome.DEGRADED, Reason.DEFERRED), "451 4.3.0 'later'"),
        ({"MAIL": "421 4.3.2 closing"}, {}, (Outcome.FAILED, Reason.UNAVAILABLE), "421"),
        ({"RCPT": "550 5.1.1 User unknown"}, {}, (Outcome.FAILED, Reason.RCPT), "550 5.1.1 'User unknown' to RCPT TO"),
        ({"RCPT": "450 4.2.0 Greylisted"}, {}, (Outcome.DEGRADED, Reason.DEFERRED), "450 4.2.0 'Greylisted'"),
        ({"RCPT": "454 Relay denied"}, {"expect_rcpt": [454, 550, 554]}, (Outcome.OK, None), ""),
        ({"RCPT": "554 5.7.1 denied"}, {"expect_rcpt": [454, 550, 554]}, (Outcome.OK, None), ""),
        ({"RCPT": "250 ok"}, {"expect_rcpt": [454, 550, 554]}, (Outcome.FAILED, Reason.RCPT), "open relay"),
    ],
)
async def test_each_answer_to_the_envelope_has_its_verdict(
    answers: dict[str, str],
    options: dict[str, object],
    expected: tuple[Outcome, Reason | None],
    words: str,
) -> None:
    """Refused is failed, "not now" is degraded, and an open relay is found; DATA is never said."""
    async with serving(answering(GREETING, {**HELLO, "MAIL": "250 ok", "RCPT": "250 ok", **answers})) as server:
        result = await look_smtp(server, **ENVELOPE, **options)
    assert verdict(result) == expected
    assert words in result.detail
    assert not any(line.startswith(b"DATA") for line in server.heard)


@pytest.mark.parametrize("farewell", ["221 bye", "", "close"])
async def test_a_refusal_is_answered_with_good_manners(farewell: str) -> None:
    """Whatever was refused, we say QUIT, and neither its answer nor its absence changes the verdict."""
    answers = {"EHLO": EHLO, "MAIL": "250 ok", "RCPT": "550 5.1.1 unknown", "QUIT": farewell}
    async with serving(answering(GREETING, answers)) as server:
        result = await look_smtp(server, timeout=0.3, **ENVELOPE)
    assert verdict(result) == (Outcome.FAILED, Reason.RCPT)
    assert server.heard[-1] == b"QUIT"
    assert result.duration_s < 0.3 + 0.5


async def test_greylisting_is_over_at_the_second_look() -> None:
    """Deferred now and accepted later are both told as they are."""
    tries = iter(["450 4.2.0 Greylisted, come back", "250 2.1.5 ok"])

    async def script(visitor: Visitor) -> None:
        await answering(GREETING, {**HELLO, "MAIL": "250 ok", "RCPT": next(tries)})(visitor)

    async with serving(script) as server:
        results = [await look_smtp(server, **ENVELOPE) for _ in range(2)]
    assert [verdict(result) for result in results] == [(Outcome.DEGRADED, Reason.DEFERRED), (Outcome.OK, None)]


async def test_hostile_words_are_short_and_harmless() -> None:
    """Ten kilobytes with control bytes become a short sentence without them."""
    hostile = "550 5.1.1 \x1b[31m<script>alert(1)</script>\x00" + "x" * 10_000
    async with serving(answering(GREETING, {**HELLO, "MAIL": hostile})) as server:
        result = await look_smtp(server, **ENVELOPE)
    assert result.reason is Reason.MAIL_FROM
    assert result.detail.endswith("…' to MAIL FROM:<probe@example.test>")
    assert len(result.detail) <= 512
    assert result.detail.isprintable()
    assert all(line.text.isprintable() for line in result.evidence)


@pytest.mark.parametrize("endless", [b"x" * 65536, b"220-and another thing\r\n" * 100, b"\n" * 1000, b"\0" * 10])
async def test_an_endless_talker_is_cut_off(endless: bytes) -> None:
    """A server that goes on for ever, in one line or in many, fails as protocol, soon."""

    async def babble(visitor: Visitor) -> None:
        while True:
            visitor.writer.write(endless)
            await visitor.writer.drain()

    async with serving(babble) as server:
        result = await look_smtp(server, timeout=60.0)
    assert verdict(result) == (Outcome.FAILED, Reason.PROTOCOL)
    assert result.duration_s < 30  # however busy the machine: half of what silence would have taken


async def test_we_can_greet_with_an_address() -> None:
    """An address literal with colons in it is a name like any other."""
    async with serving(answering(GREETING, {"EHLO": "close"})) as server:
        result = await look_smtp(server, helo="[IPv6:2001:db8::1]")
    assert server.heard == [b"EHLO [IPv6:2001:db8::1]"]
    assert result.detail.endswith("before its answer to EHLO")


async def test_lmtp_says_lhlo_and_never_helo() -> None:
    """An LMTP server is greeted in its own language."""
    async with serving(answering(GREETING, {"LHLO": "250 x", **QUIT})) as server:
        result = await look_smtp(server, lmtp=True)
    assert verdict(result) == (Outcome.OK, None)
    async with serving(answering(GREETING, {"LHLO": "500 no", **QUIT})) as server:
        result = await look_smtp(server, lmtp=True)
    assert verdict(result) == (Outcome.FAILED, Reason.EHLO)
    assert server.heard == [b"LHLO localhost", b"QUIT"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rcpt_to": "a@example.test"}, "rcpt_to needs a mail_from"),
        ({"mail_from": "a@example.test>\r\nDATA"}, "a plain ASCII address"),
        ({"helo": "x\r\nQUIT"}, "our own name"),
        ({"username": "probe"}, "go together"),
        ({"username": "probe", "password": "a\0b"}, "NUL"),
        ({"host": "a b"}, "a host name or an address alone"),
        ({"expect_rcpt": []}, "at least 1"),
    ],
)
def test_bad_options_are_refused_at_load(options: dict[str, object], words: str) -> None:
    """What could not work, or could smuggle a command, never reaches a server; secrets stay out of the error."""
    with pytest.raises(ValidationError, match=words):
        Smtp(**{"name": "x", "component": "x", "host": "h", **options})
