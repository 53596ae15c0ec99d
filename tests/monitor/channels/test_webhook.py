"""Signed posts, against a real HTTP server."""

import asyncio
import base64
import gzip
import hashlib
import hmac
import json
import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr, ValidationError

from monitor.channels.channel import Message
from monitor.channels.webhook import Webhook
from monitor.sending.hook import signature
from monitor.sending.post import ANSWER_SHOWN_MAX
from monitor.sending.sender import Permanent, Temporary
from tests.monitor.channels.sinks import answer, hang, hook_sink, reset

KEY = b"a key of thirty-two random bytes"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


def channel(port: int, **options: object) -> Webhook:
    """A hook whose path is a secret."""
    settings = {"name": "hook", "url": f"http://127.0.0.1:{port}/in/t0ken", "secret": SECRET}
    return Webhook.model_validate({**settings, **options})


async def test_the_body_is_the_update_as_approved(message: Message) -> None:
    """The envelope of Standard Webhooks holds the words, who stands behind them, and when."""
    async with hook_sink() as sink:
        assert await channel(sink.port).send(message) == "204"
    (hook,) = sink.hooks
    assert hook.path == "/in/t0ken"
    assert json.loads(hook.body) == {
        "type": "incident.update",
        "timestamp": "2026-11-22T14:06:00+00:00",
        "data": {
            "incident_id": 7,
            "update_id": 12,
            "kind": "first",
            "stage": "investigating",
            "language": "en",
            "title": message.title,
            "body": message.body,
            "short": message.short,
            "approved_by": "Ada Winter",
            "approved_at": "2026-11-22T14:06:00+00:00",
            "next_update_at": "2026-11-22T15:00:00+00:00",
            "site": "Example Mail",
            "url": "https://status.test/incidents/7",
        },
    }


async def test_the_receiver_can_check_who_sent_it_and_know_it_again(message: Message) -> None:
    """The signature holds over id, time and body as received; the key is the id of every attempt."""
    later = replace(message, attempt=2, sent_at=message.sent_at + timedelta(minutes=1))
    async with hook_sink() as sink:
        for each in (message, later):
            await channel(sink.port).send(each)
    first, second = sink.hooks
    for hook, sent in ((first, message), (second, later)):
        head = hook.headers
        assert head["webhook-id"] == head["Idempotency-Key"] == message.key
        assert head["webhook-timestamp"] == str(int(sent.sent_at.timestamp()))
        signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + hook.body
        expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert head["webhook-signature"] == f"v1,{expected}"
    assert first.body == second.body


async def test_while_a_secret_is_exchanged_both_sign(message: Message) -> None:
    """Whoever knows the old secret or the new one can check the post."""
    old = f"whsec_{base64.b64encode(bytes(32)).decode()}"
    async with hook_sink() as sink:
        await channel(sink.port, old_secret=old).send(message)
    hook = sink.hooks[0]
    content = f"{message.key}.{hook.headers['webhook-timestamp']}.".encode() + hook.body
    expected = [signature(SecretStr(secret), content) for secret in (SECRET, old)]
    assert hook.headers["webhook-signature"].split(" ") == expected


def test_the_signature_is_that_of_the_specification() -> None:
    """The example that the specification's own libraries are tested with gives the same signature here."""
    secret = SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    content = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    assert signature(secret, content) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_is_delivered(message: Message, status: int) -> None:
    """The receipt is the status and the first words of the answer."""
    async with hook_sink() as sink:
        sink.answers.append(answer(status, "thanks\r\n\x00"))
        receipt = await channel(sink.port).send(message)
    assert receipt == (f"{status}" if status == 204 else f"{status} thanks \\x00")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
async def test_a_busy_or_broken_server_is_asked_again(message: Message, status: int) -> None:
    """What may pass is temporary."""
    async with hook_sink() as sink:
        sink.answers.append(answer(status))
        with pytest.raises(Temporary, match=f"it answered {status}") as later:
            await channel(sink.port).send(message)
    assert later.value.retry_after_s is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 422])
async def test_a_refusal_is_permanent(message: Message, status: int) -> None:
    """What will be refused again is not sent again, and the server's words say why."""
    async with hook_sink() as sink:
        sink.answers.append(answer(status, "no such hook"))
        with pytest.raises(Permanent, match=f"it answered {status}: no such hook"):
            await channel(sink.port).send(message)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(message: Message, status: int) -> None:
    """Words go to the address that a human wrote down, and nowhere else."""
    async with hook_sink() as sink:
        sink.answers.append(answer(status, Location="/elsewhere"))
        with pytest.raises(Permanent, match="we follow no redirect"):
            await channel(sink.port).send(message)
    assert [hook.path for hook in sink.hooks] == ["/in/t0ken"]


@pytest.mark.parametrize(
    ("wish", "wait_s"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Sun, 22 Nov 2026 14:07:01 GMT", 60.0),
        ("Sun, 22 Nov 2026 14:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2026 14:07:01", None),
        ("-7", None),
        ("soon", None),
        ("9" * 400, 999999999.0),
    ],
)
async def test_the_server_may_say_when_to_come_back(message: Message, wish: str, wait_s: float | None) -> None:
    """Retry-After is read in both its forms, counted from this attempt; nonsense is no wish."""
    async with hook_sink() as sink:
        sink.answers.append(answer(429, Retry_After=wish))
        with pytest.raises(Temporary) as later:
            await channel(sink.port).send(message)
    assert later.value.retry_after_s == wait_s


async def test_a_cut_line_is_temporary(message: Message) -> None:
    """A server that took the body and cut the line may have it or not: it is sent again, with the same key."""
    async with hook_sink() as sink:
        sink.answers.append(reset)
        with pytest.raises(Temporary, match="ServerDisconnectedError"):
            await channel(sink.port).send(message)
        await channel(sink.port).send(replace(message, attempt=2))
    first, second = sink.hooks
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_a_status_once_given_counts(message: Message) -> None:
    """An answer that breaks off after its status was still an answer."""

    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"than")
        request.transport.abort()
        return response

    async with hook_sink() as sink:
        sink.answers.append(half)
        assert (await channel(sink.port).send(message)).startswith("200 ")


async def test_a_silent_server_is_left_when_the_caller_gives_up(message: Message) -> None:
    """The caller's timeout ends a send at once."""
    loop = asyncio.get_running_loop()
    async with hook_sink() as sink:
        sink.answers.append(hang)
        began = loop.time()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await channel(sink.port).send(message)
        assert loop.time() - began < 1


@pytest.mark.parametrize("packed", [False, True])
async def test_a_huge_answer_is_read_no_further_than_needed(message: Message, *, packed: bool) -> None:
    """Neither an endless body nor a bomb that would unpack to one costs more than the receipt shows."""
    body = gzip.compress(bytes(50_000_000)) if packed else b"x" * 50_000_000

    async def flood(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(body=body, headers={"Content-Encoding": "gzip"} if packed else {})

    async with hook_sink() as sink:
        sink.answers.append(flood)
        receipt = await channel(sink.port).send(message)
    assert len(receipt) <= len("200 ") + ANSWER_SHOWN_MAX


async def test_a_closed_port_is_temporary_and_the_address_stays_secret(message: Message) -> None:
    """The error says what happened, not where the hook is."""
    async with hook_sink() as sink:
        pass
    with pytest.raises(Temporary, match="ClientConnectorError: Connect") as refused:
        await channel(sink.port).send(message)
    assert "t0ken" not in refused.value.detail
    assert "t0ken" not in repr(channel(sink.port))


async def test_https_is_spoken_with_whom_we_trust(
    message: Message, vouched: ssl.SSLContext, authority_file: Path
) -> None:
    """A certificate is always verified: with its authority the post arrives, without it nothing is sent."""
    async with hook_sink(tls=vouched) as sink:
        url = f"https://127.0.0.1:{sink.port}/"
        with pytest.raises(Temporary, match="ClientConnectorCertificateError"):
            await channel(sink.port, url=url).send(message)
        assert sink.hooks == []
        await channel(sink.port, url=url, tls={"ca_file": authority_file}).send(message)
    assert len(sink.hooks) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "whsec_short"},
        {"secret": base64.b64encode(KEY).decode()},
        {"secret": "whsec_" + base64.b64encode(bytes(65)).decode()},
        {"secret": "whsec_not base64 at all, and long"},
        {"url": "ftp://example.test/"},
        {"url": "example.test/hook"},
        {"url": "https:///hook"},
    ],
)
def test_options_that_cannot_be_meant_are_refused(wrong: dict[str, str]) -> None:
    """A secret is long enough and an address is a web address; the error shows neither."""
    with pytest.raises(ValidationError) as refused:
        channel(1, **wrong)
    assert all(value not in str(refused.value) for value in wrong.values())
