"""PagerDuty's Events API v2, played by a real HTTP server that answers as its documentation says."""

import json
from dataclasses import replace

import pytest

from monitor.calls.pagerduty import PagerDuty
from monitor.calls.route import Ring
from monitor.models import Signal
from monitor.sending.sender import Permanent, Temporary
from tests.monitor.channels.sinks import Answer, answer, hook_sink, reset

KEY = "samplekeysamplekeysamplekey00000"


def route(port: int) -> PagerDuty:
    """A service of PagerDuty's, as this server plays it."""
    return PagerDuty.model_validate(
        {"name": "pager", "routing_key": KEY, "url": f"http://127.0.0.1:{port}/v2/enqueue", "timeout": "2s"}
    )


async def test_a_ring_is_an_event_that_triggers(ring: Ring) -> None:
    """Every field that the API asks for, and the link to the draft."""
    async with hook_sink() as sink:
        sink.answers += [answer(202, '{"status":"success","message":"Event processed","dedup_key":"x"}')]
        receipt = await route(sink.port).ring(ring)
    assert receipt.startswith('202 {"status":"success"')
    assert (sink.hooks[0].path, sink.hooks[0].headers["Content-Type"]) == ("/v2/enqueue", "application/json")
    sent = json.loads(sink.hooks[0].body)
    assert (sent["routing_key"], sent["event_action"], sent["dedup_key"]) == (KEY, "trigger", ring.matter)
    assert sent["payload"] == {
        "summary": ring.title,
        "source": "Example Mail",
        "severity": "critical",
        "timestamp": "2026-11-22T14:02:20+00:00",
        "class": "confirmed",
        "custom_details": {"text": ring.text, "person": "Ada Winter"},
    }
    assert sent["links"] == [{"href": ring.link, "text": "Open it on the desk"}]


@pytest.mark.parametrize(
    ("signal", "action"), [(Signal.RING, "trigger"), (Signal.TAKEN, "acknowledge"), (Signal.OVER, "resolve")]
)
async def test_taking_it_up_acknowledges_and_its_end_resolves(ring: Ring, signal: Signal, action: str) -> None:
    """All of it is one alert there: the key that tells repeats is that of the matter."""
    async with hook_sink() as sink:
        await route(sink.port).ring(replace(ring, signal=signal))
    sent = json.loads(sink.hooks[0].body)
    assert (sent["event_action"], sent["dedup_key"]) == (action, ring.matter)
    assert len(sent["dedup_key"]) <= 255


@pytest.mark.parametrize(
    ("given", "failure", "words"),
    [
        (answer(400, '{"status":"invalid event","errors":["bad key"]}'), Permanent, "it answered 400: {"),
        (answer(429, "", Retry_After="30"), Temporary, "it answered 429"),
        (answer(500), Temporary, "it answered 500"),
        (reset, Temporary, "ServerDisconnectedError"),
    ],
)
async def test_what_may_pass_is_tried_again(ring: Ring, given: Answer, failure: type[Exception], words: str) -> None:
    """A refused event needs a human; a limit, an error and a lost answer pass."""
    async with hook_sink() as sink:
        sink.answers += [given]
        with pytest.raises(failure) as failed:
            await route(sink.port).ring(ring)
    assert failed.value.detail.startswith(words)


async def test_a_limit_says_when_to_come_back(ring: Ring) -> None:
    """Retry-After is handed on."""
    async with hook_sink() as sink:
        sink.answers += [answer(429, "", Retry_After="30")]
        with pytest.raises(Temporary) as limited:
            await route(sink.port).ring(ring)
    assert limited.value.retry_after_s == 30


async def test_the_key_is_masked_where_the_answer_quotes_it(ring: Ring) -> None:
    """What the other side says back never shows it."""
    async with hook_sink() as sink:
        sink.answers += [answer(400, f"no such key {KEY}")]
        with pytest.raises(Permanent) as refused:
            await route(sink.port).ring(ring)
    assert refused.value.detail == "it answered 400: no such key <secret>"
