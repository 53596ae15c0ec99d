"""The ear for signs of life: who has a target's key says that it is alive, and the record has it before we say yes."""

import hmac
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Self

from monitor.config import Config
from monitor.ledger import beats
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger
from monitor.models import Beat as Row
from probes.heartbeat import Beat, Heartbeat
from probes.target import Target

# Signs that come faster are one: nobody can make the record write more often.
AT_MOST_EVERY: Final = timedelta(seconds=1)

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)


class Heartbeats:
    """The heartbeats of a config. It is the ``Beats`` that their looks ask."""

    def __init__(self, ledger: Ledger, keys: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        """Listen for these keys, by target."""
        self._ledger = ledger
        self._clock = clock
        self._digests = {name: _digest(key) for name, key in keys.items()}
        self._last: dict[str, Beat] = {}
        self._since: dict[str, datetime] = {}

    @classmethod
    async def open(cls, ledger: Ledger, samples: Samples, config: Config[Any], clock: Callable[[], datetime]) -> Self:
        """Remember what the record has of those among the targets that send signs of life."""
        senders = {target.name: target for target in _all(config) if isinstance(target, Heartbeat)}
        ear = cls(ledger, {name: sender.key.get_secret_value() for name, sender in senders.items()}, clock)
        async with ledger.write(news=False) as s:
            rows = await beats.expect(s, senders, clock())
        for name, sender in senders.items():
            ear._last[name] = _beat(rows[name], clock())
            ear._since[name] = await _listening_since(samples, sender, clock())
        return ear

    def attend(self, config: Config[Any]) -> Config[Any]:
        """The same config, with targets that ask us for their signs of life."""
        return config.model_copy(update={"target": self._heard(config.target), "anchor": self._heard(config.anchor)})

    def last(self, target: str) -> Beat:
        """The last sign of a target."""
        return self._last[target]

    def listening_since(self, target: str) -> datetime:
        """Since when we cannot have missed a sign of a target."""
        return self._since[target]

    def stepped(self) -> None:
        """Forgive what was due while our clock was wrong or stood still, and wait for no sign from the future."""
        now = self._clock()
        self._since = dict.fromkeys(self._since, now)
        self._last = {name: Beat(min(beat.at, now), heard=beat.heard) for name, beat in self._last.items()}

    async def hear(self, key: str) -> bool:
        """Take a sign of life; False if nobody has this key. It takes equally long whatever the key is."""
        digest = _digest(key)
        named = [name for name, own in self._digests.items() if hmac.compare_digest(digest, own)]
        for name in named:
            await self._take(name, self._clock())
        return bool(named)

    async def _take(self, name: str, now: datetime) -> None:
        last = self._last[name]
        if last.heard and timedelta(0) <= now - last.at < AT_MOST_EVERY:
            return
        async with self._ledger.write(news=False) as s:
            await beats.record(s, name, now)
        self._last[name] = Beat(now, heard=True)

    def _heard(self, targets: Iterable[Target]) -> tuple[Target, ...]:
        return tuple(target.heard_by(self) if isinstance(target, Heartbeat) else target for target in targets)


async def _listening_since(samples: Samples, sender: Heartbeat, now: datetime) -> datetime:
    """An absence that is no longer than the grace is none: whoever was turned away had the time to try again."""
    forgiven = timedelta(seconds=sender.grace + sender.interval)
    return _ALWAYS if await samples.recent(sender.name, now - forgiven) else now


def _beat(row: Row, now: datetime) -> Beat:
    return Beat(min(row.heard_at or row.since, now), heard=row.heard_at is not None)


def _all(config: Config[Any]) -> tuple[Target, ...]:
    return (*config.target, *config.anchor)


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogateescape")).digest()
