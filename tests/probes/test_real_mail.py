"""Looks at a real Postfix and a real Dovecot: what is healthy is ok, and what is broken is told for what it is."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import trustme

from probes.finding import Side
from probes.look import Outcome, Reason, Result, look
from probes.roundtrip import Roundtrip
from probes.tls import Tls
from tests.peers.dovecot import PASSWORD, USERNAME, Dovecot
from tests.peers.ports import Block
from tests.peers.postfix import Postfix
from tests.probes.lines import Server, look_imap, look_smtp, said

SIGN_IN = {"username": USERNAME, "password": PASSWORD, "timeout": 5.0}
WRONG = {**SIGN_IN, "password": "what-was-it-again"}
ENVELOPE = {"mail_from": "probe@example.test", "rcpt_to": "sample@example.test", "timeout": 5.0}


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


@pytest.fixture
def trusting(authority_file: Path) -> dict[str, object]:
    """Options that trust the authority of this run."""
    return {"tls": Tls(ca_file=authority_file)}


async def test_postfix_takes_our_envelope_behind_starttls(postfix: Postfix, trusting: dict[str, object]) -> None:
    """Submission by STARTTLS is ok, and an unknown recipient is not."""
    server = Server(postfix.smtp)
    result = await look_smtp(server, tls_mode="starttls", **ENVELOPE, **trusting)
    assert verdict(result) == (Outcome.OK, None), result.detail
    assert result.certificate is not None
    assert said(result)[-1].startswith("< 221 2.0.0")
    result = await look_smtp(server, tls_mode="starttls", **ENVELOPE | {"rcpt_to": "nobody@example.test"}, **trusting)
    assert verdict(result) == (Outcome.FAILED, Reason.RCPT)
    assert result.detail.startswith("the mail server answered 550 5.1.1 ")


async def test_postfix_and_dovecot_check_our_password(
    postfix_with_login: Postfix, dovecot: Dovecot, trusting: dict[str, object]
) -> None:
    """The right password is ok; a wrong one fails as auth and is shown nowhere; without Dovecot nobody can sign in."""
    server = Server(postfix_with_login.smtps)
    options = {"tls_mode": "implicit", **trusting}
    assert verdict(await look_smtp(server, **options, **SIGN_IN)) == (Outcome.OK, None)
    result = await look_smtp(server, **options, **WRONG)
    assert verdict(result) == (Outcome.FAILED, Reason.AUTH)
    assert "535 5.7.8" in result.detail
    assert WRONG["password"] not in result.as_json()
    dovecot.stop()
    result = await look_smtp(server, **options, **SIGN_IN)
    assert result.outcome is not Outcome.OK


@pytest.mark.parametrize("mechanism", ["scram-sha-256", "cram-md5", "login"])
async def test_dovecot_agrees_with_our_ways_of_signing_in(
    mechanism: str, ports: Block, server_certificate: trustme.LeafCert
) -> None:
    """Each mechanism alone lets the right password in, and a wrong one not."""
    dovecot = Dovecot(ports, server_certificate)
    config = dovecot.directory / "dovecot.conf"
    config.write_text(config.read_text().replace("auth_mechanisms = plain login", f"auth_mechanisms = {mechanism}"))
    with dovecot, Postfix(ports, server_certificate, auth=dovecot.auth) as postfix:
        server = Server(postfix.smtp)
        right, wrong = await look_smtp(server, **SIGN_IN), await look_smtp(server, **WRONG)
    assert f"> AUTH {mechanism.upper()}" in " ".join(said(right))
    assert verdict(right) == (Outcome.OK, None), right.detail
    assert verdict(wrong) == (Outcome.FAILED, Reason.AUTH)


async def test_dovecot_opens_our_mailbox(dovecot: Dovecot, trusting: dict[str, object]) -> None:
    """IMAPS, STARTTLS and plain are ok; the mailbox is examined; a wrong password fails as auth."""
    implicit, plain = Server(dovecot.imaps), Server(dovecot.imap)
    for server, tls_mode in ((implicit, "implicit"), (plain, "starttls"), (plain, "none")):
        result = await look_imap(server, tls_mode=tls_mode, **SIGN_IN, **trusting)
        assert verdict(result) == (Outcome.OK, None), result.detail
        assert result.numbers["exists"] == 0
    result = await look_imap(implicit, tls_mode="implicit", **WRONG, **trusting)
    assert verdict(result) == (Outcome.FAILED, Reason.AUTH)
    assert "NO [AUTHENTICATIONFAILED]" in result.detail
    assert WRONG["password"] not in result.as_json()
    result = await look_imap(implicit, tls_mode="implicit", mailbox="Nowhere", **SIGN_IN, **trusting)
    assert verdict(result) == (Outcome.FAILED, Reason.SELECT)


async def test_a_stopped_server_refuses_the_connection(dovecot: Dovecot) -> None:
    """What nobody listens to any more is connect_refused; Dovecot's children may hold the door a moment longer."""
    dovecot.stop()
    for _ in range(50):
        result = await look_imap(Server(dovecot.imap))
        if result.reason is Reason.CONNECT_REFUSED:
            break
        await asyncio.sleep(0.1)
    assert verdict(result) == (Outcome.FAILED, Reason.CONNECT_REFUSED)


async def test_a_message_makes_the_round_trip_through_both(
    dovecot: Dovecot, ports: Block, server_certificate: trustme.LeafCert, authority_file: Path
) -> None:
    """Postfix delivers, Dovecot shows it, and nothing is left behind; an unknown recipient is the sender's side."""
    maildirs = dovecot.directory / "mail"
    with Postfix(ports, server_certificate, auth=dovecot.auth, maildirs=maildirs) as postfix:
        where = {"host": "localhost", "connect_to": "127.0.0.1", "username": USERNAME, "password": PASSWORD}
        plain: dict[str, Any] = {
            "name": "trip",
            "component": "mail",
            "timeout": "5s",
            "tls": {"ca_file": authority_file},
            "smtp": {**where, "port": postfix.smtp},
            "imap": {**where, "port": dovecot.imaps},
            "mail_from": "sample@example.test",
            "mail_to": "sample@example.test",
            "deliver_warn": "10s",
            "deliver_fail": "20s",
        }
        for _ in range(2):
            result = await look(Roundtrip(**plain))
            assert verdict(result) == (Outcome.OK, None), (result.detail, said(result))
            assert 0 < result.numbers["delivery_seconds"] < 10
            assert result.numbers["duplicates"] == result.numbers["late_arrivals"] == 0
        lost = await look(Roundtrip(**plain | {"mail_to": "nobody@example.test"}))
    assert (verdict(lost), lost.side) == ((Outcome.FAILED, Reason.RCPT), Side.SMTP)
    assert not [path for path in maildirs.rglob("*") if path.parent.name in {"new", "cur"}]
