"""Recordings through the court: which incidents would have been opened, when a human would have been called.

A recording answers every look that the court asks for. Where its rows lie no further apart than our own looks would,
they are the looks; where they lie further apart, a row stands until the next one, as in a list of changes. Such rows
tell when something began or ended no better than to some of their steps: what is nearer than that is one cause, and
what has been well for less is not over.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from monitor.court.court import Court, Rules
from monitor.court.testimony import Testimony
from monitor.court.topology import Node, Topology
from monitor.replay.cases import Cases, Incident
from monitor.replay.recording import Recording
from monitor.verdict import Patience, Verdict
from probes.finding import Outcome
from probes.target import Manner

LOOKS_MAX: Final = 50  # Between two rows: more than any verdict needs to settle.
STEPS: Final = 3  # Recorded checks are skipped now and then, so two beginnings can look this many steps apart.
STEP_MAX: Final = timedelta(hours=1)  # A list of changes with a daily sign of life is no daily check.
ONE_HOST: Final = "recorded"

_SETTLED: Final = {
    Outcome.OK: {Verdict.UP},
    Outcome.DEGRADED: {Verdict.DEGRADED},
    Outcome.FAILED: {Verdict.DOWN},
    Outcome.UNKNOWN: set(Verdict),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """The rules to play by. Targets that ``hosts`` does not name live all on one host.

    With a ``topology`` the recordings are our own looks at its targets: all that there were, and as sharp.
    """

    manner: Manner = field(default_factory=Manner)
    today: Rules = field(default_factory=Rules)
    watch_for: timedelta = timedelta(minutes=15)
    hosts: Mapping[str, str] = field(default_factory=dict)
    topology: Topology | None = None

    def node(self, target: str) -> Node:
        """What the court knows of one target."""
        host = self.hosts.get(target, ONE_HOST)
        return Node(
            target,
            component=target,
            host=host,
            patience=Patience(len(self.manner.confirm) + 1, self.manner.recover),
            confirm_s=self.manner.confirm,
            partial_after=self.manner.partial_after,
            defer_grace_s=self.manner.defer_grace,
        )

    def rules(self, blur: timedelta) -> Rules:
        """Today's rules, as far as a recording can follow them that is not sharper than this."""
        return replace(self.today, consult=False, join_within=max(self.today.join_within, blur))


@dataclass(frozen=True, slots=True, order=True)
class _Look:
    """Row ``row`` of recording ``of`` seen at ``at``; ``extra`` counts the looks that we put between two rows."""

    at: datetime
    of: int
    row: int
    extra: int = 0


def play(recordings: Sequence[Recording], setting: Setting) -> tuple[Incident, ...]:
    """Play all recordings beside each other; gives every incident in the order of opening."""
    return _Player(recordings, setting).play()


class _Player:
    def __init__(self, recordings: Sequence[Recording], setting: Setting) -> None:
        self._recordings = recordings
        self._setting = setting
        sharp = setting.topology is not None
        blur = timedelta() if sharp else STEPS * min(max(recording.step for recording in recordings), STEP_MAX)
        rules = setting.rules(blur)
        topology = setting.topology or Topology(setting.node(recording.target) for recording in recordings)
        self._court = Court(topology, rules)
        self._cases = Cases(topology, rules, watch_for=max(setting.watch_for, blur))
        self._latest = [-1] * len(recordings)

    def play(self) -> tuple[Incident, ...]:
        """Take one look after the other, those of the recordings and those between."""
        between: list[_Look] = []
        for recorded in heapq.merge(*(self._recorded(of) for of in range(len(self._recordings)))):
            while between and between[0].at <= recorded.at:
                self._look(heapq.heappop(between), between)
            self._latest[recorded.of] = recorded.row
            self._look(recorded, between)
        while between:
            self._look(heapq.heappop(between), between)
        return self._cases.incidents()

    def _recorded(self, of: int) -> Iterator[_Look]:
        return (_Look(row.at, of, number) for number, row in enumerate(self._recordings[of].rows))

    def _look(self, look: _Look, between: list[_Look]) -> None:
        if look.row != self._latest[look.of]:
            return
        recording = self._recordings[look.of]
        row = recording.rows[look.row]
        told = Testimony(recording.target, row.outcome, row.reason, look.at, row.response_s)
        hearing = self._court.hear(told, now_s=look.at.timestamp(), planned=row.planned)
        for plea in hearing.pleas:
            self._cases.take(plea, now=look.at)
        again_s = hearing.again_s
        if again_s is None and self._court.minds[recording.target].verdict not in _SETTLED[row.outcome]:
            again_s = self._setting.manner.interval
        if again_s is not None and look.extra < LOOKS_MAX and self._stands(recording, look.row):
            heapq.heappush(between, _Look(look.at + timedelta(seconds=again_s), look.of, look.row, look.extra + 1))

    def _stands(self, recording: Recording, number: int) -> bool:
        """Whether a row lies so far from the next one that our own looks would have come between; ours did not."""
        if self._setting.topology:
            return False
        gap = timedelta(seconds=2 * self._setting.manner.interval)
        return number + 1 == len(recording.rows) or recording.rows[number + 1].at - recording.rows[number].at > gap
