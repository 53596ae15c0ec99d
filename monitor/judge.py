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
from monitor.ledger import approvals, audit, drafts, flips, incidents
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
    since: datetime
    first_failed_at: datetime | None = None
    last_good_at: datetime | None = None
    good_since: datetime | None = None
    suspected_s: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """The verdict in force."""
        return self.belief.verdict


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

    def __init__(self, ledger: Ledger, minds: dict[str, Mind], *, clock: Callable[[], datetime]) -> None:
        """Begin with what ``remember`` gives; ``minds`` may be read by anybody."""
        self._ledger = ledger
        self._clock = clock
        self.minds = minds
        self._changes: asyncio.Queue[Change] = asyncio.Queue()

    def verdicts(self) -> dict[str, Verdict]:
        """The verdict in force on each target."""
        return {name: mind.verdict for name, mind in self.minds.items()}

    def hear(self, target: Target, result: Result, *, now_s: float) -> float | None:
        """Judge one Result; gives the seconds until a confirming look, if one is needed. ``now_s`` is monotonic."""
        mind = self.minds.setdefault(target.name, Mind(Belief(), result.started_at))
        before = mind.verdict
        mind.belief = step(mind.belief, result.outcome, Patience(len(target.confirm) + 1, target.recover))
        _note_times(mind, result, now_s)
        if mind.verdict is not before:
            mind.since = result.started_at
            self._changes.put_nowait(Change(target, before, mind.verdict, result, replace(mind)))
        return _confirm_in_s(target, mind, result, now_s) if mind.verdict is Verdict.SUSPECT else None

    async def record(self) -> NoReturn:
        """Write changes down for ever, in the order in which they came; many at once when many come at once."""
        while True:
            await self._write([await self._changes.get(), *self._waiting()])

    async def settle(self) -> None:
        """Write down what waits now."""
        while changes := self._waiting():
            await self._write(changes)

    def _waiting(self) -> list[Change]:
        return [self._changes.get_nowait() for _ in range(min(self._changes.qsize(), BATCH_MAX))]

    async def _write(self, changes: list[Change]) -> None:
        async with self._ledger.write() as session:
            for change in changes:
                await self._settle(session, change)

    async def retire(self) -> None:
        """Close what rests only on targets that are looked at no more, unless the public was told of it."""
        async with self._ledger.write() as session:
            for incident in await incidents.open_all(session):
                members = await incidents.members(session, incident.id)
                if not await _told(session, incident.id) and not any(member.target in self.minds for member in members):
                    note = "its targets are no longer in the config"
                    subject = f"incident:{incident.id}"
                    await audit.note(
                        session, actor="ownup", action="closed", subject=subject, detail=note, now=self._clock()
                    )
                    await incidents.close(session, incident.id, self._clock())

    async def _settle(self, session: AsyncSession, change: Change) -> None:
        flip, mind = change.flip(), change.mind
        if not await flips.record(session, flip, first_failed_at=mind.first_failed_at, last_good_at=mind.last_good_at):
            log.warning("another process has judged this target", target=flip.target)
            self.minds.update(remember(await flips.standings(session), [change.target]))
            return
        log.info("verdict", target=flip.target, before=flip.before, after=flip.after, reason=flip.reason or "")
        await _move(session, change, flip, now=self._clock())


def remember(standings: Mapping[str, Standing], targets: Iterable[Target]) -> dict[str, Mind]:
    """A mind on each of these targets that the record knows, as it was when it was last written down."""
    return {
        target.name: _remembered(standings[target.name])
        for target in targets
        if target.enabled and target.name in standings
    }


def _remembered(standing: Standing) -> Mind:
    failing = standing.verdict in {Verdict.SUSPECT, Verdict.DOWN}
    belief = Belief(standing.verdict, failures=1 if failing else 0)
    return Mind(belief, standing.since, standing.first_failed_at, standing.last_good_at)


def _note_times(mind: Mind, result: Result, now_s: float) -> None:
    if result.outcome is Outcome.FAILED:
        if mind.belief.failures == 1:
            mind.first_failed_at, mind.suspected_s = result.started_at, now_s
    elif result.outcome is not Outcome.UNKNOWN:
        mind.last_good_at = result.started_at
        if mind.belief.goods == 1:
            mind.good_since = result.started_at


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
            await incidents.confirm(session, incident.id, change.target.name, now)
    elif move is moves.Move.RECOVER and incident is not None:
        await incidents.recover(session, incident.id, change.target.name, change.mind.good_since or flip.at)
    if incident is not None:
        await _conclude(session, incident.id)


async def _told(session: AsyncSession, incident_id: int) -> bool:
    updates = await drafts.of_incident(session, incident_id)
    return any([await approvals.of_update(session, update.id) for update in updates])


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
    return Member(
        incident_id=incident.id,
        target=flip.target,
        component_id=flip.component_id,
        kind=flip.kind,
        reason=flip.reason or "",
        detail=flip.detail,
        flip_id=flip.id,
        first_failed_at=first_failed_at,
        last_good_at=change.mind.last_good_at,
    )
