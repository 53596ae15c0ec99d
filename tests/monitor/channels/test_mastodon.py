"""Posts of Mastodon, against a real HTTP server that keeps its rules: a post an idempotency key, threads, limits."""

import json
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from monitor.channels.channel import Message
from monitor.channels.mastodon import Mastodon
from monitor.sending.sender import Barred, Permanent, Temporary
from tests.monitor.channels.sinks import HookSink, answer, hook_sink

TOKEN = "s3cret-token"


class Server:
    """The posts of one server: it drops a repeat of a key, and counts as Mastodon counts."""

    def __init__(self) -> None:
        self.posts: dict[str, dict[str, Any]] = {}
        self.lost = 0

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        content = json.loads(await request.read())
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        number = 110 + len(self.posts)
        post = self.posts.setdefault(
            request.headers["Idempotency-Key"],
            {"id": str(number), "url": f"https://social.test/@status/{number}", **content},
        )
        if self.lost:
            self.lost -= 1
            request.transport.abort()
        return web.json_response(post)


def channel(sink: HookSink, **options: object) -> Mastodon:
    """An account of this server."""
    return Mastodon.model_validate(
        {"name": "social", "server": f"http://127.0.0.1:{sink.port}/", "access_token": TOKEN, **options}
    )


async def test_an_update_is_a_post_and_its_receipt_the_address(message: Message) -> None:
    """Status, visibility and language go as documented; the receipt says where it can be read."""
    server = Server()
    async with hook_sink() as sink:
        sink.answers.append(server)
        receipt = await channel(sink, visibility="unlisted").send(message)
    assert receipt == "post 110 https://social.test/@status/110"
    (post,) = server.posts.values()
    assert sink.hooks[0].path == "/api/v1/statuses"
    assert (post["visibility"], post["language"]) == ("unlisted", "en")
    assert post["status"] == f"{message.title}\n\n{message.short}\n\n{message.page_url}"
    assert "in_reply_to_id" not in post


async def test_an_incident_is_a_thread_and_a_lost_answer_no_second_post(message: Message) -> None:
    """The next update answers the one before; a repeat under the same key is the same post."""
    server = Server()
    server.lost = 1
    async with hook_sink() as sink:
        sink.answers += [server] * 3
        with pytest.raises(Temporary):
            await channel(sink).send(message)
        first = await channel(sink).send(replace(message, attempt=2))
        await channel(sink).send(replace(message, key="other", earlier=(first,)))
    assert [post.get("in_reply_to_id") for post in server.posts.values()] == [None, "110"]


async def test_nothing_is_cut_to_fit(message: Message) -> None:
    """The longest short form and the link fit every server; the title comes along only where it fits whole."""
    server = Server()
    long = replace(message, title="T" * 300, short="s" * 280)
    async with hook_sink() as sink:
        sink.answers.append(server)
        await channel(sink).send(long)
    (post,) = server.posts.values()
    assert post["status"] == f"{'s' * 280}\n\n{message.page_url}"
    with pytest.raises(ValidationError):
        channel(sink, chars_max=304)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(401, Barred), (403, Barred), (422, Permanent), (429, Temporary), (503, Temporary)],
)
async def test_its_errors_are_told_apart(message: Message, status: int, outcome: type[Exception]) -> None:
    """A bad token bars the account, a text that is refused bars itself; the token is never shown."""
    async with hook_sink() as sink:
        sink.answers.append(answer(status, json.dumps({"error": f"no {TOKEN}"})))
        with pytest.raises(outcome) as refused:
            await channel(sink).send(message)
    assert type(refused.value) is outcome
    assert TOKEN not in str(refused.value)


async def test_its_own_header_says_when_to_come_back(message: Message) -> None:
    """Mastodon says when a limit ends in X-RateLimit-Reset, and is obeyed."""
    until = message.sent_at + timedelta(minutes=4)
    async with hook_sink() as sink:
        sink.answers.append(answer(429, X_RateLimit_Reset=f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000000Z}"))
        with pytest.raises(Temporary) as later:
            await channel(sink).send(message)
    assert later.value.retry_after_s == 240.0
