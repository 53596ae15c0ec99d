"""A message to send, and certificates to trust."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from drafts.facts import UpdateKind
from monitor.channels.channel import Message
from monitor.models import Stage
from tests.monitor.channels.sinks import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority that vouches for 127.0.0.1."""
    ca = trustme.CA()
    ca_file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(ca_file)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(server)
    return Authority(ca_file, server)


@pytest.fixture
def message() -> Message:
    """A first notice on its way."""
    return Message(
        key="5f0c1c53-86cf-5d0c-8f3a-0a4a6f3f2f11",
        thread="incident-7.20261122T140200Z",
        incident_id=7,
        update_id=12,
        kind=UpdateKind.FIRST,
        stage=Stage.INVESTIGATING,
        language="en",
        title="Sending email: you cannot send mail",
        body="**Sending email: you cannot send mail.** Since 14:02 UTC it fails, says Zoë: [follow us](https://status.test/).",
        short="You cannot send mail since 14:02 UTC.",
        spoken="You cannot send mail.",
        approver="Ada Winter",
        approved_at=datetime(2026, 11, 22, 14, 6, tzinfo=UTC),
        sent_at=datetime(2026, 11, 22, 14, 6, 1, tzinfo=UTC),
        next_update_at=datetime(2026, 11, 22, 15, 0, tzinfo=UTC),
        site="Example Mail",
        page_url="https://status.test/incidents/7",
    )
