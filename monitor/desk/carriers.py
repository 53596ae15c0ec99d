"""Which channels can carry a notice now: one that stands on what is broken would only pretend to tell anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from monitor.config import ChannelOptions


@dataclass(frozen=True, slots=True)
class Carriers:
    """The channels that will carry a notice, and those left out, each with the sentence that says why."""

    carried: tuple[ChannelOptions, ...]
    left_out: Mapping[str, str]


def choose(
    channels: Sequence[ChannelOptions],
    broken: Mapping[str, str],
    refused: Mapping[str, str] = MappingProxyType({}),
) -> Carriers:
    """Choose by what fails now.

    ``broken`` are the components that do, from id to the name that customers know, and ``refused`` the channels that
    stand still, each with what it was answered.
    """
    found = {channel.name: _why(channel, broken, refused.get(channel.name)) for channel in channels}
    left_out = {name: why for name, why in found.items() if why}
    return Carriers(tuple(channel for channel in channels if channel.name not in left_out), left_out)


def _why(channel: ChannelOptions, broken: Mapping[str, str], refusal: str | None) -> str:
    if refusal is not None:
        return f"it was refused, and stands still until somebody lets it try again ({refusal})"
    names = [broken[part] for part in channel.carried_by if part in broken]
    return f"it needs {' and '.join(names)}, which {'fails' if len(names) == 1 else 'fail'} now" if names else ""
