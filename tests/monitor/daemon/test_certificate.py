"""The certificate of the metrics listener, at a real daemon: it can be renewed, and a bad one never takes its place."""

import asyncio
import os
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import trustme
from cryptography import x509

from monitor.config import Metrics
from monitor.daemon.listeners import CannotListen, secured
from tests.e2e.ownup import HOUSE, Ownup
from tests.peers.ports import Block

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def ownup(tmp_path: Path, ports: Block, authority: trustme.CA) -> AsyncIterator[Ownup]:
    """A daemon that tells its metrics by https."""
    write(tmp_path, authority)
    metrics = ports.port()
    text = HOUSE.format(desk=ports.port(), page=ports.port(), metrics=metrics)
    text = text.replace("[metrics]\n", '[metrics]\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n')
    daemon = Ownup(tmp_path, text, {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]})
    yield daemon
    if daemon.process and daemon.process.returncode is None:
        await daemon.kill()


def write(directory: Path, authority: trustme.CA) -> int:
    """A new certificate in the place of the old one; its serial."""
    leaf = authority.issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(str(directory / "cert.pem"))
    leaf.private_key_pem.write_to_path(str(directory / "key.pem"))
    return x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes()).serial_number


async def serial(ownup: Ownup, authority: trustme.CA) -> int:
    """The serial of the certificate that is shown, by one who trusts our authority alone."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    host, _, port = ownup.metrics.removeprefix("https://").removesuffix("/metrics").partition(":")
    _, writer = await asyncio.open_connection(host, int(port), ssl=context)
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return x509.load_der_x509_certificate(shown).serial_number


async def test_a_reload_takes_up_a_new_certificate(ownup: Ownup, tmp_path: Path, authority: trustme.CA) -> None:
    """The address says https; the new certificate is shown after SIGHUP; what is none leaves the old one in place."""
    await ownup.start()
    assert ownup.metrics.startswith("https://127.0.0.1:")
    former = await serial(ownup, authority)
    renewed = write(tmp_path, authority)
    assert renewed != former
    assert ownup.process
    ownup.process.send_signal(signal.SIGHUP)
    async with asyncio.timeout(20):
        shown = former
        while shown != renewed:
            with suppress(OSError):  # between two lives of the daemon nobody answers
                shown = await serial(ownup, authority)
            await asyncio.sleep(0.05)
    (tmp_path / "cert.pem").write_text("nonsense")
    ownup.process.send_signal(signal.SIGHUP)
    async with asyncio.timeout(20):
        while "should be files in PEM" not in ownup.log():
            await asyncio.sleep(0.05)
    assert await serial(ownup, authority) == renewed


def test_a_certificate_that_is_spoilt_after_it_was_checked_is_one_line(tmp_path: Path, authority: trustme.CA) -> None:
    """Whoever renews it may be writing it at this very moment: then the old config goes on, as for a port in use."""
    write(tmp_path, authority)
    rules = Metrics(tls_cert=tmp_path / "cert.pem", tls_key=tmp_path / "key.pem")
    assert secured(rules) is not None
    (tmp_path / "key.pem").write_text("half a k")
    with pytest.raises(CannotListen, match=r"^\[metrics\] cannot listen on 127.0.0.1:9481: tls_cert and tls_key: "):
        secured(rules)
