"""Who can be reached and who can say yes, by which ways words go out, and what of all that is missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from monitor.config import Config
from monitor.models import Delivery, DeliveryState, Halt, Person, Role

_MAY_APPROVE: Final = frozenset({Role.APPROVER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody who is called, in the order of calling."""

    name: str
    routes: str
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Way:
    """One channel, and how its last delivery went."""

    name: str
    kind: str
    last: Delivery | None
    pending: int
    halt: Halt | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing says that it does not work."""
        return not self.halt and (
            self.last is None or (self.last.state is not DeliveryState.FAILED and not self.last.error)
        )


def called(config: Config[Any], now: datetime) -> list[Callee]:
    """The people whom the config names."""
    return [
        Callee(
            person.name,
            ", ".join(person.routes),
            person.quiet_hours is not None
            and person.quiet_hours.hold(now.astimezone(ZoneInfo(person.timezone or config.site.timezone)).time()),
        )
        for person in config.person
    ]


def ways(
    config: Config[Any], latest: Sequence[Delivery], pending: Mapping[str, int], halted: Mapping[str, Halt]
) -> list[Way]:
    """The channels of the config."""
    last = {delivery.channel: delivery for delivery in latest}
    return [
        Way(one.name, one.kind, last.get(one.name), pending.get(one.name, 0), halted.get(one.name))
        for one in config.channel
    ]


def approvers(accounts: Sequence[Person]) -> list[str]:
    """Who may say yes, and can sign in."""
    return [one.name for one in accounts if one.role in _MAY_APPROVE and one.password_hash and not one.disabled_at]


def gaps(config: Config[Any], accounts: Sequence[Person], missing: Iterable[str]) -> Iterator[str]:
    """What would hurt at night, a sentence each; ``missing`` are the plans that the config lacks."""
    if len(approvers(accounts)) == 1:
        yield f"Only {approvers(accounts)[0]} can say yes."
    yield from missing
    checked = {target.component for target in config.target if target.enabled}
    for component in config.component:
        if component.id not in checked:
            yield f"Nothing checks {component.name}."
