"""Publish carries what a human approved to the channels, and nothing else; only here are channels touched."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, NoReturn

from monitor.channels.channel import Channel, Trial
from monitor.channels.fan import Fan
from monitor.channels.kinds import KINDS, Kind
from monitor.ledger.store import Ledger
from monitor.publish.canary import canary
from monitor.publish.drain import drain, empty
from monitor.publish.fan import FanLine, stragglers
from monitor.publish.greet import greet
from monitor.publish.hand import Hand
from monitor.publish.house import House
from monitor.publish.line import Outcome

__all__ = ["KINDS", "Channel", "House", "Kind", "Outcome", "Trial", "canary", "drain", "tasks"]


def tasks(
    ledger: Ledger,
    channel: Channel,
    *,
    house: House,
    clock: Callable[[], datetime],
    on_delivery: Callable[[str, Outcome], None],
) -> dict[str, Coroutine[Any, Any, NoReturn]]:
    """Every endless task of one channel, by name; one that tells many readers also greets them, and tries again."""
    if not isinstance(channel, Fan):
        endless = drain(ledger, channel, site=house.site, clock=clock, on_delivery=on_delivery)
        return {f"channel {channel.name}": endless}
    hand = Hand.of(ledger, channel, house, clock)
    return {
        f"channel {channel.name}": empty(FanLine(ledger, channel, house.site, clock, on_delivery, hand=hand)),
        f"stragglers of {channel.name}": stragglers(hand),
        f"greetings of {channel.name}": greet(hand),
    }
