"""Calls of people: recorded before they are made, claimed by one, and kept with what came of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.models import Call, CallState, Signal, Why

UNSETTLED: Final = (CallState.PENDING, CallState.SENDING)


async def unplaced(s: AsyncSession, calls: Iterable[Call]) -> Sequence[Call]:
    """Those of some new calls whose keys are not in the record yet."""
    wanted = {call.key: call for call in calls}
    there = await s.scalars(select(col(Call.key)).where(col(Call.key).in_(wanted))) if wanted else ()
    for key in there:
        del wanted[key]
    return list(wanted.values())


async def place(s: AsyncSession, calls: Iterable[Call]) -> None:
    """Record new calls, before they are made. IntegrityError if one of the keys is there."""
    s.add_all(calls)
    await s.flush()


async def let_go(s: AsyncSession, incident_id: int) -> Sequence[datetime]:
    """When each matter of an incident was over that said: nobody has taken it up. Oldest first."""
    of_it = (col(Call.incident_id) == incident_id, col(Call.why) == Why.CONFIRMED, col(Call.closed_at).is_not(None))
    ends = await s.scalars(select(func.max(col(Call.closed_at))).where(*of_it).group_by(col(Call.matter)))
    return sorted(at for at in ends if at)


async def live(s: AsyncSession) -> Sequence[Call]:
    """Every call whose matter is not over yet, in the order in which they were placed."""
    return (await s.scalars(select(Call).where(col(Call.closed_at).is_(None)).order_by(col(Call.id)))).all()


async def of_incident(s: AsyncSession, incident_id: int) -> Sequence[Call]:
    """Every call about one incident, in the order in which they were placed."""
    return (await of_incidents(s, [incident_id])).get(incident_id, ())


async def of_incidents(s: AsyncSession, incident_ids: Collection[int]) -> Mapping[int, Sequence[Call]]:
    """The same of several incidents, by incident."""
    found: dict[int, list[Call]] = defaultdict(list)
    for call in await s.scalars(select(Call).where(col(Call.incident_id).in_(incident_ids)).order_by(col(Call.id))):
        if call.incident_id is not None:
            found[call.incident_id].append(call)
    return found


async def rung(s: AsyncSession) -> set[int]:
    """The incidents for which a ring has reached somebody."""
    reached = (
        col(Call.signal) == Signal.RING,
        col(Call.state) == CallState.DELIVERED,
        col(Call.incident_id).is_not(None),
    )
    return {one for one in await s.scalars(select(col(Call.incident_id)).where(*reached).distinct()) if one}


async def next_due(s: AsyncSession, route: str, now: datetime) -> Call | None:
    """The oldest call that this route should try now, if any; one that is tried again later holds up no other."""
    wanted = _pending(route).where(col(Call.next_attempt_at) <= now)
    return await s.scalar(wanted.order_by(col(Call.id)).limit(1))


async def due_at(s: AsyncSession, route: str) -> datetime | None:
    """When this route has to try next; None if nothing waits."""
    first = await s.scalar(_pending(route).order_by(col(Call.next_attempt_at)).limit(1))
    return None if first is None else first.next_attempt_at


async def claim(s: AsyncSession, call_id: int) -> bool:
    """Take a pending call to make it, which counts as an attempt; False if it is not pending."""
    return await _move(s, call_id, (CallState.PENDING,), state=CallState.SENDING, attempts=col(Call.attempts) + 1)


async def delivered(s: AsyncSession, call_id: int, receipt: str, now: datetime) -> bool:
    """Say that the route took it; False if it was not being made."""
    done = {"state": CallState.DELIVERED, "delivered_at": now, "receipt": receipt, "error": ""}
    return await _move(s, call_id, (CallState.SENDING,), **done)


async def retry(s: AsyncSession, call_id: int, error: str, at: datetime) -> bool:
    """Say that an attempt failed and when to try again; False if it was not being made."""
    return await _move(s, call_id, (CallState.SENDING,), state=CallState.PENDING, error=error, next_attempt_at=at)


async def fail(s: AsyncSession, call_id: int, error: str) -> bool:
    """Give a call up for good; False if it came through or was given up before."""
    return await _move(s, call_id, UNSETTLED, state=CallState.FAILED, error=error)


async def drop(s: AsyncSession, matter: str, signal: Signal, why: str) -> list[str]:
    """Give up the calls of a matter that say this and are not under way; gives their routes, one for each."""
    waiting = update(Call).where(
        col(Call.matter) == matter, col(Call.signal) == signal, col(Call.state) == CallState.PENDING
    )
    dropped = await s.scalars(waiting.values(state=CallState.DROPPED, error=why).returning(col(Call.route)))
    return list(dropped)


async def close(s: AsyncSession, matter: str, now: datetime) -> None:
    """Say that a matter is over: no call about it asks anything of anybody any more."""
    await s.execute(update(Call).where(col(Call.matter) == matter, col(Call.closed_at).is_(None)).values(closed_at=now))


async def unclaim_all(s: AsyncSession, route: str) -> int:
    """At the start of a route: what a dead process was making is to be made again, under the same key; how many."""
    sending = update(Call).where(col(Call.route) == route, col(Call.state) == CallState.SENDING)
    again = await s.scalars(sending.values(state=CallState.PENDING).returning(col(Call.id)))
    return len(again.all())


async def pending_counts(s: AsyncSession) -> dict[str, int]:
    """How many calls wait or are being made, by route; routes without any are left out."""
    wanted = select(col(Call.route), func.count()).where(col(Call.state).in_(UNSETTLED))
    return dict((await s.execute(wanted.group_by(col(Call.route)))).all())


def _pending(route: str) -> Select[Call]:
    return select(Call).where(col(Call.route) == route, col(Call.state) == CallState.PENDING)


async def _move(
    s: AsyncSession,
    call_id: int,
    allowed: Sequence[CallState],
    **values: Any,  # noqa: ANN401 - columns differ in type
) -> bool:
    """The compare-and-swap of every transition: it starts from an allowed state, or changes nothing."""
    moved = await s.scalar(
        update(Call)
        .where(col(Call.id) == call_id, col(Call.state).in_(allowed))
        .values(**values)
        .returning(col(Call.id))
    )
    return moved is not None
