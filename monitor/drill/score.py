"""The score: how long each step took, what the rules found in the words, and which promises were kept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.ledger import approvals, audit, deliveries, drafts, incidents
from monitor.models import ActKind, Approval, DeliveryState, IncidentUpdate


@dataclass(frozen=True, slots=True)
class Limits:
    """What a drill has to keep to be passed."""

    acknowledge: timedelta
    approve: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a drill came to; lengths of time count from the moment at which we broke the part, None if it never came."""

    detected: timedelta | None = None
    acknowledged: timedelta | None = None
    approved: timedelta | None = None
    delivered: timedelta | None = None
    overridden: tuple[str, ...] = ()
    kept: int = 0
    broken: int = 0
    undelivered: int = 0
    finished: bool = False

    def faults(self, limits: Limits) -> Iterator[str]:
        """Why it is not passed, a sentence each."""
        if self.acknowledged is None or self.acknowledged > limits.acknowledge:
            yield f"nobody took it up within {limits.acknowledge.total_seconds():.0f} s"
        if self.approved is None or self.approved > limits.approve:
            yield f"no notice was approved within {limits.approve.total_seconds():.0f} s"
        if self.overridden:
            yield f"words went out against the rules {', '.join(self.overridden)}"
        if self.broken:
            yield f"promises to write again were broken: {self.broken}"
        if self.undelivered:
            yield f"messages did not reach the sandbox: {self.undelivered}"
        if not self.finished:
            yield "it was not brought to its end: nobody has said that it is resolved"

    def as_json(self, limits: Limits) -> str:
        """One object; seconds, or null."""
        told = {f"{name}_s": _seconds(getattr(self, name)) for name in _STEPS}
        numbers = {name: getattr(self, name) for name in ("overridden", "kept", "broken", "undelivered", "finished")}
        return json.dumps({**told, **numbers, "faults": list(self.faults(limits))})

    def lines(self) -> Iterator[str]:
        """The score for people."""
        for name in _STEPS:
            length_s = _seconds(getattr(self, name))
            yield f"{name:<14}{'never' if length_s is None else f'after {length_s:.1f} s'}"
        yield f"{'overridden':<14}{', '.join(self.overridden) or 'no rule'}"
        yield f"{'promises':<14}{self.kept} kept, {self.broken} broken"


_STEPS = ("detected", "acknowledged", "approved", "delivered")


async def score(s: AsyncSession, began: datetime) -> Score:
    """The score as the record of the drill has it now."""
    incident = next(iter(await incidents.recent(s, 1)), None)
    if incident is None:
        return Score()
    acts = await incidents.acts(s, incident.id)
    updates = await drafts.of_incident(s, incident.id)
    said = [(update, yes) for update in updates if (yes := await approvals.of_update(s, update.id))]
    sent = [one for group in (await deliveries.of_incident(s, incident.id)).values() for one in group]
    lines = await audit.about(s, "overrode", [f"update:{update.id}" for update in updates])
    kept, broken = _promises(said, incident.resolved_at)
    arrived = [one.delivered_at for one in sent if one.delivered_at]
    taken = [act.at for act in acts if act.kind is ActKind.ACKNOWLEDGED]
    open_ends = sum(one.state is not DeliveryState.DELIVERED for one in sent)
    return Score(
        detected=_since([incident.confirmed_at] if incident.confirmed_at else [], began),
        acknowledged=_since(taken, began),
        approved=_since([yes.at for _, yes in said], began),
        delivered=_since(arrived, began),
        overridden=tuple(sorted({rule for line in lines for rule in json.loads(line.detail)["rules"]})),
        kept=kept,
        broken=broken,
        undelivered=open_ends,
        finished=incident.resolved_at is not None and bool(said) and not open_ends,
    )


def _promises(said: list[tuple[IncidentUpdate, Approval]], over: datetime | None) -> tuple[int, int]:
    """How many promised times were followed by a word before they passed, and how many were not."""
    times = sorted((yes.at, update.next_update_at) for update, yes in said)
    nexts = [*(at for at, _ in times[1:]), over][: len(times)]
    told = [(promised, after) for (_, promised), after in zip(times, nexts, strict=True) if promised and after]
    kept = sum(after <= promised for promised, after in told)
    return kept, len(told) - kept


def _since(moments: list[datetime], began: datetime) -> timedelta | None:
    return min(moments) - began if moments else None


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else round(length.total_seconds(), 1)
