"""A message to send, and a server to trust."""

import ssl
from datetime import UTC, datetime

import pytest
import trustme

from drafts.facts import UpdateKind
from monitor.channels.channel import Message
from monitor.models import Stage


@pytest.fixture
def vouched(authority: trustme.CA) -> ssl.SSLContext:
    """How a server on 127.0.0.1 speaks TLS with a certificate that the run's authority vouches for."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    return server


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
