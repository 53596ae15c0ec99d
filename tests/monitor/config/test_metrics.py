"""``[metrics]``: a hash or a certificate that cannot be used is refused before anybody depends on it."""

from pathlib import Path

import pytest
import trustme
from argon2 import PasswordHasher
from argon2.low_level import Type
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from monitor.config import Config, ConfigError, load
from monitor.publish import Kind

HASH = PasswordHasher(time_cost=1, memory_cost=64).hash("four words in a row")
ARGON2I = PasswordHasher(time_cost=1, memory_cost=64, type=Type.I).hash("four words in a row")
ENCRYPTED = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIBJTBPBgkqhkiG9w0BBQ0wQj\n-----END ENCRYPTED PRIVATE KEY-----\n"


@pytest.fixture
def files(tmp_path: Path, authority: trustme.CA) -> Path:
    """A directory with certificates and keys, good and bad."""
    one, other = authority.issue_cert("localhost"), authority.issue_cert("localhost")
    one.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    one.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    one.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    other.private_key_pem.write_to_path(str(tmp_path / "other.pem"))
    (tmp_path / "nonsense.pem").write_text("nonsense")
    return tmp_path


def read(directory: Path, metrics: str) -> Config:
    """A config with this section."""
    path = directory / "config.toml"
    path.write_text(f"[metrics]\n{metrics}\n")
    return load(path, Kind, environ={"HASH": HASH, "ARGON2I": ARGON2I, "TOKEN": "t" * 20, "SHORT": "t" * 19})


@pytest.mark.parametrize("lines", ['tls_cert = "both.pem"', 'tls_cert = "cert.pem"\ntls_key = "key.pem"'])
def test_a_certificate_is_taken(files: Path, lines: str) -> None:
    """Paths begin at the config file; the key may stand in the same file; the address says https."""
    metrics = read(files, lines).metrics
    assert metrics.tls() is not None
    assert metrics.url == "https://127.0.0.1:9481"


def test_a_password_and_a_token_are_taken(files: Path) -> None:
    """Neither is shown by whoever prints the config."""
    metrics = read(files, 'username = "prometheus"\npassword_hash = "${HASH}"\nbearer_token = "${TOKEN}"').metrics
    assert metrics.password_hash
    assert metrics.password_hash.get_secret_value() == HASH
    assert HASH not in repr(metrics)
    assert (metrics.tls(), metrics.url) == (None, "http://127.0.0.1:9481")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('username = "prometheus"', "metrics: username and password_hash go together"),
        ('password_hash = "${HASH}"', "metrics: username and password_hash go together"),
        ('username = "a:b"\npassword_hash = "${HASH}"', "metrics.username: "),
        (
            'username = "a"\npassword_hash = "${TOKEN}"',
            "metrics.password_hash: should be a hash by argon2id, which begin",
        ),
        ('username = "a"\npassword_hash = "${ARGON2I}"', "metrics.password_hash: should be a hash by argon2id"),
        ('username = "a"\npassword_hash = "x"', "metrics.password_hash: a secret is not written out here"),
        ('bearer_token = "${SHORT}"', "metrics.bearer_token: should have at least 20 characters"),
        ('tls_key = "key.pem"', "metrics: tls_key needs tls_cert"),
        ('tls_cert = "gone.pem"', "metrics: tls_cert and tls_key cannot be read: no such file or directory"),
        ('tls_cert = "nonsense.pem"', "metrics: tls_cert and tls_key: should be files in PEM"),
        ('tls_cert = "cert.pem"', "metrics: tls_cert and tls_key: should be files in PEM"),
        ('tls_cert = "cert.pem"\ntls_key = "other.pem"', "metrics: tls_cert and tls_key: the key does not belong to"),
    ],
)
def test_what_cannot_work_is_refused(files: Path, lines: str, why: str) -> None:
    """In one line, which shows no secret."""
    with pytest.raises(ConfigError) as caught:
        read(files, lines)
    (line,) = str(caught.value).splitlines()
    assert why in line
    assert "$argon2" not in line.replace('"$argon2id$"', "")


def test_an_encrypted_key_asks_nobody(files: Path) -> None:
    """It is refused; nobody sits at the terminal of a daemon to type its password."""
    key = load_pem_private_key((files / "key.pem").read_bytes(), None)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"hunter2"))
    (files / "secret.pem").write_bytes(secret)
    with pytest.raises(ConfigError, match="the key is encrypted; give one without a password"):
        read(files, 'tls_cert = "cert.pem"\ntls_key = "secret.pem"')
