"""What a look at an SMTP server says of its TLS: offered or not, granted or not, and never fooled."""

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from probes.look import Outcome, Reason, Result
from probes.tls import Tls
from tests.probes.lines import Server, Visitor, answering, look_smtp, said, serving

GREETING = "220 mx.example.test ESMTP"
QUIT = {"QUIT": "221 2.0.0 bye"}
OFFER = {"EHLO": "250-mx.example.test\r\n250-STARTTLS\r\n250 AUTH PLAIN", **QUIT}
SIGN_IN = {"username": "probe", "password": "correct horse"}


@pytest.fixture
def localhost(authority: trustme.CA) -> ssl.SSLContext:
    """A server's context with a certificate for localhost."""
    return server_context(authority.issue_cert("localhost"))


@pytest.fixture
def trusting(authority_file: Path) -> dict[str, object]:
    """Options that trust the authority of this run."""
    return {"tls": Tls(ca_file=authority_file)}


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """A server's context that shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


async def test_starttls_is_taken_and_everything_asked_again(
    localhost: ssl.SSLContext, trusting: dict[str, object]
) -> None:
    """EHLO is said anew after TLS, the certificate is kept, and the password goes only then."""
    answers = {**OFFER, "STARTTLS": "220 go", "AUTH": "235 ok"}
    async with serving(answering(GREETING, answers, localhost)) as server:
        result = await look_smtp(server, tls_mode="starttls", **SIGN_IN, **trusting)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert list(result.phases) == ["resolve", "connect", "greeting", "ehlo", "starttls", "tls", "ehlo2", "auth", "quit"]
    assert result.certificate is not None
    assert "localhost" in result.certificate.names
    assert [line.split()[0] for line in server.heard] == [b"EHLO", b"STARTTLS", b"EHLO", b"AUTH", b"QUIT"]


async def test_implicit_tls_comes_first(localhost: ssl.SSLContext, trusting: dict[str, object]) -> None:
    """On a port such as 465 the greeting itself is encrypted."""
    async with serving(answering(GREETING, OFFER), localhost) as server:
        result = await look_smtp(server, tls_mode="implicit", **trusting)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert list(result.phases) == ["resolve", "connect", "tls", "greeting", "ehlo", "quit"]


@pytest.mark.parametrize(
    ("tls_mode", "expected"),
    [
        ("starttls", (Outcome.FAILED, Reason.STARTTLS_MISSING)),
        ("opportunistic", (Outcome.OK, None)),
        ("none", (Outcome.OK, None)),
    ],
)
async def test_a_server_without_starttls(tls_mode: str, expected: tuple[Outcome, Reason | None]) -> None:
    """What is required must be offered; what is optional may be missing."""
    async with serving(answering(GREETING, {**QUIT, "EHLO": "250 x"})) as server:
        result = await look_smtp(server, tls_mode=tls_mode)
    assert verdict(result) == expected
    assert bool(result.detail) == (expected[0] is Outcome.FAILED)


@pytest.mark.parametrize(
    ("tls_mode", "answer", "expected"),
    [
        ("starttls", "454 4.7.0 TLS not available", (Outcome.FAILED, Reason.STARTTLS)),
        ("starttls", "502 5.5.1 no", (Outcome.FAILED, Reason.STARTTLS)),
        ("starttls", "421 4.3.2 closing", (Outcome.FAILED, Reason.UNAVAILABLE)),
        ("starttls", "close", (Outcome.FAILED, Reason.CONNECTION_CLOSED)),
        ("opportunistic", "454 4.7.0 TLS not available", (Outcome.DEGRADED, Reason.STARTTLS)),
    ],
)
async def test_a_server_that_offers_starttls_and_refuses_it(
    tls_mode: str, answer: str, expected: tuple[Outcome, Reason | None]
) -> None:
    """A refusal is told with the server's words; where TLS is optional it is a blemish."""
    async with serving(answering(GREETING, {**OFFER, "STARTTLS": answer})) as server:
        result = await look_smtp(server, tls_mode=tls_mode)
    assert verdict(result) == expected
    assert "STARTTLS" in result.detail


@pytest.mark.parametrize("tls_mode", ["starttls", "opportunistic"])
@pytest.mark.parametrize("stripped", [{"EHLO": "250-x\r\n250 AUTH PLAIN LOGIN"}, {"STARTTLS": "454 4.7.0 no"}])
async def test_whoever_strips_starttls_gets_no_password(tls_mode: str, stripped: dict[str, str]) -> None:
    """Unless TLS was switched off by name, credentials never go in the clear."""
    async with serving(answering(GREETING, {**OFFER, **stripped})) as server:
        result = await look_smtp(server, tls_mode=tls_mode, **SIGN_IN)
    assert result.outcome is Outcome.FAILED
    assert result.reason in {Reason.STARTTLS_MISSING, Reason.STARTTLS, Reason.NOT_TLS}
    assert not any(line.startswith(b"AUTH") for line in server.heard)


async def test_words_slipped_in_before_encryption_are_refused(
    localhost: ssl.SSLContext, trusting: dict[str, object]
) -> None:
    """Plain text after STARTTLS was granted is an attack, not an answer (CVE-2011-0411)."""
    answers = {**OFFER, "STARTTLS": "220 go\r\n250-x\r\n250 AUTH PLAIN", "AUTH": "235 ok"}
    async with serving(answering(GREETING, answers, localhost)) as server:
        result = await look_smtp(server, tls_mode="starttls", **SIGN_IN, **trusting)
    assert verdict(result) == (Outcome.FAILED, Reason.STARTTLS_INJECTION)
    assert not any(line.startswith(b"AUTH") for line in server.heard)


@pytest.mark.parametrize("at_once", [True, False])
async def test_garbage_instead_of_tls_is_a_failed_handshake(at_once: bool) -> None:  # noqa: FBT001 - a case of the table
    """A server that grants STARTTLS and cannot speak it fails as tls_handshake."""

    async def script(visitor: Visitor) -> None:
        await visitor.say(GREETING)
        for answer in ("250-x\r\n250 STARTTLS", "220 go\r\ngarbage" if at_once else "220 go"):
            await visitor.hear()
            await visitor.say(answer)
        await visitor.reader.read(1)
        await visitor.say("garbage")
        await visitor.stay_silent()

    async with serving(script) as server:
        result = await look_smtp(server, tls_mode="starttls")
    assert verdict(result) == (Outcome.FAILED, Reason.TLS_HANDSHAKE)


async def test_silence_instead_of_tls_is_a_tls_timeout() -> None:
    """A server that grants STARTTLS and then says nothing fails as tls_timeout."""

    async def script(visitor: Visitor) -> None:
        await visitor.say(GREETING)
        for answer in ("250-x\r\n250 STARTTLS", "220 go"):
            await visitor.hear()
            await visitor.say(answer)
        await visitor.stay_silent()

    async with serving(script) as server:
        result = await look_smtp(server, tls_mode="starttls", timeout=0.3)
    assert verdict(result) == (Outcome.FAILED, Reason.TLS_TIMEOUT)


async def starttls_look(server: Server, tls: Tls) -> tuple[Outcome, Reason | None]:
    """The verdict of a look that requires STARTTLS with these options."""
    return verdict(await look_smtp(server, tls_mode="starttls", tls=tls))


async def test_the_certificate_behind_starttls_is_verified(authority: trustme.CA, authority_file: Path) -> None:
    """Another name, and a signer we do not know, fail; without verification both pass."""
    other = server_context(authority.issue_cert("other.example.test"))
    async with serving(answering(GREETING, {**OFFER, "STARTTLS": "220 go"}, other)) as server:
        assert await starttls_look(server, Tls(ca_file=authority_file)) == (Outcome.FAILED, Reason.TLS_HOSTNAME)
        assert await starttls_look(server, Tls()) == (Outcome.FAILED, Reason.TLS_VERIFY)
        assert await starttls_look(server, Tls(verify=False)) == (Outcome.OK, None)
        named = Tls(ca_file=authority_file, server_name="other.example.test")
        assert await starttls_look(server, named) == (Outcome.OK, None)


async def test_the_dialogue_goes_on_behind_tls_in_the_transcript(
    localhost: ssl.SSLContext, trusting: dict[str, object]
) -> None:
    """A reader sees where encryption began, and what was said on both sides of it."""
    async with serving(answering(GREETING, {**OFFER, "STARTTLS": "220 go"}, localhost)) as server:
        result = await look_smtp(server, tls_mode="starttls", **trusting)
    lines = said(result)
    granted, again = lines.index("< 220 go"), lines.index("> EHLO localhost", lines.index("< 220 go"))
    assert lines[granted - 1] == "> STARTTLS"
    assert all(line.startswith("- ") for line in lines[granted + 1 : again])


async def test_many_looks_share_nothing_but_the_context(localhost: ssl.SSLContext, trusting: dict[str, object]) -> None:
    """Twenty encrypted looks at once are twenty good looks."""
    async with serving(answering(GREETING, {**OFFER, "STARTTLS": "220 go"}, localhost)) as server:
        looks = [look_smtp(server, tls_mode="starttls", timeout=10.0, **trusting) for _ in range(20)]
        results = await asyncio.gather(*looks)
    assert {verdict(result) for result in results} == {(Outcome.OK, None)}
