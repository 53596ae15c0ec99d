"""A call by mail, to a real server."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.calls.email import Email
from monitor.calls.route import Ring
from monitor.sending.sender import Permanent, Temporary
from tests.monitor.channels.sinks import MailSink, mail_sink
from tests.peers.postfix import Postfix


def route(sink: MailSink) -> Email:
    """Ada's mailbox."""
    return Email.model_validate(
        {
            "name": "ada-mail",
            "host": "127.0.0.1",
            "port": sink.port,
            "tls_mode": "none",
            "mail_from": "ownup@example.test",
            "to": "ada@example.test",
        }
    )


async def test_a_call_is_one_short_grave_letter(ring: Ring) -> None:
    """Subject, text and link; no machine answers it, and all about one matter is one thread."""
    async with mail_sink() as sink:
        assert await route(sink).ring(ring) == "2.0.0 queued as 1"
    (mail,) = sink.mails
    letter = mail.letter
    assert mail.rcpt_tos == ["ada@example.test"]
    assert (letter["Subject"], letter["To"], letter["Importance"]) == (ring.title, "ada@example.test", "high")
    assert letter["Message-ID"] == f"<{ring.key}@example.test>"
    assert letter["In-Reply-To"] == "<incident-7.20261122T140200Z.confirmed@example.test>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().splitlines() == ring.text.splitlines()


async def test_a_repeat_is_not_grave(ring: Ring) -> None:
    """Whoever slept through the first is not woken by the fifth, but finds it."""
    async with mail_sink() as sink:
        await route(sink).ring(replace(ring, quiet=True))
    assert sink.mails[0].letter["Importance"] == "normal"


async def test_a_line_break_makes_no_header(ring: Ring) -> None:
    """Whatever a title holds, it stays one line."""
    async with mail_sink() as sink:
        await route(sink).ring(replace(ring, title="Down\r\nBcc: all@example.test", text="<b>\u202etext"))
    letter = sink.mails[0].letter
    assert letter["Subject"] == "Down Bcc: all@example.test"
    assert letter["Bcc"] is None
    assert "\u202e" not in letter.get_content()


async def test_a_real_mail_server_takes_it(ring: Ring, postfix: Postfix, authority_file: Path) -> None:
    """Postfix, over STARTTLS, with a certificate that we check."""
    told = {
        "name": "ada-mail",
        "host": "127.0.0.1",
        "port": postfix.smtp,
        "tls": {"ca_file": authority_file},
        "mail_from": "ownup@example.test",
        "to": "sample@example.test",
    }
    assert (await Email.model_validate(told).ring(ring)).startswith("2.0.0 Ok: queued as ")
    with pytest.raises(Permanent, match=r"550 5\.1\.1"):
        await Email.model_validate({**told, "to": "nobody@example.test"}).ring(ring)


@pytest.mark.parametrize(("answer", "failure"), [("450 4.2.1 busy", Temporary), ("550 5.1.1 nobody", Permanent)])
async def test_a_refused_recipient_is_a_call_that_failed(ring: Ring, answer: str, failure: type[Exception]) -> None:
    """A deferral is tried again, a refusal is not."""
    async with mail_sink() as sink:
        sink.rcpt["ada@example.test"] = answer
        with pytest.raises(failure) as failed:
            await route(sink).ring(ring)
    assert failed.value.detail == answer
