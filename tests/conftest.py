"""What every test may use: one authority that signs certificates for this run, and the real servers of tests/peers."""

from pathlib import Path

import pytest
import trustme

pytest_plugins = ("tests.peers.fixtures",)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody else trusts."""
    return trustme.CA()


@pytest.fixture(scope="session")
def authority_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its certificate as a PEM file, for ``tls.ca_file``."""
    path = tmp_path_factory.mktemp("authority") / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path
