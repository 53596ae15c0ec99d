"""What a mail service tells the desk of mail that came back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr

from monitor.config import Config
from monitor.desk import bounces
from monitor.desk.seat import Seat
from monitor.models import SubscriberState
from tests.monitor.publish.readers import RULES, stands, subscribe
from tests.monitor.publish.story import Story, told

TOKEN = "t" * 20
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    """A record."""
    async with told(tmp_path) as story:
        yield story


async def post(story: Story, body: str, *, token: str = TOKEN, configured: str | None = TOKEN) -> tuple[int, str]:
    """Tell the desk."""
    rules = RULES.model_copy(update={"bounce_token": configured and SecretStr(configured)})
    config = Config(path=Path("x"), subscribers=rules)
    app = web.Application()
    seat = Seat(ledger=story.ledger, config=config, verdicts=dict, clock=lambda: NOW)
    app.router.add_post("/bounces", bounces.answer(seat))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as service:
        answer = await service.post(
            "/bounces", data=BytesIO(body.encode()), headers={"Authorization": f"Bearer {token}"}
        )
        said = answer.status, await answer.text()
    await runner.cleanup()
    return said


async def test_a_service_that_shows_the_token_is_believed(story: Story) -> None:
    """For good stops one, with reason and day; for now counts; of whom we know nothing, nothing becomes."""
    ann, bob = await subscribe(story, "ann@a.test"), await subscribe(story, "bob@b.test")
    body = (
        '{"bounces": [{"address": "Ann@a.test", "status": "5.1.1", "id": 7}, {"address": "bob@b.test", "status": '
        '"4.2.2"}, {"address": "eve@e.test", "status": "5.1.1"}], "more": 1}'
    )
    assert await post(story, body) == (200, '{"stopped":1,"counted":1,"unknown":1}')
    ann, bob = await stands(story, ann), await stands(story, bob)
    assert (ann.state, ann.why_stopped, ann.stopped_at) == (SubscriberState.STOPPED, "came back: 5.1.1", NOW)
    assert (bob.state, bob.soft_bounces) == (SubscriberState.CONFIRMED, 1)


async def test_nobody_else_is(story: Story) -> None:
    """Without the token nothing is read; without one in the config there is nothing at this address."""
    ann = await subscribe(story, "ann@a.test")
    body = '{"bounces": [{"address": "ann@a.test", "status": "5.1.1"}]}'
    assert (await post(story, body, token="other"))[0] == 401
    assert (await post(story, body, configured=None))[0] == 404
    assert (await stands(story, ann)).state is SubscriberState.CONFIRMED


@pytest.mark.parametrize("body", ["", "[]", '{"bounces": [{"address": "a", "status": "550"}]}'])
async def test_what_cannot_be_read_is_told_and_changes_nothing(story: Story, body: str) -> None:
    """A status has three numbers."""
    before = story.ledger.version
    assert (await post(story, body))[0] == 422
    assert story.ledger.version == before


async def test_a_body_without_end_is_refused(story: Story) -> None:
    """Above a megabyte nothing is read."""
    assert (await post(story, "x" * (bounces.BODY_BYTES_MAX + 1)))[0] == 413
