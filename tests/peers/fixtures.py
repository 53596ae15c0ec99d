"""The real servers as fixtures: each test gets its own, started, and may stop, kill and start it as it likes."""

from collections.abc import Iterator

import pytest
import trustme

from tests.peers.cyrus import Cyrus
from tests.peers.dovecot import Dovecot
from tests.peers.exim import Exim
from tests.peers.nginx import Nginx
from tests.peers.ports import Block
from tests.peers.postfix import Postfix


@pytest.fixture(scope="session")
def ports() -> Iterator[Block]:
    """Ports that belong to this test process."""
    block = Block()
    yield block
    block.close()


@pytest.fixture(scope="session")
def server_certificate(authority: trustme.CA) -> trustme.LeafCert:
    """What the servers show: it is good for localhost, 127.0.0.1 and the names that they call themselves."""
    return authority.issue_cert("localhost", "127.0.0.1", "www.example.test", "mail.example.test", "imap.example.test")


@pytest.fixture
def nginx(ports: Block, server_certificate: trustme.LeafCert) -> Iterator[Nginx]:
    """A running nginx."""
    with Nginx(ports, server_certificate) as peer:
        yield peer


@pytest.fixture
def dovecot(ports: Block, server_certificate: trustme.LeafCert) -> Iterator[Dovecot]:
    """A running Dovecot."""
    with Dovecot(ports, server_certificate) as peer:
        yield peer


@pytest.fixture
def postfix(ports: Block, server_certificate: trustme.LeafCert) -> Iterator[Postfix]:
    """A running Postfix that nobody signs in to."""
    with Postfix(ports, server_certificate) as peer:
        yield peer


@pytest.fixture
def postfix_with_login(ports: Block, server_certificate: trustme.LeafCert, dovecot: Dovecot) -> Iterator[Postfix]:
    """A running Postfix whose users are Dovecot's."""
    with Postfix(ports, server_certificate, auth=dovecot.auth) as peer:
        yield peer


@pytest.fixture
def exim(ports: Block, server_certificate: trustme.LeafCert) -> Iterator[Exim]:
    """A running Exim."""
    with Exim(ports, server_certificate) as peer:
        yield peer


@pytest.fixture
def cyrus(ports: Block, server_certificate: trustme.LeafCert) -> Iterator[Cyrus]:
    """A running Cyrus."""
    with Cyrus(ports, server_certificate) as peer:
        yield peer
