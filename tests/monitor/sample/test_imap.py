"""The sample IMAP server, spoken to by the standard library's client."""

import asyncio
import imaplib
from collections.abc import AsyncIterator

import pytest

from monitor.sample.door import LineDoor
from monitor.sample.imap import ImapTalk


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A server on a port of its own."""
    door = LineDoor(0, lambda lines: ImapTalk(lines).run())
    await door.open()
    yield door.port
    await door.shut()


async def test_a_whole_visit(port: int) -> None:
    """Sign in, look into the empty INBOX, and leave: each answer is one that a strict client takes."""

    def visit() -> list[bytes | None]:
        with imaplib.IMAP4("127.0.0.1", port, timeout=5) as client:
            client.login("sample", "let-me-in")
            return client.select("INBOX", readonly=True)[1]

    assert await asyncio.to_thread(visit) == [b"0"]


async def test_plain_authentication(port: int) -> None:
    """AUTHENTICATE PLAIN works as well as LOGIN."""

    def visit() -> str:
        with imaplib.IMAP4("127.0.0.1", port, timeout=5) as client:
            return client.authenticate("PLAIN", lambda _: b"\0sample\0let-me-in")[0]

    assert await asyncio.to_thread(visit) == "OK"


async def test_a_wrong_password_is_refused(port: int) -> None:
    """A wrong password gets NO, and the mailbox stays closed."""

    def visit() -> None:
        with imaplib.IMAP4("127.0.0.1", port, timeout=5) as client:
            client.login("sample", "wrong")

    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        await asyncio.to_thread(visit)


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        (b"a SELECT INBOX\r\n", b"a BAD"),
        (b"a FROBNICATE\r\n", b"a BAD"),
        (b"a LOGIN {6}\r\nsample {6}\r\nsample\r\n", b"+ go on"),
        (b"a LOGIN {6+}\r\nsample {9+}\r\nlet-me-in\r\n", b"a OK"),
        (b'a LOGIN "sam\\ple" "let-me-in"\r\n', b"a OK"),
        (b"a AUTHENTICATE NTLM\r\n", b"a NO"),
        (b"\r\n", b"* BAD"),
        (b"a LOGIN {99999}\r\n", b""),
    ],
)
async def test_the_first_answer(port: int, said: bytes, answers: bytes) -> None:
    """Literals, quotes and nonsense are each met as the grammar wants; a literal beyond the bound ends the visit."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    writer.write(said)
    async with asyncio.timeout(5):
        answer = await reader.readline()
    writer.close()
    assert answer.startswith(answers)
    assert bool(answer) == bool(answers)
