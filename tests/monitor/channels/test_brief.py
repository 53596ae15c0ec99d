"""The support brief, by mail and by a signed post."""

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError

from monitor.channels.brief import Brief
from monitor.channels.channel import Message
from monitor.sending.sender import Permanent, Temporary
from tests.monitor.channels.sinks import MailSink, hook_sink, mail_sink
from tests.monitor.channels.test_webhook import SECRET


@pytest.fixture
def told(message: Message) -> Message:
    """A message with its brief."""
    return replace(message, brief=("Say: **you cannot send mail**.", "Do not promise a time."), waiting_line="Hold on.")


def by_mail(sink: MailSink) -> Brief:
    """To two who answer the phone."""
    mail = {"host": "127.0.0.1", "port": sink.port, "tls_mode": "none", "mail_from": "status@example.test"}
    return Brief.model_validate({"name": "support", "mail": {**mail, "to": ["phone@a.test", "chat@a.test"]}})


async def test_it_goes_by_mail(told: Message) -> None:
    """The letter holds what to say, paragraph by paragraph, and the sentence for those who wait."""
    async with mail_sink() as sink:
        assert "queued as 1" in await by_mail(sink).send(told)
    (mail,) = sink.mails
    text = mail.letter.get_body(("plain",)).get_content()
    assert mail.rcpt_tos == ["phone@a.test", "chat@a.test"]
    assert mail.letter["Subject"] == f"[Example Mail] Brief: {told.title}"
    assert mail.letter["Message-ID"] == f"<{told.key}@example.test>"
    assert "Say: you cannot send mail.\n\nDo not promise a time.\n\nHold on." in text.replace("\r", "")


async def test_it_goes_to_a_hook(told: Message) -> None:
    """A signed post with the paragraphs as a list, under the key of the message."""
    async with hook_sink() as sink:
        hook = {"url": f"http://127.0.0.1:{sink.port}/brief", "secret": SECRET}
        assert await Brief.model_validate({"name": "support", "hook": hook}).send(told) == "204"
    sent = json.loads(sink.hooks[0].body)
    assert sent["type"] == "incident.brief"
    assert (sent["data"]["say"], sent["data"]["waiting_line"]) == (list(told.brief), "Hold on.")
    assert sink.hooks[0].headers["webhook-id"] == told.key


async def test_without_a_brief_the_spoken_form_stands_for_it(message: Message) -> None:
    """Where nothing fails there is nothing to brief of, and the words for the telephone are sent."""
    async with mail_sink() as sink:
        await by_mail(sink).send(message)
    assert message.spoken in sink.mails[0].letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize(("answer", "outcome"), [("550 5.1.1 nobody", Permanent), ("450 4.2.0 later", Temporary)])
async def test_nobody_reached_is_a_failure(told: Message, answer: str, outcome: type[Exception]) -> None:
    """One who has it is enough; if nobody has, the server's words say why."""
    async with mail_sink() as sink:
        sink.rcpt["phone@a.test"] = answer
        await by_mail(sink).send(told)
        sink.rcpt["chat@a.test"] = answer
        with pytest.raises(outcome, match=answer[:3]):
            await by_mail(sink).send(told)


@pytest.mark.parametrize(
    "ways",
    [
        {},
        {"mail": {"host": "h", "mail_from": "a@b.c", "to": ["a@b.c"]}, "hook": {"url": "http://h/", "secret": SECRET}},
    ],
)
def test_it_goes_one_way(ways: dict[str, object]) -> None:
    """None and both are errors of the config."""
    with pytest.raises(ValidationError, match="say one of them"):
        Brief.model_validate({"name": "support", **ways})


def test_its_secrets_are_known(told: Message) -> None:
    """Those of its way, so that receipts and errors can be masked."""
    del told
    hook = {"url": "http://h.test/t0ken", "secret": SECRET}
    assert {SECRET, "/t0ken"} <= set(Brief.model_validate({"name": "support", "hook": hook}).secrets())
