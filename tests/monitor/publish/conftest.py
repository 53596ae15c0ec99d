"""A record to publish from, and drains that run for as long as a test does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.channels.channel import Channel
from monitor.publish import Outcome, tasks
from tests.monitor.publish.readers import HOUSE
from tests.monitor.publish.story import Story, told


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    """A record on disk, and a hand that writes into it."""
    async with told(tmp_path) as story:
        yield story


class Drains:
    """Drains of one record, started by a test and ended with it; ``outcomes`` is what they reported."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.outcomes: list[tuple[str, Outcome]] = []
        self.tasks: list[asyncio.Task[None]] = []
        self._reported = asyncio.Event()

    def start(self, *channels: Channel, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Begin all that each channel does."""
        for channel in channels:
            endless = tasks(self.story.ledger, channel, house=HOUSE, clock=clock, on_delivery=self._report)
            self.tasks += [asyncio.create_task(task, name=name) for name, task in endless.items()]

    def _report(self, channel: str, outcome: Outcome) -> None:
        self.outcomes.append((channel, outcome))
        self._reported.set()

    async def reported(self, channel: str, *outcomes: Outcome, within_s: float = 10.0) -> None:
        """Wait until a channel has reported exactly these outcomes, in this order."""
        async with asyncio.timeout(within_s):
            while [each for name, each in self.outcomes if name == channel] != list(outcomes):
                self._reported.clear()
                await self._reported.wait()

    async def delivered(self, channel: str, count: int, within_s: float = 30.0) -> None:
        """Wait until a channel has delivered so many, however often it had to try."""
        async with asyncio.timeout(within_s):
            while self.outcomes.count((channel, Outcome.DELIVERED)) < count:
                self._reported.clear()
                await self._reported.wait()

    async def stop(self) -> None:
        """End every drain wherever it is, as a signal would."""
        for task in self.tasks:
            task.cancel()
        for task in self.tasks:
            with suppress(asyncio.CancelledError):
                await task
        self.tasks.clear()


@pytest.fixture
async def drains(story: Story) -> AsyncIterator[Drains]:
    """No drain runs yet."""
    drains = Drains(story)
    yield drains
    await drains.stop()
