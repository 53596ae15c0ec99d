"""The judge: turns Results into verdicts, and every change of verdict into the record.

Hearing a Result is pure arithmetic in memory. Only a change of verdict is written, and it is written before anything
acts on it: the flip, the standing and what they mean for the incident go into one transaction. What is in memory can
therefore be lost at any moment: the next looks bring it back.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NoReturn

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from monitor import incidents as moves
from monitor.ledger import flips, incidents
from monitor.ledger.store import Ledger
from monitor.models import Flip, Incident, Member, Standing
from monitor.verdict import Belief, Patience, Verdict, step
from probes.finding import Outcome
from probes.look import Result
from probes.target import Target

BATCH_MAX: Final = 500

log = structlog.get_logger("ownup.judge")


@dataclass(slots=True)
class Mind:
    """What we hold of one target between looks; ``suspected_s`` is on the monotonic clock."""

    belief: Belief
    first_failed_at: datetime | None = None
    last_good_at: datetime | None = None
    good_since: datetime | None = None
    suspected_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """One change of verdict, on its way into the record."""

    target: Target
    before: Verdict
    after: Verdict
    result: Result
    mind: Mind

    def flip(self) -> Flip:
        """The row that will be its evidence."""
        return Flip(
            target=self.target.name,
            component_id=self.target.component,
            kind=self.target.kind,
            at=self.result.started_at,
            before=self.before,
            after=self.after,
            reason=self.result.reason,
            detail=self.result.detail,
            result=self.result.as_json(),
        )


class Judge:
    """Holds a mind on every target, and writes down when it changes."""

    def __init__(self, ledger: Ledger, standings: Mapping[str, Standing], *, clock: Callable[[], datetime]) -> None:
        """Begin with what the record last said of each target."""
        self._ledger = ledger
        self._clock = clock
        self._minds = {name: _remembered(standing) for name, standing in standings.items()}
        self._changes: asyncio.Queue[Change] = asyncio.Queue()

    def verdicts(self) -> dict[str, Verdict]:
        """The verdict in force for each target."""
        return {name: mind.belief.verdict for name, mind in self._minds.items()}

    def forget(self, targets: Iterable[str]) -> None:
        """Hold no mind on targets that are looked at no more."""
        for name in targets:
            self._minds.pop(name, None)

    def hear(self, target: Target, result: Result, *, now_s: float) -> float | None:
        """Judge one Result; gives the seconds until a confirming look, if one is needed. ``now_s`` is monotonic."""
        mind = self._minds.setdefault(target.name, Mind(Belief()))
        before = mind.belief.verdict
        mind.belief = step(mind.belief, result.outcome, Patience(len(target.confirm) + 1, target.recover))
        after = mind.belief.verdict
        if result.outcome is Outcome.FAILED:
            if mind.belief.failures == 1:
                mind.first_failed_at, mind.suspected_s = result.started_at, now_s
        elif result.outcome is not Outcome.UNKNOWN:
            mind.last_good_at = result.started_at
            if mind.belief.goods == 1:
                mind.good_since = result.started_at
        if after is not before:
            self._changes.put_nowait(Change(target, before, after, result, replace(mind)))
        return _confirm_in_s(target, mind, result, now_s) if after is Verdict.SUSPECT else None

    async def record(self) -> NoReturn:
        """Write changes down for ever, in the order in which they came; many at once when many come at once."""
        while True:
            batch = [await self._changes.get()]
            while not self._changes.empty() and len(batch) < BATCH_MAX:
                batch.append(self._changes.get_nowait())
            async with self._ledger.write() as session:
                for change in batch:
                    await self._settle(session, change)

    async def _settle(self, session: AsyncSession, change: Change) -> None:
        flip = change.flip()
        if not await flips.record(
            session, flip, first_failed_at=change.mind.first_failed_at, last_good_at=change.mind.last_good_at
        ):
            log.warning("another process has judged this target", target=change.target.name)
            return
        log.info("verdict", target=flip.target, before=flip.before, after=flip.after, reason=flip.reason or "")
        await _move(session, change, flip, now=self._clock())


def _remembered(standing: Standing) -> Mind:
    failing = standing.verdict in {Verdict.SUSPECT, Verdict.DOWN}
    belief = Belief(standing.verdict, failures=1 if failing else 0)
    return Mind(belief, standing.first_failed_at, standing.last_good_at)


def _confirm_in_s(target: Target, mind: Mind, result: Result, now_s: float) -> float | None:
    """When the next confirming look is due; a blank look is made good after the same wait, never at once."""
    wait_s = target.confirm[min(mind.belief.failures, len(target.confirm)) - 1]
    if result.outcome is Outcome.UNKNOWN:
        return wait_s
    return max(0.0, mind.suspected_s + wait_s - now_s)


async def _move(session: AsyncSession, change: Change, flip: Flip, *, now: datetime) -> None:
    move = moves.MOVES[change.after]
    cause = moves.cause(change.target.component)
    incident = await incidents.open_of_cause(session, cause)
    if move in {moves.Move.JOIN, moves.Move.CONFIRM}:
        first_failed_at = change.mind.first_failed_at or flip.at
        incident = incident or await incidents.begin(session, cause, first_failed_at)
        await incidents.join(session, _member(incident, change, flip, first_failed_at))
        if move is moves.Move.CONFIRM:
            await incidents.confirm(session, _id(incident), change.target.name, now)
    elif move is moves.Move.RECOVER and incident is not None:
        await incidents.recover(session, _id(incident), change.target.name, change.mind.good_since or flip.at)
    if incident is not None:
        await _conclude(session, _id(incident))


async def _conclude(session: AsyncSession, incident_id: int) -> None:
    members = await incidents.members(session, incident_id)
    state = moves.state(
        moves.Part(member.confirmed_at is not None, member.recovered_at is not None) for member in members
    )
    recovered_at = max((member.recovered_at for member in members if member.recovered_at), default=None)
    await incidents.set_recovered(session, incident_id, None if state is moves.State.FAILING else recovered_at)
    if state is moves.State.BLIP and recovered_at:
        await incidents.close(session, incident_id, recovered_at)


def _member(incident: Incident, change: Change, flip: Flip, first_failed_at: datetime) -> Member:
    assert flip.id is not None  # noqa: S101 - the record has just given it one
    return Member(
        incident_id=_id(incident),
        target=flip.target,
        component_id=flip.component_id,
        kind=flip.kind,
        reason=flip.reason or "",
        detail=flip.detail,
        flip_id=flip.id,
        first_failed_at=first_failed_at,
        last_good_at=change.mind.last_good_at,
    )


def _id(incident: Incident) -> int:
    assert incident.id is not None  # noqa: S101 - it stands in the record
    return incident.id
