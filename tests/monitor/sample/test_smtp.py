"""The sample SMTP server, spoken to by two clients that are not ours."""

import asyncio
import smtplib
from collections.abc import AsyncIterator

import aiosmtplib
import pytest

from monitor.sample.door import LineDoor
from monitor.sample.smtp import MAIL_BYTES_MAX, Mail, SmtpTalk


@pytest.fixture
def mails() -> list[Mail]:
    """What the server took."""
    return []


@pytest.fixture
async def port(mails: list[Mail]) -> AsyncIterator[int]:
    """A server that keeps its mails, on a port of its own."""
    door = LineDoor(0, lambda lines: SmtpTalk(lines, mails.append).run())
    await door.open()
    yield door.port
    await door.shut()


async def test_a_mail_arrives_whole(port: int, mails: list[Mail]) -> None:
    """The text is kept as it was sent, with the dots unstuffed and the envelope beside it."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False) as client:
        await client.sendmail("a@shop.test", ["b@shop.test", "c@shop.test"], "Subject: hi\r\n\r\n.dot\r\n")
    assert mails == [Mail("a@shop.test", ("b@shop.test", "c@shop.test"), "Subject: hi\r\n\r\n.dot\r\n")]


async def test_its_user_signs_in_by_plain_and_by_login(port: int) -> None:
    """Both mechanisms that it offers take the right password."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False) as client:
        assert (await client.auth_plain("sample", "let-me-in")).code == 235
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False) as client:
        assert (await client.auth_login("sample", "let-me-in")).code == 235


async def test_a_wrong_password_is_refused(port: int) -> None:
    """A wrong password gets 535, as real servers answer."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False) as client:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError) as refused:
            await client.login("sample", "wrong")
    assert refused.value.code == 535


async def test_nobody_is_no_recipient(port: int) -> None:
    """There is one address to try a refusal with."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False) as client:
        await client.ehlo()
        await client.mail("a@shop.test")
        with pytest.raises(aiosmtplib.SMTPRecipientRefused):
            await client.rcpt("nobody@shop.test")


async def test_a_mail_that_is_too_long_is_not_kept(port: int, mails: list[Mail]) -> None:
    """More than was announced is read to its end, refused, and forgotten."""
    text = "Subject: long\r\n\r\n" + ("x" * 998 + "\r\n") * (MAIL_BYTES_MAX // 1000 + 1)
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False) as client:
        await client.ehlo()
        await client.mail("a@shop.test")
        await client.rcpt("b@shop.test")
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await client.data(text)
    assert refused.value.code == 552
    assert mails == []


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("RCPT TO:<b@shop.test>", 503),
        ("DATA", 503),
        ("MAIL b@shop.test", 501),
        ("AUTH CRAM-MD5", 504),
        ("AUTH PLAIN ===", 535),
        ("VRFY root", 502),
    ],
)
async def test_what_is_out_of_order_is_refused(port: int, command: str, code: int) -> None:
    """Each command that makes no sense yet, or never does, gets its proper refusal."""

    def ask() -> int:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            return client.docmd(command)[0]

    assert await asyncio.to_thread(ask) == code


async def test_a_line_without_an_end_ends_the_visit(port: int) -> None:
    """A visitor who never stops is put out instead of filling the memory."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    writer.write(b"A" * 100_000)
    async with asyncio.timeout(5):
        with pytest.raises(ConnectionError):
            await asyncio.gather(writer.drain(), _until_closed(reader))
    writer.close()


async def _until_closed(reader: asyncio.StreamReader) -> None:
    if not await reader.read():
        raise ConnectionResetError
