"""``[subscribers]``: how readers may ask to be told; who tells them is a channel, and without one nobody can ask."""

from typing import Annotated, Final

from pydantic import Field, IPvAnyNetwork, SecretStr

from probes.target import Options, Seconds

_HOUR_S: Final = 3600.0
_DAY_S: Final = 24 * _HOUR_S

Key = Annotated[SecretStr, Field(min_length=32)]


class Subscribers(Options):
    """What their links are signed with, how often somebody may ask, and when we stop.

    ``secret`` signs every link of theirs, so that the record alone opens none; ``old_secret`` is what older links were
    signed with. Only ``trusted_proxies`` may say who asks. A message is tried for ``try_for``, and a webhook that has
    failed for ``stop_after`` is told nothing more. ``bounce_token`` opens the address that takes bounces.
    """

    secret: Key | None = None
    old_secret: Key | None = None
    confirm_within: Annotated[Seconds, Field(ge=600, le=30 * _DAY_S)] = _DAY_S
    asks_per_address: Annotated[int, Field(ge=1, le=1000)] = 3
    asks_per_client: Annotated[int, Field(ge=1, le=10_000)] = 20
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    try_for: Annotated[Seconds, Field(ge=60, le=7 * _DAY_S)] = _DAY_S
    stop_after: Annotated[Seconds, Field(ge=_HOUR_S, le=60 * _DAY_S)] = 5 * _DAY_S
    bounce_token: Annotated[SecretStr, Field(min_length=20)] | None = None
