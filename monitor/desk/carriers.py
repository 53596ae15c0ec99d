"""Which channels can carry a notice now: one that stands on what is broken would only pretend to tell anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from monitor.config import ChannelOptions, Config
from monitor.models import Canary, CanaryOutcome


@dataclass(frozen=True, slots=True)
class Carriers:
    """The channels that will carry a notice, and those left out, each with the sentence that says why."""

    carried: tuple[ChannelOptions, ...]
    left_out: Mapping[str, str]


def choose(
    channels: Sequence[ChannelOptions],
    broken: Mapping[str, str],
    refused: Mapping[str, str] = MappingProxyType({}),
    unwell: Mapping[str, str] = MappingProxyType({}),
) -> Carriers:
    """Choose by what fails now.

    ``broken`` are the components that do, from id to the name that customers know, ``refused`` the channels that
    stand still, each with what it was answered, and ``unwell`` those whose canary failed, each with when and how: where
    nothing else is left, they are tried all the same.
    """
    found = {channel.name: _why(channel, broken, refused) or unwell.get(channel.name, "") for channel in channels}
    left_out = {name: why for name, why in found.items() if why}
    if len(left_out) == len(channels):  # To try what may fail is better than to tell nobody.
        left_out = {name: why for name, why in left_out.items() if why != unwell.get(name)}
    return Carriers(tuple(channel for channel in channels if channel.name not in left_out), left_out)


def unwell(config: Config[Any], canaries: Mapping[str, Canary], now: datetime) -> dict[str, str]:
    """The channels of the config whose canary failed, each with when and how, as the end of a sentence."""
    zone = ZoneInfo(config.site.timezone)
    return {
        channel.name: f"its check failed {_when(one.at.astimezone(zone), now.astimezone(zone))}: {one.words}"
        for channel in config.channel
        if channel.canary and (one := canaries.get(channel.name)) and one.outcome is CanaryOutcome.FAILED
    }


def _when(at: datetime, now: datetime) -> str:
    return f"at {at:%H:%M}" if at.date() == now.date() else f"on {at.day} {at:%B} at {at:%H:%M}"


def _why(channel: ChannelOptions, broken: Mapping[str, str], refused: Mapping[str, str]) -> str:
    if channel.name in refused:
        return f"it was refused, and stands still until somebody lets it try again ({refused[channel.name]})"
    names = [broken[part] for part in channel.carried_by if part in broken]
    return f"it needs {' and '.join(names)}, which {'fails' if len(names) == 1 else 'fail'} now" if names else ""
