"""Incoming webhooks of Slack and Mattermost, against a real HTTP server that answers as they do."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from monitor.channels.channel import Message
from monitor.channels.slack import Slack
from monitor.sending.sender import Barred, Permanent, Temporary
from tests.monitor.channels.sinks import HookSink, answer, hook_sink, reset

PATH = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"


def channel(sink: HookSink, **options: object) -> Slack:
    """A webhook whose path is the secret."""
    return Slack.model_validate({"name": "team", "url": f"http://127.0.0.1:{sink.port}{PATH}", **options})


async def posted(message: Message, **options: object) -> dict[str, Any]:
    """What the server received of a message that it took as Slack does."""
    async with hook_sink() as sink:
        sink.answers.append(answer(200, "ok"))
        assert await channel(sink, **options).send(message) == "200 ok"
    (hook,) = sink.hooks
    assert (hook.method, hook.path, hook.headers["Content-Type"]) == ("POST", PATH, "application/json")
    return json.loads(hook.body)


async def test_slack_gets_blocks_in_which_nothing_is_a_mark(message: Message) -> None:
    """Header, plain text and a link; the key is the id of the first block, and a mention stays letters."""
    hostile = replace(message, title="Mail *fails* <!channel>", body="All <!here> & **none**.", short="<!channel> & so")
    sent = await posted(hostile)
    first, section, context = sent["blocks"]
    assert first["block_id"] == message.key
    assert first["text"] == {"type": "plain_text", "text": "Mail *fails* <!channel>"}
    assert section["text"] == {"type": "plain_text", "text": "All <!here> & none.", "emoji": False}
    assert context["elements"][0]["text"] == "<https://status.test/incidents/7|Example Mail>"
    assert sent["text"] == "&lt;!channel&gt; &amp; so"


async def test_a_long_text_keeps_slacks_limits_and_every_word(message: Message) -> None:
    """No block is longer than Slack takes, and together they hold the whole text; what is longer still goes short."""
    long = "word " * 2000
    sent = await posted(replace(message, title="T" * 151, body=long))
    texts = [block["text"]["text"] for block in sent["blocks"][:-1]]
    assert texts[0] == "T" * 151
    assert max(map(len, texts)) <= 3000
    assert "".join(texts[1:]) == long.strip()
    short = await posted(replace(message, body="word " * 3000))
    assert [block["text"]["text"] for block in short["blocks"][1:-1]] == [message.short]


async def test_mattermost_gets_the_markdown_as_approved(message: Message) -> None:
    """The text is Markdown, the key a property, and no group is rung."""
    sent = await posted(message, dialect="mattermost")
    assert sent["props"] == {"ownup_key": message.key, "disable_group_highlight": True}
    assert message.body in sent["text"]
    assert sent["text"].startswith(f"#### {message.title}\n\n")


@pytest.mark.parametrize(
    ("status", "words", "outcome"),
    [
        (400, "invalid_payload", Permanent),
        (403, "action_prohibited", Barred),
        (404, "no_service", Barred),
        (410, "channel_is_archived", Barred),
        (429, "rate_limited", Temporary),
        (500, "rollup_error", Temporary),
    ],
)
async def test_slacks_errors_are_told_apart(
    message: Message, status: int, words: str, outcome: type[Exception]
) -> None:
    """A text that is refused, a webhook that is gone, and what may pass are three things; none shows the address."""
    async with hook_sink() as sink:
        sink.answers.append(answer(status, f"{words} {PATH}", Retry_After="30"))
        with pytest.raises(outcome, match=f"it answered {status}") as refused:
            await channel(sink).send(message)
    assert type(refused.value) is outcome
    assert getattr(refused.value, "retry_after_s", 30.0) == 30.0
    assert "XXXX" not in str(refused.value)


async def test_a_lost_answer_is_asked_for_again(message: Message) -> None:
    """Nobody knows whether a post that was cut off was taken, so it may be repeated, with the same block id."""
    async with hook_sink() as sink:
        sink.answers.append(reset)
        with pytest.raises(Temporary):
            await channel(sink).send(message)
        await channel(sink).send(replace(message, attempt=2))
    assert sink.hooks[0].body == sink.hooks[1].body


def test_an_address_must_be_one() -> None:
    """What is no web address is an error of the config."""
    with pytest.raises(ValidationError, match="should be a web address"):
        Slack.model_validate({"name": "team", "url": "hooks.slack.com/services/T0"})
