"""The canary: each channel proves itself now and then without anybody noticing, and the record says how it went."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn

import structlog

from monitor.channels.channel import Channel, Trial, Unproven
from monitor.ledger import canaries
from monitor.ledger.store import Ledger
from monitor.models import CanaryOutcome
from monitor.sending.sender import Undelivered

log = structlog.get_logger("ownup.publish")

JITTER: Final = 0.1
# One failure may be the network's; who reads that a channel carries nothing should be able to believe it.
FAILURES_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class Told:
    """What one trial told, in words for humans without a secret."""

    outcome: CanaryOutcome
    words: str


async def canary(
    ledger: Ledger,
    channel: Channel,
    trial: Callable[[datetime], Trial],
    *,
    clock: Callable[[], datetime],
    blind: Callable[[], str | None] = lambda: None,
) -> NoReturn:
    """Try one channel at once and then for ever, at its own rhythm; after a failure sooner, until it works again.

    ``blind`` tells why we are cut off ourselves, if we are: then nothing is said against the channel.
    """
    failures = 0
    while True:
        told = await _tried(channel, trial(clock()), blind)
        failures = failures + 1 if told.outcome is CanaryOutcome.FAILED else 0
        if failures != FAILURES_MIN - 1:
            await _keep(ledger, channel, told, clock())
        await asyncio.sleep(_pause_s(channel, failures))


async def _tried(channel: Channel, trial: Trial, blind: Callable[[], str | None]) -> Told:
    """Try it once, within the time of an attempt to send."""
    try:
        return Told(CanaryOutcome.OK, channel.mask(await channel.attempt(channel.prove(trial))))
    except Unproven as unproven:
        return Told(CanaryOutcome.UNKNOWN, channel.mask(str(unproven)))
    except Undelivered as failed:
        if why := blind():
            return Told(CanaryOutcome.UNKNOWN, f"we were cut off ourselves: {why}")
        return Told(CanaryOutcome.FAILED, channel.mask(failed.detail))


async def _keep(ledger: Ledger, channel: Channel, told: Told, now: datetime) -> None:
    async with ledger.write() as s:
        await canaries.keep(s, channel.name, told.outcome, told.words, now)
    say = log.warning if told.outcome is CanaryOutcome.FAILED else log.info
    say("canary", channel=channel.name, outcome=told.outcome, words=told.words)


def _pause_s(channel: Channel, failures: int) -> float:
    """Until the next trial: never in step with others, and soon where the last one failed."""
    assert channel.canary is not None  # noqa: S101 - a channel that is never tried has no canary
    if failures:
        return channel.pause_s(failures)
    return channel.canary * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - it spreads trials in time and guards nothing
