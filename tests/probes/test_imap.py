"""What a look at an IMAP server says, row by row: greeting, TLS, sign-in and the mailbox."""

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from probes.look import Outcome, Reason, Result
from probes.tls import Tls
from tests.probes.lines import Visitor, answering, look_imap, said, serving

GREETING = "* OK ready"
LOGOUT = {"LOGOUT": "* BYE until next time\r\n{tag} OK done"}
CAPABILITY = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done", **LOGOUT}
SIGNED_IN = {**CAPABILITY, "LOGIN": "{tag} OK [CAPABILITY IMAP4rev1] welcome"}
INBOX = {"EXAMINE": "* FLAGS (\\Seen)\r\n* 5 EXISTS\r\n* 0 RECENT\r\n{tag} OK [READ-ONLY] done"}
SIGN_IN = {"username": "probe", "password": "correct horse"}
PLAIN = b"AHByb2JlAGNvcnJlY3QgaG9yc2U="


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


@pytest.fixture
def localhost(authority: trustme.CA) -> ssl.SSLContext:
    """A server's context with a certificate for localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


async def test_without_credentials_a_greeting_and_a_farewell_are_enough() -> None:
    """A server that greets is ok, and is asked for nothing else."""
    async with serving(answering(GREETING, LOGOUT)) as server:
        result = await look_imap(server)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert list(result.phases) == ["resolve", "connect", "greeting", "logout"]
    assert server.heard == [b"a1 LOGOUT"]


async def test_a_whole_look_reads_like_a_dialogue() -> None:
    """Sign-in and mailbox are phases; the number of mails is kept; the password is masked."""
    async with serving(answering(GREETING, {**SIGNED_IN, **INBOX})) as server:
        result = await look_imap(server, **SIGN_IN)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert list(result.phases) == ["resolve", "connect", "greeting", "capability", "login", "select", "logout"]
    assert result.numbers["exists"] == 5
    assert said(result)[1:] == [
        "< * OK ready",
        "> a1 CAPABILITY",
        "< * CAPABILITY IMAP4rev1",
        "< a1 OK done",
        "> a2 LOGIN probe <secret>",
        "< a2 OK [CAPABILITY IMAP4rev1] welcome",
        '> a3 EXAMINE "INBOX"',
        "< * FLAGS (\\Seen)",
        "< * 5 EXISTS",
        "< * 0 RECENT",
        "< a3 OK [READ-ONLY] done",
        "> a4 LOGOUT",
        "< * BYE until next time",
        "< a4 OK done",
    ]


async def test_the_mailbox_is_only_examined() -> None:
    """Nothing that could change a flag is ever said."""
    async with serving(answering(GREETING, {**SIGNED_IN, **INBOX})) as server:
        await look_imap(server, **SIGN_IN)
    verbs = [line.split()[1] for line in server.heard]
    assert verbs == [b"CAPABILITY", b"LOGIN", b"EXAMINE", b"LOGOUT"]


@pytest.mark.parametrize(
    ("greeting", "options", "expected", "words"),
    [
        ("* BYE too many connections", {}, (Outcome.FAILED, Reason.GREETING), "BYE 'too many connections'"),
        ("* BYE [UNAVAILABLE] try later", {}, (Outcome.FAILED, Reason.UNAVAILABLE), "BYE [UNAVAILABLE] 'try later'"),
        ("* OK ready", {"expect_greeting": "unlikely"}, (Outcome.FAILED, Reason.GREETING), "'unlikely' was expected"),
        ("* OK ready", {"expect_greeting": r"^\* OK rea"}, (Outcome.OK, None), ""),
        ("220 mx ESMTP", {}, (Outcome.FAILED, Reason.PROTOCOL), "'220 mx ESMTP'"),
        ("* 5 EXISTS", {}, (Outcome.FAILED, Reason.PROTOCOL), "'* 5 EXISTS'"),
        ("", {}, (Outcome.FAILED, Reason.PROTOCOL), "no IMAP response"),
        ("* OK {99999999}", {}, (Outcome.OK, None), ""),
    ],
)
async def test_each_greeting_has_its_verdict(
    greeting: str, options: dict[str, object], expected: tuple[Outcome, Reason | None], words: str
) -> None:
    """A greeting welcomes, refuses with a reason, or is none."""
    async with serving(answering(greeting, LOGOUT)) as server:
        result = await look_imap(server, **options)
    assert verdict(result) == expected
    assert words in result.detail


async def test_silence_and_a_closed_door_are_told_apart() -> None:
    """No greeting in time is greeting_timeout; none at all is greeting."""

    async def leave(_: Visitor) -> None:
        return

    async with serving(Visitor.stay_silent) as server:
        result = await look_imap(server, stage_timeout=0.2)
    assert verdict(result) == (Outcome.FAILED, Reason.GREETING_TIMEOUT)
    assert result.detail == "the IMAP server did not send its greeting within 0.2 s"
    async with serving(leave) as server:
        result = await look_imap(server)
    assert verdict(result) == (Outcome.FAILED, Reason.GREETING)


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        ("{tag} NO [AUTHENTICATIONFAILED] wrong", (Outcome.FAILED, Reason.AUTH), "NO [AUTHENTICATIONFAILED] 'wrong'"),
        ("{tag} NO wrong", (Outcome.FAILED, Reason.AUTH), "NO 'wrong' to LOGIN"),
        ("{tag} BAD what?", (Outcome.FAILED, Reason.AUTH), "BAD 'what?'"),
        ("{tag} NO [EXPIRED] change it", (Outcome.FAILED, Reason.AUTH_EXPIRED), "[EXPIRED]"),
        ("{tag} NO [UNAVAILABLE] no backend", (Outcome.FAILED, Reason.UNAVAILABLE), "[UNAVAILABLE] 'no backend'"),
        ("{tag} NO [LIMIT] enough", (Outcome.FAILED, Reason.LIMIT), "[LIMIT]"),
        ("{tag} NO [PRIVACYREQUIRED] no", (Outcome.FAILED, Reason.AUTH_DISABLED), "[PRIVACYREQUIRED]"),
        ("* BYE autologout", (Outcome.FAILED, Reason.CONNECTION_CLOSED), "BYE 'autologout' instead of its answer"),
        ("close", (Outcome.FAILED, Reason.CONNECTION_CLOSED), "before its answer to our sign-in"),
        ("{tag} HELLO", (Outcome.FAILED, Reason.PROTOCOL), "instead of its answer"),
        ("z9 OK", (Outcome.FAILED, Reason.PROTOCOL), "'z9 OK'"),
        ("+ more?", (Outcome.FAILED, Reason.PROTOCOL), "asks for more than LOGIN has to say"),
        ("* OK still here\r\n* 3 EXPUNGE\r\n{tag} OK in", (Outcome.OK, None), ""),
        ("{tag} ok", (Outcome.OK, None), ""),
        ("* LIST () NIL {5}\r\na\r\nb2 {2}\r\nde\r\n{tag} OK", (Outcome.OK, None), ""),
        ("* LIST () NIL {99999999}", (Outcome.FAILED, Reason.PROTOCOL), "announced 99999999 bytes"),
        ("* LIST {0}\r\n" + "{0}\r\n" * 20, (Outcome.FAILED, Reason.PROTOCOL), "more than 16 literals"),
    ],
)
async def test_each_answer_to_login_has_its_reason(
    answer: str, expected: tuple[Outcome, Reason | None], words: str
) -> None:
    """The response code decides, and what a server says unasked decides nothing."""
    async with serving(answering(GREETING, {**CAPABILITY, **INBOX, "LOGIN": answer})) as server:
        result = await look_imap(server, **SIGN_IN)
    assert verdict(result) == expected
    assert words in result.detail


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("{tag} BAD what?", (Outcome.OK, None)),
        ("{tag} NO no", (Outcome.FAILED, Reason.PROTOCOL)),
        ("{tag} NO [UNAVAILABLE] later", (Outcome.FAILED, Reason.UNAVAILABLE)),
    ],
)
async def test_a_server_may_not_know_capabilities(answer: str, expected: tuple[Outcome, Reason | None]) -> None:
    """One that does not know the command has none; one that will not tell fails."""
    async with serving(answering(GREETING, {**SIGNED_IN, **INBOX, "CAPABILITY": answer})) as server:
        result = await look_imap(server, **SIGN_IN)
    assert verdict(result) == expected


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("{tag} NO [NONEXISTENT] no such mailbox", Reason.SELECT),
        ("{tag} NO [UNAVAILABLE] later", Reason.UNAVAILABLE),
        ("* BYE [UNAVAILABLE] later", Reason.UNAVAILABLE),
        ("* BYE", Reason.CONNECTION_CLOSED),
    ],
)
async def test_a_mailbox_that_cannot_be_opened_fails(answer: str, reason: Reason) -> None:
    """Signed in is not yet able to read mail."""
    async with serving(answering(GREETING, {**SIGNED_IN, "EXAMINE": answer})) as server:
        result = await look_imap(server, **SIGN_IN)
    assert verdict(result) == (Outcome.FAILED, reason)


async def test_a_mailbox_is_named_as_imap_spells_it() -> None:
    """Letters beyond ASCII, and the ampersand, go in modified UTF-7."""
    async with serving(answering(GREETING, {**SIGNED_IN, **INBOX})) as server:
        await look_imap(server, mailbox="A&B/Courrier indésirable", **SIGN_IN)
    assert server.heard[2] == b'a3 EXAMINE "A&-B/Courrier ind&AOk-sirable"'


async def test_whoever_is_known_already_does_not_sign_in() -> None:
    """After PREAUTH the mailbox is examined at once."""
    async with serving(answering("* PREAUTH you again", {**LOGOUT, **INBOX})) as server:
        result = await look_imap(server, **SIGN_IN)
    assert verdict(result) == (Outcome.OK, None)
    assert [line.split()[1] for line in server.heard] == [b"EXAMINE", b"LOGOUT"]


@pytest.mark.parametrize("offers", ["IMAP4rev1 LOGINDISABLED", "IMAP4rev1 LOGINDISABLED AUTH=PLAIN AUTH=LOGIN"])
async def test_where_login_is_disabled_the_password_stays_here(offers: str) -> None:
    """LOGINDISABLED in the clear is auth_disabled, and the password is not sent, by any mechanism."""
    answers = {"CAPABILITY": f"* CAPABILITY {offers}\r\n{{tag}} OK", **LOGOUT}
    async with serving(answering(GREETING, answers)) as server:
        result = await look_imap(server, **SIGN_IN)
    assert verdict(result) == (Outcome.FAILED, Reason.AUTH_DISABLED)
    assert server.heard == [b"a1 CAPABILITY", b"a2 LOGOUT"]


@pytest.mark.parametrize(
    ("offers", "wanted"),
    [
        ("LOGINDISABLED AUTH=PLAIN SASL-IR", [b"a2 AUTHENTICATE PLAIN " + PLAIN]),
        ("LOGINDISABLED AUTH=PLAIN", [b"a2 AUTHENTICATE PLAIN", PLAIN]),
        ("AUTH=PLAIN SASL-IR", [b'a2 LOGIN "probe" "correct horse"']),
    ],
)
async def test_authenticate_plain_steps_in_where_login_is_disabled(
    offers: str, wanted: list[bytes], localhost: ssl.SSLContext, authority_file: Path
) -> None:
    """Behind TLS the password goes by AUTHENTICATE PLAIN, at once if the server takes it so."""

    async def script(visitor: Visitor) -> None:
        await visitor.say(GREETING)
        await visitor.hear()
        await visitor.say(f"* CAPABILITY {offers}", "a1 OK")
        for _ in wanted[1:]:
            await visitor.hear()
            await visitor.say("+ ")
        await visitor.hear()
        await visitor.say("a2 OK")
        await answering("* 1 EXISTS", {**LOGOUT, **INBOX})(visitor)

    async with serving(script, localhost) as server:
        result = await look_imap(server, tls_mode="implicit", tls=Tls(ca_file=authority_file), **SIGN_IN)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert server.heard[1 : 1 + len(wanted)] == wanted


async def test_starttls_is_taken_and_the_capabilities_asked_again(
    localhost: ssl.SSLContext, authority_file: Path
) -> None:
    """LOGIN may be disabled before TLS and allowed behind it."""
    offers = iter(["STARTTLS LOGINDISABLED", "AUTH=PLAIN"])

    async def script(visitor: Visitor) -> None:
        await visitor.say(GREETING)
        await visitor.hear()
        await visitor.say(f"* CAPABILITY IMAP4rev1 {next(offers)}", "a1 OK")
        await visitor.hear()
        await visitor.say("a2 OK begin")
        await visitor.start_tls(localhost)
        await visitor.hear()
        await visitor.say(f"* CAPABILITY IMAP4rev1 {next(offers)}", "a3 OK")
        await visitor.hear()
        await visitor.say("a4 OK in")
        await answering("* 1 EXISTS", {**LOGOUT, **INBOX})(visitor)

    async with serving(script) as server:
        result = await look_imap(server, tls_mode="starttls", tls=Tls(ca_file=authority_file), **SIGN_IN)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert list(result.phases)[2:] == [
        *("greeting", "capability", "starttls", "tls", "capability2", "login", "select", "logout")
    ]
    assert result.certificate is not None


@pytest.mark.parametrize(
    ("greeting", "offers", "answer", "reason"),
    [
        (GREETING, "IMAP4rev1", "", Reason.STARTTLS_MISSING),
        ("* OK [ALERT] STARTTLS", "IMAP4rev1\r\n* OK STARTTLS", "", Reason.STARTTLS_MISSING),
        (GREETING, "STARTTLS", "{tag} NO not today", Reason.STARTTLS),
        (GREETING, "STARTTLS", "{tag} BAD what?", Reason.STARTTLS),
        (GREETING, "STARTTLS", "{tag} OK begin\r\n* CAPABILITY AUTH=PLAIN", Reason.STARTTLS_INJECTION),
        ("* PREAUTH you again", "STARTTLS", "{tag} OK begin", Reason.STARTTLS),
    ],
)
async def test_starttls_that_is_missing_refused_or_forged_gets_no_password(
    greeting: str, offers: str, answer: str, reason: Reason
) -> None:
    """A required encryption that does not come ends the look before the sign-in."""
    answers = {"CAPABILITY": f"* CAPABILITY {offers}\r\n{{tag}} OK", "STARTTLS": answer, **LOGOUT}
    async with serving(answering(greeting, answers)) as server:
        result = await look_imap(server, tls_mode="starttls", **SIGN_IN)
    assert verdict(result) == (Outcome.FAILED, reason)
    assert not any(b"LOGIN" in line or b"AUTHENTICATE" in line for line in server.heard)


@pytest.mark.parametrize("answer", ["", "close", "{tag} BAD no"])
async def test_a_farewell_cannot_spoil_a_look(answer: str) -> None:
    """Whatever LOGOUT brings, the verdict stands."""
    async with serving(answering(GREETING, {"LOGOUT": answer})) as server:
        result = await look_imap(server)
    assert verdict(result) == (Outcome.OK, None)


async def test_each_command_has_its_own_time() -> None:
    """A slow sign-in shows as such."""

    async def script(visitor: Visitor) -> None:
        await visitor.say(GREETING)
        for line in ("a1 OK", "a2 OK", "* 1 EXISTS\r\na3 OK", "a4 OK"):
            heard = await visitor.hear()
            if b"LOGIN" in heard:
                await asyncio.sleep(0.3)
            await visitor.say(line)

    async with serving(script) as server:
        result = await look_imap(server, **SIGN_IN)
    assert result.phases["login"] >= 0.3
    assert result.phases["select"] < result.phases["login"]
