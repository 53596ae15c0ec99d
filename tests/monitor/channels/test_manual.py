"""What the manual tells receivers."""

import json
import re
from pathlib import Path

import pytest

from drafts.facts import UpdateKind
from monitor.channels.channel import Message
from monitor.channels.webhook import payload
from monitor.models import Stage
from tests.monitor.channels.sinks import hook_sink
from tests.monitor.channels.test_webhook import SECRET, channel

MANUAL = (Path(__file__).parents[3] / "docs" / "channels.md").read_text()


def block(language: str) -> str:
    """The manual's example in this language."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", MANUAL, re.DOTALL)
    return code


async def test_the_manuals_receiver_knows_our_posts(message: Message) -> None:
    """The code that the manual gives accepts what we post, and nothing that was changed on the way."""
    known: dict[str, object] = {}
    exec(block("python"), known)  # noqa: S102 - it is the example that is under test
    async with hook_sink() as sink:
        await channel(sink.port).send(message)
    hook = sink.hooks[0]
    headers = {name: hook.headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    assert known["genuine"](SECRET, headers, hook.body)
    assert not known["genuine"](SECRET, headers, hook.body + b" ")
    assert not known["genuine"](SECRET, {**headers, "webhook-id": "other"}, hook.body)


def test_the_manuals_body_has_our_keys(message: Message) -> None:
    """The example shows every key that is posted, in the same order."""
    shown, posted = json.loads(block("json")), json.loads(payload(message))
    assert [*shown, *shown["data"]] == [*posted, *posted["data"]]


@pytest.mark.parametrize("words", [UpdateKind, Stage])
def test_the_manual_tells_every_word_that_a_receiver_may_meet(words: type[UpdateKind | Stage]) -> None:
    """A program that sorts by ``kind`` or ``stage`` knows from the manual what there is."""
    (told,) = re.findall(r"^`kind` is .*?More keys may come", MANUAL, re.DOTALL | re.MULTILINE)
    assert [word for word in words if f"`{word}`" not in told] == []
