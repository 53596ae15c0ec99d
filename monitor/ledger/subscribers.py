"""Subscribers: who asked to be told, who has confirmed it, who was given up; nobody's address outlives their wish."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from monitor.models import Posting, PostingState, Subscriber, SubscriberState, Way
from monitor.passes import nonce

ASK_AGAIN: Final = timedelta(minutes=10)
"""How long one letter about a wish to subscribe is enough, however often somebody asks."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader wants to hear of, and in which language; no component is all of them, those to come too."""

    language: str
    components: tuple[str, ...] = ()

    @classmethod
    def of(cls, one: Subscriber) -> "Choice":
        """What a subscriber chose."""
        return cls(one.language, tuple(json.loads(one.components)))

    def hears_of(self, components: Collection[str]) -> bool:
        """Whether what concerns these components is told them; what concerns none that we know is told everybody."""
        return not self.components or not components or any(one in self.components for one in components)


async def ask(s: AsyncSession, way: Way, address: str, choice: Choice, now: datetime) -> Subscriber:
    """Somebody says that this address wants to be told. It is told nothing but our question before it says so itself.

    What a confirmed subscriber chose does not change by it: anybody can type their address.
    """
    one = await _asking(s, way, address)
    if one is None:
        one = Subscriber(nonce=nonce(), way=way, address=address, language="", asked_at=now, next_attempt_at=now)
        s.add(one)
    elif one.answered_at is not None and now - one.answered_at >= ASK_AGAIN:
        one.asked_at = one.next_attempt_at = now
    if one.state is not SubscriberState.CONFIRMED:
        one.state, one.stopped_at, one.why_stopped = SubscriberState.ASKED, None, ""
        _choose(one, choice)
    await s.flush()
    return one


async def _asking(s: AsyncSession, way: Way, address: str) -> Subscriber | None:
    """Whom a new wish is about. A webhook's is always a new one, with a secret of its own, until it proves itself."""
    return await of_address(s, way, address) if way is Way.EMAIL else None


async def of_address(s: AsyncSession, way: Way, address: str) -> Subscriber | None:
    """The subscription of an address, wherever it stands; the confirmed one if a webhook has others."""
    mine = select(Subscriber).where(col(Subscriber.way) == way, col(Subscriber.address) == address)
    return await s.scalar(mine.order_by(col(Subscriber.confirmed_at).is_(None), col(Subscriber.id).desc()).limit(1))


async def find(s: AsyncSession, nonce: str) -> Subscriber | None:
    """The subscriber that a pass names; None if they have left."""
    return await s.scalar(select(Subscriber).where(col(Subscriber.nonce) == nonce))


async def unanswered(s: AsyncSession, way: Way, limit: int = 1) -> Sequence[Subscriber]:
    """Whose wishes are to be answered next, now or later."""
    waiting = or_(col(Subscriber.answered_at).is_(None), col(Subscriber.answered_at) < col(Subscriber.asked_at))
    wanted = select(Subscriber).where(col(Subscriber.way) == way, waiting)
    return (await s.scalars(wanted.order_by(col(Subscriber.next_attempt_at)).limit(limit))).all()


async def answered(s: AsyncSession, one: Subscriber, now: datetime) -> None:
    """Our letter about the wish of that moment has gone; a wish since then is still to be answered."""
    mine = update(Subscriber).where(col(Subscriber.id) == one.id)
    await s.execute(mine.values(answered_at=max(now, one.asked_at), attempts=0))


async def answer_later(s: AsyncSession, one: Subscriber, at: datetime) -> None:
    """It could not be sent; try again then."""
    mine = update(Subscriber).where(col(Subscriber.id) == one.id)
    await s.execute(mine.values(next_attempt_at=at, attempts=col(Subscriber.attempts) + 1))


async def confirm(s: AsyncSession, nonce: str, now: datetime) -> Subscriber | None:
    """The address has said yes itself; None if the wish is there no more. Saying it twice is fine."""
    one = await find(s, nonce)
    if one is None or one.state is SubscriberState.CONFIRMED:
        return one
    await _replace(s, one)
    one.state, one.confirmed_at, one.stopped_at, one.why_stopped = SubscriberState.CONFIRMED, now, None, ""
    one.failing_since, one.soft_bounces = None, 0
    await s.flush()
    return one


async def choose(s: AsyncSession, nonce: str, choice: Choice) -> bool:
    """They want to hear of something else from now on; False if they have left."""
    one = await find(s, nonce)
    if one is not None:
        _choose(one, choice)
        await s.flush()
    return one is not None


async def leave(s: AsyncSession, nonce: str) -> None:
    """They want to hear no more: nothing of them is kept. Leaving twice is fine."""
    await remove(s, [one.id] if (one := await find(s, nonce)) else [])


async def remove(s: AsyncSession, ids: Sequence[int]) -> None:
    """Delete these, and what they were sent."""
    await s.execute(delete(Posting).where(col(Posting.subscriber_id).in_(ids)))
    await s.execute(delete(Subscriber).where(col(Subscriber.id).in_(ids)))
    s.expire_all()


async def silent(s: AsyncSession, before: datetime) -> Sequence[int]:
    """Whoever was asked before then and never said yes."""
    asked = col(Subscriber.state) == SubscriberState.ASKED, col(Subscriber.asked_at) < before
    return (await s.scalars(select(col(Subscriber.id)).where(*asked))).all()


async def stop(s: AsyncSession, one_id: int, why: str, now: datetime) -> bool:
    """The address cannot be reached: it is told nothing more, until somebody asks and it confirms again."""
    mine = update(Subscriber).where(col(Subscriber.id) == one_id, col(Subscriber.state) == SubscriberState.CONFIRMED)
    stopped = mine.values(state=SubscriberState.STOPPED, stopped_at=now, why_stopped=why)
    if await s.scalar(stopped.returning(col(Subscriber.id))) is None:
        return False
    waiting = update(Posting).where(col(Posting.subscriber_id) == one_id, col(Posting.state) == PostingState.PENDING)
    await s.execute(waiting.values(state=PostingState.FAILED, settled_at=now, error="stopped"))
    return True


async def works(s: AsyncSession, ids: Sequence[int]) -> None:
    """These were reached."""
    failing = update(Subscriber).where(col(Subscriber.id).in_(ids), col(Subscriber.failing_since).is_not(None))
    await s.execute(failing.values(failing_since=None))


async def fails(s: AsyncSession, one: Subscriber, now: datetime) -> datetime:
    """This one was not reached; since when that is so."""
    first = update(Subscriber).where(col(Subscriber.id) == one.id, col(Subscriber.failing_since).is_(None))
    await s.execute(first.values(failing_since=now))
    return one.failing_since or now


async def bounced(s: AsyncSession, one_id: int) -> None:
    """A message did not reach them, which may pass; it is counted."""
    mine = update(Subscriber).where(col(Subscriber.id) == one_id)
    await s.execute(mine.values(soft_bounces=col(Subscriber.soft_bounces) + 1))


async def counts(s: AsyncSession) -> dict[tuple[Way, SubscriberState], int]:
    """How many there are of each way, by where they stand."""
    wanted = select(col(Subscriber.way), col(Subscriber.state), func.count())
    counted = await s.execute(wanted.group_by(col(Subscriber.way), col(Subscriber.state)))
    return {(way, state): count for way, state, count in counted}


async def _replace(s: AsyncSession, by: Subscriber) -> None:
    """A webhook that subscribed anew has another secret; what it had before ends here."""
    others = select(col(Subscriber.id)).where(
        col(Subscriber.way) == by.way, col(Subscriber.address) == by.address, col(Subscriber.id) != by.id
    )
    await remove(s, (await s.scalars(others)).all())


def _choose(one: Subscriber, choice: Choice) -> None:
    one.language, one.components = choice.language, json.dumps(choice.components)
