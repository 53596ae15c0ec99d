"""Who can be reached and who can say yes, by which ways words go out, and what of all that is missing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.config import Config
from monitor.desk.carriers import unwell
from monitor.desk.seat import Seat
from monitor.ledger import canaries, deliveries, halts
from monitor.models import Canary, Delivery, DeliveryState, Halt, Person, Role

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
    canary: Canary | None = None
    unwell: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing says that it does not work."""
        return (
            not self.halt
            and not self.unwell
            and (self.last is None or (self.last.state is not DeliveryState.FAILED and not self.last.error))
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


async def ways(s: AsyncSession, config: Config[Any], now: datetime) -> list[Way]:
    """The channels of the config."""
    last = {delivery.channel: delivery for delivery in await deliveries.latest(s)}
    pending, halted, tried = await deliveries.pending_counts(s), await halts.standing(s), await canaries.latest(s)
    sick = unwell(config, tried, now)
    return [
        Way(
            name=one.name,
            kind=one.kind,
            last=last.get(one.name),
            pending=pending.get(one.name, 0),
            halt=halted.get(one.name),
            canary=tried.get(one.name) if one.canary else None,
            unwell=sick.get(one.name, ""),
        )
        for one in config.channel
    ]


def out_of_order(seat: Seat, found: Sequence[Way]) -> Iterator[str]:
    """What fails of our own ways to the public, a sentence each."""
    if trouble := seat.copy_trouble():
        yield f"The copy of the public page is not kept up: {trouble}."
    yield from (f"The channel {way.name} will carry no notice, since {way.unwell}." for way in found if way.unwell)


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
