"""A webhook that brings people: the envelope and signature of the channels' webhook."""

import base64
import json
import re
from pathlib import Path

from pydantic import SecretStr

from monitor.calls.route import Ring
from monitor.calls.webhook import Webhook, payload
from monitor.sending.hook import signature
from tests.monitor.channels.sinks import hook_sink

SECRET = f"whsec_{base64.b64encode(bytes(32)).decode()}"
MANUAL = (Path(__file__).parents[3] / "docs" / "calls.md").read_text()


async def test_a_call_is_posted_signed_under_its_key(ring: Ring) -> None:
    """A receiver of Standard Webhooks can check that it is ours, and drop a repeat."""
    async with hook_sink() as sink:
        route = Webhook.model_validate({"name": "gateway", "url": f"http://127.0.0.1:{sink.port}/in", "secret": SECRET})
        assert await route.ring(ring) == "204"
    (hook,) = sink.hooks
    content = f"{ring.key}.{hook.headers['webhook-timestamp']}.".encode() + hook.body
    assert hook.headers["webhook-id"] == ring.key
    assert hook.headers["webhook-signature"] == signature(SecretStr(SECRET), content)
    assert json.loads(hook.body)["type"] == "call.ring"
    assert json.loads(hook.body)["data"]["url"] == ring.link


def test_the_manuals_body_has_our_keys(ring: Ring) -> None:
    """The example shows every key of the data that is posted, in the same order."""
    (shown,) = re.findall(r"```json\n(.*?)```", MANUAL, re.DOTALL)
    assert [*json.loads(shown)] == [*json.loads(payload(ring))["data"]]
