"""Which channels can carry a notice now: one that stands on what is broken would only pretend to tell anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.config import ChannelOptions


@dataclass(frozen=True, slots=True)
class Carriers:
    """The channels that will carry a notice, and those left out, each with the sentence that says why."""

    carried: tuple[ChannelOptions, ...]
    left_out: Mapping[str, str]


def choose(channels: Sequence[ChannelOptions], broken: Mapping[str, str]) -> Carriers:
    """Choose by ``broken``: the components that fail now, from id to the name that customers know."""
    left_out = {channel.name: _why(channel, broken) for channel in channels if broken.keys() & channel.carried_by}
    return Carriers(tuple(channel for channel in channels if channel.name not in left_out), left_out)


def _why(channel: ChannelOptions, broken: Mapping[str, str]) -> str:
    names = [broken[part] for part in channel.carried_by if part in broken]
    return f"it needs {' and '.join(names)}, which {'fails' if len(names) == 1 else 'fail'} now"
