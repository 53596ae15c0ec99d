"""Looks at a real Exim and a real Cyrus, by STARTTLS and by implicit TLS: each trouble is told for what it is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from probes.look import Outcome, Reason, Result
from probes.tls import Tls
from tests.peers.cyrus import Cyrus
from tests.peers.exim import PASSWORD, USERNAME, Exim
from tests.peers.peer import Peer
from tests.peers.ports import Block
from tests.probes.lines import Server, look_imap, look_pop3, look_smtp, said

Look = Callable[..., Awaitable[Result]]

SIGN_IN = {"username": USERNAME, "password": PASSWORD, "timeout": 10.0}
WRONG = "what-was-it-again"
WRONG_FORMS = (WRONG, "d2hhdC13YXMtaXQtYWdhaW4", "c2FtcGxlAHdoYXQtd2FzLWl0LWFnYWlu")
ENVELOPE = {"mail_from": "probe@example.test", "rcpt_to": "sample@example.test"}


@dataclass(frozen=True, slots=True)
class Door:
    """One port of one server, and how to look at it."""

    make: Callable[..., Peer]
    port: str
    tls_mode: str
    look: Look


DOORS = [
    pytest.param(Door(make, port, tls_mode, look), id=f"{make.__name__}-{port}")
    for make, look, clear, encrypted in (
        (Exim, look_smtp, "smtp", "smtps"),
        (Cyrus, look_imap, "imap", "imaps"),
        (Cyrus, look_pop3, "pop3", "pop3s"),
    )
    for port, tls_mode in ((clear, "starttls"), (encrypted, "implicit"))
]


def verdict(result: Result) -> tuple[Outcome, Reason | None]:
    """The two words that decide."""
    return result.outcome, result.reason


@pytest.fixture
def trusting(authority_file: Path) -> dict[str, object]:
    """Options that trust the authority of this run."""
    return {"tls": Tls(ca_file=authority_file)}


@pytest.mark.parametrize("door", DOORS)
async def test_each_door_tells_the_right_password_from_a_wrong_one(
    door: Door, ports: Block, server_certificate: trustme.LeafCert, trusting: dict[str, object]
) -> None:
    """Behind TLS the right one is ok, a wrong one is auth with the server's words, and stands nowhere."""
    with door.make(ports, server_certificate) as peer:
        server, options = Server(getattr(peer, door.port)), {"tls_mode": door.tls_mode, **trusting}
        right = await door.look(server, **options, **SIGN_IN)
        wrong = await door.look(server, **options, **SIGN_IN | {"password": WRONG})
    assert verdict(right) == (Outcome.OK, None), right.detail
    assert right.certificate is not None
    assert {"auth", "login"} & set(right.phases)
    assert verdict(wrong) == (Outcome.FAILED, Reason.AUTH), wrong.detail
    assert "answered" in wrong.detail
    assert not any(form in text for form in WRONG_FORMS for text in (repr(wrong), wrong.as_json()))


@pytest.mark.parametrize("door", DOORS)
async def test_each_door_with_a_certificate_for_another_name_stays_shut(
    door: Door, ports: Block, authority: trustme.CA, trusting: dict[str, object]
) -> None:
    """The name is what we asked for, or no password goes out; an authority that we do not know is none."""
    with door.make(ports, authority.issue_cert("other.example.test")) as peer:
        server = Server(getattr(peer, door.port))
        result = await door.look(server, tls_mode=door.tls_mode, **SIGN_IN, **trusting)
        stranger = await door.look(server, tls_mode=door.tls_mode, **SIGN_IN)
    assert verdict(result) == (Outcome.FAILED, Reason.TLS_HOSTNAME), result.detail
    assert result.certificate is not None
    assert result.certificate.names == ("other.example.test",)
    assert verdict(stranger) == (Outcome.FAILED, Reason.TLS_VERIFY), stranger.detail
    assert not any("LOGIN" in line or "AUTH " in line or "PASS" in line for line in said(result) if line[0] == ">")


@pytest.mark.parametrize(("door", "tls_mode"), [("smtp", "starttls"), ("smtps", "implicit")])
async def test_exim_takes_our_envelope_and_refuses_a_stranger(
    door: str, tls_mode: str, exim: Exim, trusting: dict[str, object]
) -> None:
    """A known recipient is ok, an unknown one is rcpt with the server's words, and relaying is refused as it should."""
    server, options = Server(getattr(exim, door)), {"tls_mode": tls_mode, "timeout": 10.0, **trusting, **ENVELOPE}
    known = await look_smtp(server, **options)
    stranger = await look_smtp(server, **options | {"rcpt_to": "nobody@example.test"})
    relayed = await look_smtp(server, **options | {"rcpt_to": "you@else.test", "expect_rcpt": (550, 554)})
    assert verdict(known) == (Outcome.OK, None), known.detail
    assert verdict(stranger) == (Outcome.FAILED, Reason.RCPT)
    assert stranger.detail.startswith("the mail server answered 550 ")
    assert verdict(relayed) == (Outcome.OK, None), relayed.detail


async def test_cyrus_opens_the_mailbox_it_has_and_no_other(cyrus: Cyrus, trusting: dict[str, object]) -> None:
    """EXAMINE gives the number of mails; a mailbox that is not there is select."""
    server, options = Server(cyrus.imaps), {"tls_mode": "implicit", **SIGN_IN, **trusting}
    opened = await look_imap(server, **options)
    missing = await look_imap(server, mailbox="Nowhere", **options)
    assert opened.numbers["exists"] == 0
    assert verdict(missing) == (Outcome.FAILED, Reason.SELECT)


@pytest.mark.parametrize("make", [Exim, Cyrus])
async def test_a_stopped_server_refuses_the_connection(
    make: Callable[..., Peer], ports: Block, server_certificate: trustme.LeafCert
) -> None:
    """What nobody listens to any more is connect_refused, and a server that comes back is ok again."""
    with make(ports, server_certificate) as peer:
        server, look = Server(peer.port_to_wait_for()), look_smtp if make is Exim else look_imap
        peer.stop()
        assert verdict(await look(server, timeout=10.0)) == (Outcome.FAILED, Reason.CONNECT_REFUSED)
        await asyncio.to_thread(peer.start)
        result = await look(server, timeout=10.0)
    assert verdict(result) == (Outcome.OK, None), result.detail
