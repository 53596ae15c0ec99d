"""Readers of a record: who subscribed to what, and the channels that tell them."""

from datetime import datetime

from pydantic import SecretStr

from monitor.channels.hooks import Hooks
from monitor.channels.subscribers import Subscribers
from monitor.config import Site
from monitor.config import Subscribers as Rules
from monitor.ledger import subscribers
from monitor.ledger.subscribers import Choice
from monitor.models import Subscriber, Way
from monitor.passes import Passes
from monitor.publish import House
from tests.monitor.publish.story import NOON, Story

RULES = Rules(secret=SecretStr("s" * 32))
PASSES = Passes.of(RULES)
HOUSE = House(Site(name="Example Mail", public_url="https://status.test"), RULES, ("en", "de"))
PATIENCE = {"timeout": "5s", "retry_first": "10ms", "retry_ceiling": "20ms"}


def mail(port: int, **options: object) -> Subscribers:
    """The channel that mails subscribers, over a plain connection unless told otherwise."""
    where = {"name": "readers", "host": "127.0.0.1", "port": port, "tls_mode": "none", "per_second": 1000}
    return Subscribers.model_validate({**where, "mail_from": "status@example.test", **PATIENCE, **options})


def hooks(**options: object) -> Hooks:
    """The channel that posts to subscribers, to this machine too."""
    return Hooks.model_validate({"name": "programs", "near": True, "per_second": 1000, **PATIENCE, **options})


async def ask(
    story: Story,
    address: str,
    *components: str,
    way: Way = Way.EMAIL,
    language: str = "en",
    at: datetime = NOON,
) -> Subscriber:
    """Somebody asks."""
    async with story.ledger.write() as s:
        return await subscribers.ask(s, way, address, Choice(language, components), at)


async def subscribe(
    story: Story, address: str, *components: str, way: Way = Way.EMAIL, language: str = "en"
) -> Subscriber:
    """Somebody asks, and confirms it."""
    one = await ask(story, address, *components, way=way, language=language)
    async with story.ledger.write() as s:
        await subscribers.answered(s, one, NOON)
        confirmed = await subscribers.confirm(s, one.nonce, NOON)
    assert confirmed is not None
    return confirmed


async def stands(story: Story, one: Subscriber) -> Subscriber | None:
    """How somebody's subscription stands now."""
    async with story.ledger.read() as s:
        return await subscribers.find(s, one.nonce)
