"""The docket of a replay: it has no record and no humans, so a case is resolved once all was well for long enough."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.court.case import Case, Close, Confirm, Join, Merge, Open, Reopen, Rest, Ruling
from monitor.court.court import Rules
from monitor.court.docket import after, decide
from monitor.court.mind import Plea
from monitor.court.topology import Topology
from probes.reason import Reason


@dataclass(frozen=True, slots=True)
class Incident:
    """What would have become of one cause. Without ``called_at`` it cleared before it was confirmed: a blip."""

    opened_at: datetime
    called_at: datetime | None = None
    recovered_at: datetime | None = None
    reason: Reason | None = None
    members: tuple[str, ...] = ()


@dataclass(slots=True)
class Cases:
    """Takes pleas, and keeps what the rulings say."""

    topology: Topology
    rules: Rules
    watch_for: timedelta
    _docket: tuple[Case, ...] = ()
    _present: dict[str, Incident] = field(default_factory=dict)
    _past: list[Incident] = field(default_factory=list)

    def take(self, plea: Plea, *, now: datetime) -> None:
        """Carry out what a plea means."""
        self._resolve(now)
        rulings = decide(self._docket, plea, self.topology, self.rules, now=now)
        for ruling in rulings:
            self._note(ruling, plea)
        self._docket = after(self._docket, rulings, self.topology)

    def incidents(self) -> tuple[Incident, ...]:
        """Every incident so far, in the order of opening."""
        return tuple(sorted([*self._past, *self._present.values()], key=lambda incident: incident.opened_at))

    def _resolve(self, now: datetime) -> None:
        """Let go of what has been well for long enough, as a human would; a blip can go on for a while."""
        for case in self._docket:
            rested = self._present[case.cause].recovered_at
            if rested and now - rested > (self.rules.reopen_within if case.closed_at else self.watch_for):
                self._past.append(self._present.pop(case.cause))
        self._docket = tuple(case for case in self._docket if case.cause in self._present)

    def _note(self, ruling: Ruling, plea: Plea) -> None:
        reason = plea.testimony.reason
        known = self._present.get(ruling.cause)
        match ruling:
            case Open(cause, at):
                if known:
                    self._past.append(known)
                self._present[cause] = Incident(at, reason=reason)
            case Reopen(cause, at) if known:
                self._present[cause] = replace(known, opened_at=at, recovered_at=None)
            case Join(cause, target, _, _) if known and target not in known.members:
                self._present[cause] = replace(known, members=(*known.members, target))
            case Confirm(cause, _, at) if known and known.called_at is None:
                self._present[cause] = replace(known, called_at=at, reason=reason)
            case Rest(cause, at) | Close(cause, at) if known:
                self._present[cause] = replace(known, recovered_at=at)
            case Merge(cause, into, _, _) if known:
                self._present[into] = _united(self._present[into], self._present.pop(cause))
            case _:
                pass


def _united(heir: Incident, gone: Incident) -> Incident:
    """One incident with the members of both, which began and was called when the first of them was."""
    called = [one.called_at for one in (heir, gone) if one.called_at]
    return replace(
        heir,
        opened_at=min(heir.opened_at, gone.opened_at),
        called_at=min(called, default=None),
        members=tuple(dict.fromkeys((*heir.members, *gone.members))),
    )
