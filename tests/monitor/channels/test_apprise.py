"""Apprise as a channel: the real library, speaking to a real server on loopback."""

import json
from dataclasses import replace

import pytest

from drafts.facts import UpdateKind
from monitor.channels.apprise import Apprise
from monitor.channels.channel import Message
from monitor.models import Stage
from monitor.sending.sender import Temporary
from tests.monitor.channels.sinks import answer, hook_sink

# The library imports it where Python still has it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

PASSWORD = "hunter2hunter2"


def channel(port: int) -> Apprise:
    """An address in Apprise's form, with a secret in it."""
    return Apprise.model_validate({"name": "else", "url": f"json://ada:{PASSWORD}@127.0.0.1:{port}/topic"})


@pytest.mark.parametrize(
    ("kind", "stage", "grave"),
    [
        (UpdateKind.FIRST, Stage.INVESTIGATING, "warning"),
        (UpdateKind.RESOLVED, Stage.RESOLVED, "success"),
        (UpdateKind.REVIEW, Stage.RESOLVED, "info"),
    ],
)
async def test_the_short_form_arrives(message: Message, kind: UpdateKind, stage: Stage, grave: str) -> None:
    """Title, short form, the address of the page, and how grave it is."""
    async with hook_sink() as sink:
        assert await channel(sink.port).send(replace(message, kind=kind, stage=stage)) == "Apprise delivered it"
    sent = json.loads(sink.hooks[0].body)
    assert (sent["title"], sent["type"]) == (message.title, grave)
    assert sent["message"] == f"{message.short}\n{message.page_url}"


async def test_what_was_not_taken_is_tried_again(message: Message) -> None:
    """Apprise says no more than that it failed, so it may pass; the secret is not told."""
    async with hook_sink() as sink:
        sink.answers.append(answer(500, PASSWORD))
        with pytest.raises(Temporary) as later:
            await channel(sink.port).send(message)
    assert PASSWORD not in str(later.value)
