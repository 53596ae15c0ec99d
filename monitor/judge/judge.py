"""The judge: turns Results into verdicts, and every change of verdict into the record.

Hearing a Result is pure arithmetic in memory. Only what the court pleads for is written, and it is written before
anything acts on it: the flip, the standing and what they mean for incidents go into one transaction. What is in memory
can therefore be lost at any moment: the record, the samples and the next looks bring it back.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Final, NoReturn

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.court.calendar import Calendar
from monitor.court.case import Case
from monitor.court.court import Court, Hearing, Rules
from monitor.court.docket import after, decide
from monitor.court.mind import Mind, Move, Plea
from monitor.court.testimony import Testimony
from monitor.court.topology import Topology, Way
from monitor.judge import record
from monitor.judge.memory import remember
from monitor.ledger import audit, flips, incidents, sightings
from monitor.ledger.store import Ledger
from monitor.models import Flip
from monitor.verdict import Verdict
from probes.look import Result
from probes.target import Target

BATCH_MAX: Final = 500
GATHER_S: Final = 0.5
WAYS: Final[dict[Way, str]] = {"dns": "names", "4": "IPv4", "6": "IPv6"}

log = structlog.get_logger("ownup.judge")


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a Result: the Result as it counts, its target's verdict, and whom to look at again, and how soon."""

    result: Result
    verdict: Verdict
    planned: bool
    again_s: float | None
    ask: tuple[str, ...]


class Judge:
    """Holds a mind on every target, and writes down when it changes."""

    def __init__(
        self,
        ledger: Ledger,
        topology: Topology,
        minds: dict[str, Mind],
        *,
        clock: Callable[[], datetime],
        rules: Rules | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        """Begin with what ``remember`` gives; ``minds`` may be read by anybody."""
        self._ledger = ledger
        self._clock = clock
        self._calendar = calendar or Calendar(())
        self.topology = topology
        self._court = Court(topology, rules or Rules(), minds)
        self._pleas: asyncio.Queue[Plea] = asyncio.Queue()
        self._urgent = asyncio.Event()
        self.minds = minds

    def verdicts(self) -> dict[str, Verdict]:
        """The verdict in force on each target."""
        return {name: mind.verdict for name, mind in self.minds.items()}

    def isolated(self) -> str | None:
        """Why our own sight is in doubt, in one sentence, or None."""
        blind = self._court.sight.blind.values()
        return "; ".join(f"{WAYS[one.way]}: {one.why}" for one in blind) or None

    def hear(self, target: Target, result: Result, *, now_s: float, spoilt: str = "") -> Heard:
        """Judge one Result; ``now_s`` is monotonic, ``spoilt`` what our own side did to it, in a sentence."""
        planned = self._calendar.covers(target.name, target.component, result.started_at)
        heard = self._court.hear(Testimony.of(result), now_s=now_s, planned=planned, spoilt=spoilt)
        self._tell_sight(heard)
        for plea in heard.pleas:
            self._pleas.put_nowait(plea)
            if plea.move is not Move.NONE:
                self._urgent.set()
        counts = heard.testimony
        if counts.outcome is not result.outcome:
            result = replace(result, outcome=counts.outcome, reason=counts.reason, detail=counts.detail)
        return Heard(result, self.minds[target.name].verdict, planned, heard.again_s, heard.ask)

    def lose(self, lost: dict[Way, str], *, now_s: float) -> None:
        """Take in what our own side has lost: its route, its resolver."""
        before = self.isolated()
        self._court.lose(lost, now_s=now_s)
        self._tell(before)

    def _tell_sight(self, heard: Hearing) -> None:
        if heard.blinded:
            only_now = len(self._court.sight.blind) == len(heard.blinded)
            self._tell(None if only_now else "already")
        elif heard.sighted:
            self._tell("already")

    def _tell(self, before: str | None) -> None:
        """One alarm when our sight is lost, and one line when it is whole again."""
        why = self.isolated()
        if why and not before:
            log.error("we are cut off: results count as unknown, and nothing is called down", why=why)
        elif before and not why:
            log.warning("we see again")

    async def record(self) -> NoReturn:
        """Write pleas down for ever, in the order in which they came; many at once when many come at once."""
        while True:
            await self._write(await self._gathered())

    async def _gathered(self) -> list[Plea]:
        """What waits now. A mere change of verdict waits for company, since a start brings one of every target."""
        first = await self._pleas.get()
        if first.move is Move.NONE:
            with suppress(TimeoutError):
                async with asyncio.timeout(GATHER_S):
                    await self._urgent.wait()
        pleas = [first, *self._waiting()]
        if self._pleas.empty():
            self._urgent.clear()
        return pleas

    async def settle(self) -> None:
        """Write down what waits now."""
        while pleas := self._waiting():
            await self._write(pleas)

    def _waiting(self) -> list[Plea]:
        return [self._pleas.get_nowait() for _ in range(min(self._pleas.qsize(), BATCH_MAX))]

    async def _write(self, pleas: list[Plea]) -> None:
        async with self._ledger.write() as session:
            docket = await record.docket(session, since=self._clock() - self._court.rules.reopen_within)
            for quiet, together in groupby(pleas, key=lambda plea: plea.move is Move.NONE):
                if quiet:
                    await self._store(session, list(together))
                else:
                    for plea in together:
                        docket = await self._settle(session, plea, docket)

    async def _store(self, session: AsyncSession, pleas: list[Plea]) -> list[Flip]:
        """Store the flips of these pleas; gives those that count."""
        topology = self._court.topology
        changes = [(record.flip(plea, topology.component(plea.target)), plea.known) for plea in pleas]
        counts = await flips.record_all(session, changes)
        for (flip, _), stored in zip(changes, counts, strict=True):
            if stored:
                log.info("verdict", target=flip.target, before=flip.before, after=flip.after, reason=flip.reason or "")
                continue
            log.warning("another process has judged this target", target=flip.target)
            lately = self._clock() - self._court.rules.reopen_within
            self.minds.update(await remember(session, [flip.target], lately=lately))
        return [flip for (flip, _), stored in zip(changes, counts, strict=True) if stored]

    async def _settle(self, session: AsyncSession, plea: Plea, docket: tuple[Case, ...]) -> tuple[Case, ...]:
        topology, now = self._court.topology, self._clock()
        stored = await self._store(session, [plea])
        if not stored:
            return docket
        rulings = decide(docket, plea, topology, self._court.rules, now=now)
        for ruling in rulings:
            await record.carry(session, ruling, stored[0])
        return after(docket, rulings, topology)

    async def retire(self) -> None:
        """Close what rests only on targets that are looked at no more, unless the public was told of it."""
        looked_at = self._court.topology.nodes
        async with self._ledger.write() as session:
            told = await incidents.told(session)
            for incident in await incidents.open_all(session):
                members = await incidents.members(session, incident.id)
                rests = incident.work or incident.id in told or await sightings.of_incident(session, incident.id)
                if not rests and not any(member.target in looked_at for member in members):
                    note = "its targets are no longer in the config"
                    subject = f"incident:{incident.id}"
                    await audit.note(
                        session, actor="ownup", action="closed", subject=subject, detail=note, now=self._clock()
                    )
                    await incidents.close(session, incident.id, self._clock())
