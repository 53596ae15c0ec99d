"""The house: what is looked at and how it is, by which ways words go out, who was called, and who asks."""

from datetime import datetime

from pydantic import BaseModel

from monitor.desk import duty, targets
from monitor.desk.api.ask import Ask
from monitor.desk.overview import parts
from monitor.ledger import calls
from monitor.models import CallState, CanaryOutcome, Role, Signal, Why
from monitor.verdict import Verdict


class Me(BaseModel):
    """Whose token it is, what it may do, and until when."""

    person: str
    role: Role
    token: str
    expires_at: datetime


class ComponentNow(BaseModel):
    """A component, by the worst of its targets."""

    id: str
    name: str
    verdict: Verdict
    note: str


class ComponentList(BaseModel):
    """All components of the config, in its order."""

    items: tuple[ComponentNow, ...]


class TargetNow(BaseModel):
    """A target, and why its last look was not good if it was not."""

    name: str
    kind: str
    component: str
    verdict: Verdict
    reason: str
    last_look_at: datetime | None


class TargetList(BaseModel):
    """All targets that are looked at, the worst first."""

    items: tuple[TargetNow, ...]


class ChannelNow(BaseModel):
    """A channel, and how its last delivery went; ``stopped`` is why it stands still, "" if it does not."""

    name: str
    kind: str
    is_well: bool
    stopped: str
    pending: int
    last_delivered_at: datetime | None
    error: str
    canary: CanaryOutcome | None
    canary_at: datetime | None
    canary_words: str


class ChannelList(BaseModel):
    """All channels of the config, in its order."""

    items: tuple[ChannelNow, ...]


class CallNow(BaseModel):
    """One call of one of us, and what came of it."""

    id: int
    incident: int | None
    why: Why
    signal: Signal
    person: str
    route: str
    at: datetime
    state: CallState
    attempts: int
    delivered_at: datetime | None
    error: str


class CallList(BaseModel):
    """Every call about what is not over yet, the oldest first."""

    items: tuple[CallNow, ...]


async def me(ask: Ask) -> Me:
    """Say whose token this is, what it may do, and until when."""
    bearer = ask.bearer
    return Me(person=bearer.person.name, role=bearer.role, token=bearer.token.label, expires_at=bearer.token.expires_at)


async def components(ask: Ask) -> ComponentList:
    """List the components, and how each is now."""
    return ComponentList(
        items=tuple(
            ComponentNow(id=one.id, name=one.name, verdict=one.verdict, note=one.note) for one in parts(ask.seat)
        )
    )


async def looked_at(ask: Ask) -> TargetList:
    """List the targets, the worst first."""
    found = await targets.rows(ask.seat, targets.order(ask.seat), ask.now)
    return TargetList(items=tuple(map(_target, found)))


async def channels(ask: Ask) -> ChannelList:
    """List the channels, and how each one's last delivery went."""
    async with ask.read() as s:
        ways = await duty.ways(s, ask.seat.config, ask.now)
    return ChannelList(items=tuple(map(_channel, ways)))


async def called(ask: Ask) -> CallList:
    """List the calls about what is not over yet, and what came of each."""
    async with ask.read() as s:
        live = await calls.live(s)
    shown = set(CallNow.model_fields)
    return CallList(items=tuple(CallNow(incident=call.incident_id, **call.model_dump(include=shown)) for call in live))


def _target(check: targets.Check) -> TargetNow:
    return TargetNow(
        name=check.name,
        kind=check.kind,
        component=check.component,
        verdict=check.verdict,
        reason=check.reason,
        last_look_at=check.last,
    )


def _channel(way: duty.Way) -> ChannelNow:
    last, tried = way.last, way.canary
    return ChannelNow(
        name=way.name,
        kind=way.kind,
        is_well=way.is_well,
        stopped=way.halt.why if way.halt else "",
        pending=way.pending,
        last_delivered_at=last.delivered_at if last else None,
        error=last.error if last else "",
        canary=tried.outcome if tried else None,
        canary_at=tried.at if tried else None,
        canary_words=tried.words if tried else "",
    )
