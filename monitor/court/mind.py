"""A mind on one target: what is believed of it, since when, and what an incident has to know of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from monitor.court.latency import Times
from monitor.court.share import Share
from monitor.court.testimony import Testimony
from monitor.court.topology import Node
from monitor.verdict import Belief, Patience, Verdict, step
from probes.finding import Outcome
from probes.reason import Reason

RECOVER_MAX: Final = 20
RELAPSES_MAX: Final = 8


class Move(StrEnum):
    """What a plea asks for: of the incident that the target is part of, or is to become part of."""

    JOIN = "join"
    """Open it or join it, still unconfirmed: the draft is there before anyone is called."""
    CONFIRM = "confirm"
    """Join it, and call a human."""
    RECOVER = "recover"
    """Its part is over."""
    NONE = "none"
    """Nothing opens and nothing ends: it stays as it is, or is planned, or we cannot see."""


class Part(StrEnum):
    """A target's part in an open incident."""

    NONE = "none"
    QUIET = "quiet"
    CALLED = "called"


_PARTS: Final = {Move.JOIN: Part.QUIET, Move.CONFIRM: Part.CALLED, Move.RECOVER: Part.NONE}


@dataclass(slots=True)
class Mind:
    """What we hold of one target between looks; ``suspected_s`` is on the monotonic clock.

    ``waited_out`` is how many of the confirming looks would have come while the first failed look still hung;
    ``slows`` and ``quicks`` are the present runs of looks that customers would have felt as slow, or not; ``deferrals``
    are those of a slow run that were told to come again later, which have a patience of their own; ``downs`` is
    when it was lately called down, ``planned`` whether the last look was under maintenance, ``last`` that look.
    """

    belief: Belief
    since: datetime
    first_failed_at: datetime | None = None
    last_good_at: datetime | None = None
    good_since: datetime | None = None
    suspected_s: float = 0.0
    waited_out: int = 0
    slows: int = 0
    quicks: int = 0
    deferrals: int = 0
    deferred_since: datetime | None = None
    slow_since: datetime | None = None
    quick_since: datetime | None = None
    last_quick_at: datetime | None = None
    part: Part = Part.NONE
    part_is_slow: bool = False
    planned: bool = False
    downs: tuple[datetime, ...] = ()
    usual: Times = field(default_factory=Times)
    share: Share = field(default_factory=Share)
    last: Testimony | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict in force."""
        return self.belief.verdict

    def patience(self, node: Node, at: datetime, within: timedelta) -> Patience:
        """How patient we are now: each time it was lately down before doubles the good looks that it must show."""
        patience = node.patience if not self.waited_out else node.patience.after(self.waited_out)
        if not self.downs:
            return patience
        lately = sum(at - down <= within for down in self.downs)
        relapses = max(0, lately - (self.verdict is Verdict.DOWN))
        most = max(node.patience.recover, RECOVER_MAX)
        return replace(patience, recover=min(most, node.patience.recover << relapses))

    def hear(self, node: Node, told: Testimony, *, now_s: float, planned: bool, within: timedelta) -> "Plea | None":
        """Believe anew after one look; gives a plea if the verdict changes, or if an incident has to know."""
        before = self.verdict
        if told.failed and self.belief.failures == 0:
            self.waited_out = sum(wait_s <= told.duration_s for wait_s in node.confirm_s)
        patience = self.patience(node, told.at, within)
        self.belief = step(self.belief, told.outcome, patience)
        self._note(told, now_s, planned=planned)
        if self.verdict is not before:
            self.since = told.at
            if self.verdict is Verdict.DOWN:
                self.downs = (*self.downs, told.at)[-RELAPSES_MAX:]
        self._count(node, told, planned=planned)
        move = Move.NONE if planned and self.part is Part.NONE else self._move(node, patience)
        return None if move is Move.NONE and self.verdict is before else self._plea(told, before, move)

    def recollect(self, told: Testimony, *, planned: bool) -> None:
        """Take up a look of before a restart: its verdict is known, and this brings back the runs of slow looks."""
        if told.failed:
            self.slows = self.quicks = self.deferrals = 0
        elif told.outcome is not Outcome.UNKNOWN:
            self._note_good(told)
        if planned or self.verdict is Verdict.DOWN:
            self.share.forget()
        elif told.outcome is not Outcome.UNKNOWN:
            self.share.note(told.at, failed=told.failed, enough=0)

    def dismiss(self, told: Testimony) -> "Plea":
        """Drop a suspicion that came up while we could not see."""
        before, self.belief, self.since = self.verdict, Belief(), told.at
        return self._plea(told, before, Move.NONE if self.part is Part.NONE else Move.RECOVER)

    def _plea(self, told: Testimony, before: Verdict, move: Move) -> "Plea":
        if move in _PARTS:
            self.part_is_slow = self.verdict is Verdict.DEGRADED if move is Move.CONFIRM else self.part_is_slow
            self.part = _PARTS[move]
        slow = self.part_is_slow
        return Plea(
            target=told.target,
            testimony=told,
            before=before,
            after=self.verdict,
            move=move,
            first_failed_at=(self.slow_since if slow else self.first_failed_at) or told.at,
            last_good_at=self.last_quick_at if slow else self.last_good_at,
            recovered_at=(self.quick_since if slow else self.good_since) or told.at,
            known=(self.first_failed_at, self.last_good_at),
        )

    def _note(self, told: Testimony, now_s: float, *, planned: bool) -> None:
        past_plan = self.planned and not planned and self.part is Part.NONE
        self.last, self.planned = told, self.planned if told.outcome is Outcome.UNKNOWN else planned
        if told.outcome is Outcome.FAILED:
            self.slows = self.quicks = self.deferrals = 0
            if self.belief.failures == 1 or past_plan:  # What fails past its plan fails its customers from then on.
                self.first_failed_at, self.suspected_s = told.at, now_s
        elif told.outcome is not Outcome.UNKNOWN:
            self._note_good(told)

    def _count(self, node: Node, told: Testimony, *, planned: bool) -> None:
        """Keep in mind which looks failed, unless it is down or meant to be: that is no failure in part."""
        if planned or self.verdict is Verdict.DOWN:
            self.share.forget()
        elif told.outcome is not Outcome.UNKNOWN:
            self.share.note(told.at, failed=told.failed, enough=node.partial_after)

    def _note_good(self, told: Testimony) -> None:
        self.last_good_at = told.at
        self.waited_out = 0
        if self.belief.goods == 1:
            self.good_since = told.at
        if told.outcome is Outcome.OK or told.reason is Reason.LATENCY:
            self.usual.learn(told.duration_s, told.phases)
        self._lengthen(told)
        if told.felt and self.slows + self.deferrals == 1:
            self.slow_since = told.at
            if told.reason is Reason.PARTIAL:
                self.slow_since, self.last_quick_at = self.share.since, self.share.good_until
        if self.quicks == 1:
            self.quick_since = told.at
        if self.quicks:
            self.last_quick_at = told.at

    def _lengthen(self, told: Testimony) -> None:
        if not told.felt:
            self.slows, self.deferrals, self.quicks = 0, 0, self.quicks + 1
            return
        self.quicks = 0
        if told.reason is not Reason.DEFERRED:
            self.slows += 1
            return
        self.deferrals += 1
        if self.deferrals == 1:
            self.deferred_since = told.at

    def _slow_for_long(self, node: Node, patience: Patience) -> bool:
        """Whether so many looks were slow that it is no chance; or deferred, and so long that mail waits for it."""
        if self.slows >= patience.failures:
            return True
        if self.deferrals < patience.failures or self.last is None or self.deferred_since is None:
            return False
        return (self.last.at - self.deferred_since).total_seconds() >= node.defer_grace_s

    def _move(self, node: Node, patience: Patience) -> Move:
        """What the incident must hear now. It compares what is with what ought to be, so that nothing is missed."""
        if self.verdict is Verdict.DOWN:
            # What was down by plan and is well past its end is on its way up: only what fails then is an outage.
            known = (self.part is Part.CALLED and not self.part_is_slow) or not (self.last and self.last.failed)
            return Move.NONE if known else Move.CONFIRM
        if self.verdict is Verdict.SUSPECT:
            return Move.JOIN if self.part is Part.NONE else Move.NONE
        if self.verdict is Verdict.DEGRADED and (self._slow_for_long(node, patience) or self.share.partly):
            return Move.NONE if self.part is Part.CALLED and self.part_is_slow else Move.CONFIRM
        if self.verdict is Verdict.UNKNOWN or self.part is Part.NONE:
            return Move.NONE
        lasting = self.part_is_slow and self.verdict is Verdict.DEGRADED and self.quicks < patience.recover
        return Move.NONE if lasting else Move.RECOVER


@dataclass(frozen=True, slots=True)
class Plea:
    """One change that matters: of the verdict, or of what an incident must know.

    ``first_failed_at`` is the beginning of the present run of bad looks, ``recovered_at`` that of the good one;
    ``known`` is what the record keeps of the target between looks: its first failed look, and its last good one.
    """

    target: str
    testimony: Testimony
    before: Verdict
    after: Verdict
    move: Move
    first_failed_at: datetime
    last_good_at: datetime | None
    recovered_at: datetime
    known: tuple[datetime | None, datetime | None] = (None, None)
