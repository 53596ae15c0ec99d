"""The peers themselves: each is real, answers on its own ports, and is gone when it should be."""

import imaplib
import smtplib
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import trustme

from tests.peers.cyrus import Cyrus
from tests.peers.dovecot import PASSWORD, USERNAME, Dovecot
from tests.peers.exim import Exim
from tests.peers.nginx import Nginx
from tests.peers.peer import Peer
from tests.peers.ports import Block
from tests.peers.postfix import Postfix

Make = Callable[[Block, trustme.LeafCert], Peer]


@pytest.fixture
def trusting(authority_file: Path) -> ssl.SSLContext:
    """A client that trusts our authority."""
    return ssl.create_default_context(cafile=authority_file)


@pytest.fixture(params=[Nginx, Postfix, Dovecot, Exim, Cyrus])
def peer(request: pytest.FixtureRequest, ports: Block, server_certificate: trustme.LeafCert) -> Iterator[Peer]:
    """Each of them, started."""
    make: Make = request.param
    with make(ports, server_certificate) as one:
        yield one


def test_nginx_serves_its_site_over_http_and_https(nginx: Nginx, trusting: ssl.SSLContext) -> None:
    """A new file in the site is there at once, on both ports."""
    nginx.site.joinpath("new.html").write_text("new")
    with urllib.request.urlopen(f"http://127.0.0.1:{nginx.http}/new.html", timeout=5) as answer:
        assert answer.read() == b"new"
    with urllib.request.urlopen(f"https://localhost:{nginx.https}/", timeout=5, context=trusting) as answer:
        assert b"All our shops are open." in answer.read()


@pytest.mark.parametrize(("path", "status"), [("/forbidden", 403), ("/broken", 503), ("/nothing", 404)])
def test_nginx_fails_in_known_ways(nginx: Nginx, path: str, status: int) -> None:
    """There is a page for each way in which a web server says no."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{nginx.http}{path}", timeout=5)
    with refused.value:
        assert refused.value.code == status


def test_postfix_takes_mail_for_those_it_knows(postfix: Postfix, trusting: ssl.SSLContext) -> None:
    """STARTTLS works, a known recipient is accepted, an unknown one gets 550."""
    with smtplib.SMTP("localhost", postfix.smtp, timeout=5) as client:
        client.starttls(context=trusting)
        client.ehlo()
        client.mail("probe@example.test")
        assert client.rcpt("sample@example.test")[0] == 250
        assert client.rcpt("stranger@example.test")[0] == 550
        client.rset()
        client.sendmail("probe@example.test", ["sample@example.test"], "Subject: hi\n\nhi")


def test_postfix_speaks_tls_from_the_first_byte(postfix: Postfix, trusting: ssl.SSLContext) -> None:
    """The second port is what RFC 8314 wants."""
    with smtplib.SMTP_SSL("localhost", postfix.smtps, timeout=5, context=trusting) as client:
        assert client.noop()[0] == 250


def test_postfix_asks_dovecot_who_may_sign_in(postfix_with_login: Postfix) -> None:
    """The right password gets 235, a wrong one 535."""
    with smtplib.SMTP("localhost", postfix_with_login.smtp, timeout=5) as client:
        assert client.login(USERNAME, PASSWORD)[0] == 235
    with (
        smtplib.SMTP("localhost", postfix_with_login.smtp, timeout=5) as client,
        pytest.raises(smtplib.SMTPAuthenticationError) as refused,
    ):
        client.login(USERNAME, "wrong")
    assert refused.value.smtp_code == 535


def test_dovecot_lets_its_user_in(dovecot: Dovecot, trusting: ssl.SSLContext) -> None:
    """Plain, by STARTTLS and by TLS: the user sees an empty INBOX."""
    plain = imaplib.IMAP4("localhost", dovecot.imap, timeout=5)
    upgraded = imaplib.IMAP4("localhost", dovecot.imap, timeout=5)
    upgraded.starttls(trusting)
    implicit = imaplib.IMAP4_SSL("localhost", dovecot.imaps, ssl_context=trusting, timeout=5)
    for client in (plain, upgraded, implicit):
        with client:
            client.login(USERNAME, PASSWORD)
            assert client.select("INBOX", readonly=True) == ("OK", [b"0"])


@pytest.mark.parametrize(("username", "password"), [(USERNAME, "wrong"), ("stranger", PASSWORD)])
def test_dovecot_lets_nobody_else_in(dovecot: Dovecot, username: str, password: str) -> None:
    """Neither a wrong password nor a wrong name opens it."""
    with (
        imaplib.IMAP4("localhost", dovecot.imap, timeout=5) as client,
        pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"),
    ):
        client.login(username, password)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_peer_ends_within_two_seconds_and_comes_back(peer: Peer, end: str) -> None:
    """Its port refuses, none of its processes is left, and it starts again on the same port."""
    family = _family(peer)
    began = time.monotonic()
    getattr(peer, end)()
    assert time.monotonic() - began < 2
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", peer.port_to_wait_for()), timeout=1)
    assert family
    assert not any(_lives(process) for process in family)
    peer.start()
    assert peer.is_running


def test_a_removed_peer_leaves_no_file(ports: Block, server_certificate: trustme.LeafCert) -> None:
    """The directory goes with the server."""
    with Nginx(ports, server_certificate) as one:
        assert one.directory.exists()
    assert not one.directory.exists()


def test_two_blocks_share_no_port() -> None:
    """Two test processes never give the same port to two servers."""
    first, second = Block(), Block()
    try:
        assert not {first.port() for _ in range(20)} & {second.port() for _ in range(20)}
    finally:
        first.close()
        second.close()


def _family(peer: Peer) -> list[psutil.Process]:
    """Every process whose command line or parent tells that it belongs to this peer."""
    heads = [process for process in psutil.process_iter() if str(peer.directory) in " ".join(_words(process))]
    return [*{process for head in heads for process in (head, *head.children(recursive=True))}]


def _lives(process: psutil.Process) -> bool:
    """Not gone, and not merely waiting to be reaped by whoever inherited it."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
