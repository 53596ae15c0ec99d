"""Mail to a list, against a real SMTP server."""

import asyncio
import base64
import json
import re
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from pydantic import ValidationError

from monitor.channels.channel import Message
from monitor.channels.email import RECIPIENT_ATTEMPTS_MAX, Email
from monitor.sending.sender import Permanent, Temporary
from tests.monitor.channels.sinks import MailSink, answer, hook_sink, line_server, mail_sink

ANN, BOB, CEM = "ann@a.test", "bob@b.test", "cem@c.test"


def channel(port: int, **options: object) -> Email:
    """A list of one recipient over a plain connection, unless told otherwise."""
    settings = {"name": "list", "host": "127.0.0.1", "port": port, "mail_from": "status@example.test", "to": (ANN,)}
    return Email.model_validate({"tls_mode": "none", **settings, **options})


async def test_a_letter_reaches_everybody_and_shows_nobody(message: Message) -> None:
    """All recipients share one transaction, and none stands in a header."""
    async with mail_sink() as sink:
        receipt = await channel(sink.port, to=(ANN, BOB, CEM)).send(message)
    (mail,) = sink.mails
    assert mail.rcpt_tos == [ANN, BOB, CEM]
    assert receipt == "2.0.0 queued as 1; 3 of 3 recipients"
    assert all(who.encode() not in mail.raw for who in (ANN, BOB, CEM))


async def test_the_headers_name_key_thread_list_and_robot(message: Message) -> None:
    """A reader's program can thread the letter, file it, know it again and not answer it."""
    async with mail_sink() as sink:
        await channel(sink.port, reply_to="help@example.test").send(message)
    letter = sink.mails[0].letter
    thread = f"<{message.thread}@example.test>"
    expected = {
        "From": "Example Mail <status@example.test>",
        "To": "undisclosed-recipients:;",
        "Reply-To": "help@example.test",
        "Subject": "[Example Mail] Sending email: you cannot send mail",
        "Date": "Sun, 22 Nov 2026 14:06:00 +0000",
        "Message-ID": f"<{message.key}@example.test>",
        "In-Reply-To": thread,
        "References": thread,
        "Auto-Submitted": "auto-generated",
        "List-Id": "<list.status.test>",
    }
    assert {name: letter[name] for name in expected} == expected


async def test_both_parts_say_the_approved_words(message: Message) -> None:
    """The text part reads without marks; the HTML part is rendered, and markup in a notice stays text."""
    async with mail_sink() as sink:
        await channel(sink.port).send(replace(message, body=message.body + "\n\n.\n\n<script>alert(1)</script>"))
    text, page = (part.get_content() for part in sink.mails[0].letter.iter_parts())
    assert (
        "Sending email: you cannot send mail. Since 14:02 UTC it fails, says Zoë: follow us (https://status.test/)."
        in text
    )
    assert "." in text.splitlines()
    assert "<strong>Sending email: you cannot send mail.</strong>" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert all("https://status.test/incidents/7" in part for part in (text, page))


async def test_every_attempt_is_the_same_letter(message: Message) -> None:
    """A second attempt can be told from a second update: it has the first one's Message-ID."""
    async with mail_sink() as sink:
        for attempt in (1, 2):
            await channel(sink.port).send(replace(message, attempt=attempt))
    first, second = (mail.letter for mail in sink.mails)
    assert first.items()[:-1] == second.items()[:-1]


async def test_hostile_words_begin_no_header_and_turn_no_letter(message: Message) -> None:
    """Line ends, controls and turning characters in title or text are shown; an endless line is cut by the coding."""
    hostile = "Down\r\nBcc: all@example.test\r\n\r\n<b>\u202etxet\x1b[31m {{7*7}} " + "W" * 200_000
    async with mail_sink() as sink:
        await channel(sink.port).send(replace(message, title=hostile[:200], body=hostile))
    (mail,) = sink.mails
    assert mail.letter["Bcc"] is None
    assert max(map(len, mail.raw.splitlines())) <= 998
    for part in mail.letter.iter_parts():
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]", part.get_content())
        assert "{{7" in part.get_content()


@pytest.mark.parametrize("field", ["title", "site"])
async def test_no_text_can_begin_a_header(message: Message, field: str) -> None:
    """Line ends in a title or a name become spaces."""
    hostile = replace(message, **{field: "Hello\r\nBcc: eve@e.test\r\n\r\n\x00<b>"})
    async with mail_sink() as sink:
        await channel(sink.port).send(hostile)
    letter = sink.mails[0].letter
    assert letter["Bcc"] is None
    assert "Hello Bcc: eve@e.test \\x00<b>" in letter["Subject"]


async def test_a_refused_recipient_is_named_and_stops_nobody(message: Message) -> None:
    """The receipt says who did not get it, and in which words the server refused."""
    async with mail_sink() as sink:
        sink.rcpt[BOB] = "550 5.1.1 no such user"
        receipt = await channel(sink.port, to=(ANN, BOB)).send(message)
    assert sink.mails[0].rcpt_tos == [ANN]
    assert receipt == "2.0.0 queued as 1; 1 of 2 recipients; not reached: bob@b.test (550 5.1.1 no such user)"


async def test_a_deferred_recipient_is_asked_again_alone(message: Message) -> None:
    """Who has the letter gets no second copy while another is asked again."""
    async with mail_sink() as sink:
        sink.rcpt[BOB] = "450 4.2.0 greylisted"
        list_ = channel(sink.port, to=(ANN, BOB))
        with pytest.raises(Temporary, match="not reached: bob") as deferred:
            await list_.send(message)
        assert deferred.value.reached == {ANN}
        del sink.rcpt[BOB]
        receipt = await list_.send(replace(message, attempt=2, reached=deferred.value.reached))
    assert [mail.rcpt_tos for mail in sink.mails] == [[ANN], [BOB]]
    assert receipt == "2.0.0 queued as 2; 2 of 2 recipients"


async def test_one_who_is_deferred_for_ever_holds_up_nobody_for_ever(message: Message) -> None:
    """At the last attempt the letter counts as delivered, and the receipt names who was not reached."""
    async with mail_sink() as sink:
        sink.rcpt[BOB] = "452 4.2.2 mailbox full"
        late = replace(message, attempt=RECIPIENT_ATTEMPTS_MAX, reached=frozenset({ANN}))
        receipt = await channel(sink.port, to=(ANN, BOB)).send(late)
    assert receipt == "nobody took it; 1 of 2 recipients; not reached: bob@b.test (452 4.2.2 mailbox full)"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("450 4.2.0 later", Temporary), ("550 5.7.1 never", Permanent), ("421 4.3.2 bye", Temporary)],
)
@pytest.mark.parametrize("stage", ["rcpt", "data"])
async def test_what_may_pass_is_told_from_what_will_not(
    message: Message, stage: str, answer: str, outcome: type[Exception]
) -> None:
    """A 4xx answer is temporary and a 5xx answer is permanent, whoever of the list or whatever it is given to."""
    async with mail_sink() as sink:
        if stage == "rcpt":
            sink.rcpt[ANN] = answer
        else:
            sink.data.append(answer)
        with pytest.raises(outcome, match=answer[:3]):
            await channel(sink.port).send(replace(message, attempt=99))
    assert sink.mails == []


@pytest.mark.parametrize("mode", ["starttls", "implicit"])
async def test_tls_is_spoken_with_whom_we_trust(
    message: Message, mode: str, vouched: ssl.SSLContext, authority_file: Path
) -> None:
    """STARTTLS and TLS from the first byte both carry the letter."""
    async with mail_sink(**{mode: vouched}) as sink:
        await channel(sink.port, tls_mode=mode, tls={"ca_file": authority_file}).send(message)
    assert len(sink.mails) == 1


@pytest.mark.parametrize("mode", ["starttls", "implicit"])
async def test_a_stranger_gets_nothing(message: Message, mode: str, vouched: ssl.SSLContext) -> None:
    """A certificate that nobody vouches for ends the talk before the letter."""
    async with mail_sink(**{mode: vouched}) as sink:
        with pytest.raises(Temporary, match="CERTIFICATE_VERIFY_FAILED"):
            await channel(sink.port, tls_mode=mode).send(message)
    assert sink.asked == sink.mails == []


async def test_no_starttls_no_letter(message: Message) -> None:
    """A server, or somebody on the line, that hides STARTTLS cannot make us speak in clear."""
    async with mail_sink() as sink:
        with pytest.raises(Temporary, match="STARTTLS"):
            await channel(sink.port, tls_mode="starttls").send(message)
    assert sink.asked == sink.mails == []


async def test_a_password_opens_the_door_and_is_never_shown(
    message: Message, vouched: ssl.SSLContext, authority_file: Path
) -> None:
    """The right password sends; a wrong one is permanent, and the error does not hold it."""
    trust = {"tls_mode": "starttls", "tls": {"ca_file": authority_file}, "username": "status"}
    async with mail_sink(starttls=vouched, password="right-one") as sink:
        await channel(sink.port, password="right-one", **trust).send(message)
        with pytest.raises(Permanent, match="535") as refused:
            await channel(sink.port, password="wrong-one", **trust).send(message)
    assert len(sink.mails) == 1
    assert "wrong-one" not in refused.value.detail


class Gate(MailSink):
    """A mail server that lets in whoever shows the token that it knows (XOAUTH2)."""

    async def auth_XOAUTH2(self, server: SMTP, args: list[bytes]) -> AuthResult:  # noqa: N802 - the server calls it like this
        del server
        shown = base64.b64decode(args[1]).decode()
        return AuthResult(success=shown == "user=status\x01auth=Bearer fresh-token\x01\x01", handled=False)


async def test_an_access_token_opens_the_door(message: Message, vouched: ssl.SSLContext, authority_file: Path) -> None:
    """The token comes from its endpoint; one that is refused may be old, so another is asked for."""
    grants = [
        answer(200, json.dumps({"access_token": word, "expires_in": 3600})) for word in ("stale-token", "fresh-token")
    ]
    gate = Gate()
    async with hook_sink() as tokens, mail_sink(starttls=vouched, password="none", sink=gate) as sink:
        tokens.answers += grants
        oauth = {"token_url": f"http://127.0.0.1:{tokens.port}/", "client_id": "us", "client_secret": "cl1ent"}
        trust = {"tls_mode": "starttls", "tls": {"ca_file": authority_file}, "username": "status", "oauth": oauth}
        with pytest.raises(Temporary, match="535"):
            await channel(sink.port, **trust).send(message)
        await channel(sink.port, **trust).send(message)
    assert len(tokens.hooks) == 2
    assert len(sink.mails) == 1


async def test_no_token_may_pass(message: Message, vouched: ssl.SSLContext, authority_file: Path) -> None:
    """A token endpoint that refuses may come back: the mail waits, and its secret is not told."""
    async with hook_sink() as tokens, mail_sink(starttls=vouched, password="none", sink=Gate()) as sink:
        tokens.answers.append(answer(400, '{"error": "invalid_client"}'))
        oauth = {"token_url": f"http://127.0.0.1:{tokens.port}/", "client_id": "us", "client_secret": "cl1ent"}
        trust = {"tls_mode": "starttls", "tls": {"ca_file": authority_file}, "username": "status", "oauth": oauth}
        with pytest.raises(Temporary, match="invalid_client") as later:
            await channel(sink.port, **trust).send(message)
    assert "cl1ent" not in later.value.detail


async def test_a_closed_port_is_temporary(message: Message) -> None:
    """Nobody listening may pass."""
    async with mail_sink() as sink:
        pass
    with pytest.raises(Temporary, match="Error connecting"):
        await channel(sink.port).send(message)


async def test_a_goodbye_that_never_comes_undoes_nothing(message: Message) -> None:
    """Once the server has taken the letter, it is delivered, whatever becomes of QUIT."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while (line := await reader.readline()) and not line.startswith(b"QUIT"):
            if line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            else:
                writer.write(b"250 fine\r\n")
        await asyncio.Event().wait()

    async with line_server(talk) as port:
        assert await channel(port).send(message) == "taken; 1 of 1 recipients"


async def test_a_silent_server_is_left_at_once_when_the_caller_gives_up(message: Message) -> None:
    """The caller's timeout ends a send at any moment; no goodbye is waited for."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        await asyncio.Event().wait()

    loop = asyncio.get_running_loop()
    async with line_server(talk) as port:
        began = loop.time()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await channel(port).send(message)
        assert loop.time() - began < 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ()},
        {"to": ("ann",)},
        {"to": ("ann@a.test\nRCPT TO:<eve@e.test>",)},
        {"to": ("ann@a.test\n",)},
        {"to": ("a b@a.test",)},
        {"to": tuple(f"a{n}@a.test" for n in range(101))},
        {"mail_from": "Ann <ann@a.test>"},
        {"username": "status"},
        {"username": "status", "password": "clear"},
        {"username": "status", "password": "x", "oauth": {"token_command": ["t"]}, "tls_mode": "starttls"},
        {"helo": "a b"},
    ],
)
def test_options_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    """An address is one address, a list has an end, and a password is not sent in clear."""
    with pytest.raises(ValidationError):
        channel(25, **wrong)
