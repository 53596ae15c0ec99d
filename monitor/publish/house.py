"""The house: who speaks, in which languages, and how a subscriber's own links are made."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from monitor.channels.channel import Reader
from monitor.channels.fan import Greeting
from monitor.config import Config, Site, Subscribers
from monitor.models import Subscriber, SubscriberState
from monitor.passes import Passes, Purpose

KEYS: Final = UUID("0c5f9a55-0b37-5d0e-8f4c-5b8b0b7b9a44")


@dataclass(frozen=True, slots=True)
class House:
    """What every letter has in common; the first of ``languages`` is spoken at the root of the page."""

    site: Site
    rules: Subscribers = field(default_factory=Subscribers)
    languages: tuple[str, ...] = ("en",)

    @classmethod
    def of(cls, config: Config[Any]) -> Self:
        """As the config has it."""
        return cls(config.site, config.subscribers, config.notices.languages)

    def reader(self, one: Subscriber) -> Reader:
        """A subscriber, with the links that are theirs alone."""
        passes = Passes.of(self.rules)
        return Reader(
            address=one.address,
            change_url=self._link(one, "manage", passes.issue(Purpose.STAY, one.nonce)),
            leave_url=self._link(one, "unsubscribe", passes.issue(Purpose.STAY, one.nonce)),
            bounce=passes.issue(Purpose.BOUNCE, one.nonce),
            secrets=tuple(map(SecretStr, passes.secrets(one.nonce))),
        )

    def greeting(self, one: Subscriber, now: datetime) -> Greeting:
        """The answer to somebody's wish: please confirm it, or nothing of it is new."""
        until = one.asked_at + timedelta(seconds=self.rules.confirm_within)
        confirmed = one.state is SubscriberState.CONFIRMED
        confirm = None if confirmed else Passes.of(self.rules).issue(Purpose.CONFIRM, one.nonce, until)
        return Greeting(
            key=str(uuid5(KEYS, f"{one.nonce}/{one.asked_at.isoformat()}")),
            reader=self.reader(one),
            language=one.language,
            site=self.site.name,
            page_url=self.site.public_url + self._prefix(one),
            sent_at=now,
            confirm_url=confirm and self._link(one, "confirm", confirm),
            until=f"{until.astimezone(ZoneInfo(self.site.timezone)):%Y-%m-%d %H:%M %Z}",
        )

    def key(self, delivery_key: str, one: Subscriber) -> str:
        """The key of one subscriber's copy: the same for ever, and nobody's to guess."""
        return str(uuid5(KEYS, f"{delivery_key}/{one.nonce}"))

    def _link(self, one: Subscriber, deed: str, shown: str) -> str:
        return f"{self.site.public_url}{self._prefix(one)}/{deed}/{shown}"

    def _prefix(self, one: Subscriber) -> str:
        return f"/{one.language}" if one.language in self.languages[1:] else ""
