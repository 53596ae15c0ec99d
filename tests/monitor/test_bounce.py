"""Reports of mail that came back."""

import pytest

from monitor.bounce import Bounce, lasting, read

NONCE, OTHER = "a" * 24, "b" * 24
REPORT = """\
From: MAILER-DAEMON@mail.test
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain

I'm sorry to have to inform you. Status: 5.1.1, Action: failed, +{nonce}.{other}@ in prose.

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.test

Final-Recipient: rfc822; ann@a.test
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no

--edge
Content-Type: {returned}

{headers}

--edge--
"""


def report(**changes: str) -> bytes:
    """A report as Postfix writes it."""
    told = {"to": "status@example.test", "action": "failed", "status": "5.1.1", "nonce": NONCE, "other": OTHER}
    told |= {"returned": "text/rfc822-headers", "headers": "Subject: x", **changes}
    return REPORT.format(**told).replace("\n", "\r\n").encode()


def test_a_report_tells_its_status_and_where_it_came_back_to() -> None:
    """The address that it came back to holds a pass, in letters of any case; prose holds nothing."""
    assert read(report(to=f"<Bounces+{NONCE.upper()}.{OTHER}@example.test>")) == Bounce("5.1.1", (f"{NONCE}.{OTHER}",))
    assert read(report()) == Bounce("5.1.1")


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_shows_the_headers_of_what_came_back(returned: str) -> None:
    """Whole or headers alone: the link to leave is one that only who had the mail can show."""
    headers = f"Subject: x\nList-Unsubscribe: <https://status.test/de/unsubscribe/{NONCE}.{OTHER}>\n\nWords."
    assert read(report(returned=returned, headers=headers)) == Bounce("5.1.1", (), (f"{NONCE}.{OTHER}",))


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_did_not_fail_is_no_bounce(action: str) -> None:
    """A server that goes on trying, or that says that it delivered, tells of no failure."""
    assert read(report(action=action)) is None


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe", b"Subject: I am on holiday\r\n\r\nBack on Monday. Status: 5.1.1\r\n"]
)
def test_other_mail_is_no_bounce(raw: bytes) -> None:
    """A holiday note stops nobody."""
    assert read(raw) is None


def test_a_report_of_many_parts_is_read_to_a_bound() -> None:
    """Nested without end, it costs little and says nothing."""
    nested = (
        b'Content-Type: multipart/report; boundary="e"\r\n\r\n' + b"--e\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 5000
    )
    assert read(nested) is None


@pytest.mark.parametrize(
    ("status", "for_good"),
    [
        ("5.1.1", True),
        ("5.0.0", True),
        ("5.2.1", True),
        ("5.4.4", True),
        ("5.2.2", False),
        ("5.2.3", False),
        ("5.3.4", False),
        ("5.6.0", False),
        ("5.7.1", False),
        ("4.2.2", False),
        ("4.4.7", False),
        ("2.0.0", False),
        ("", False),
    ],
)
def test_what_speaks_of_the_address_is_for_good(status: str, for_good: bool) -> None:  # noqa: FBT001 - a row
    """And what speaks of a full mailbox, the message or us may pass."""
    assert lasting(status) is for_good
