"""The scribe's loop: wakes when the record changes or time passes, and sets every open incident's draft right."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, NoReturn

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts, UpdateKind
from drafts.notice import Notice
from monitor.ledger import drafts, flips, incidents
from monitor.ledger.store import Ledger
from monitor.models import Incident, Stage
from monitor.models.incident import WORK
from monitor.overrides import Overrides
from monitor.scribe.account import Account
from monitor.scribe.plan import Close, Rewrite, Step, Withdraw, Write, stage, steps
from monitor.scribe.scene import Scene, read
from monitor.scribe.works import Works

TICK_S: Final = 5.0

log = structlog.get_logger("ownup.scribe")


class Scribe:
    """Keeps drafts equal to the facts. ``account`` may be replaced when the config is loaded anew."""

    def __init__(
        self, ledger: Ledger, account: Account, *, clock: Callable[[], datetime], own: Overrides | None = None
    ) -> None:
        """Prepare to write by this account, in a company's ``own`` words where it has some."""
        self._ledger = ledger
        self._own = own or Overrides()
        self.account = account
        self._clock = clock

    async def run(self) -> NoReturn:
        """Set drafts right for ever."""
        while True:
            version = self._ledger.version
            await self.tend()
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._ledger.changed(version)

    async def tend(self) -> None:
        """Set every draft right once. It looks first and writes only if there is something to do."""
        async with self._ledger.read() as session:
            idle = not await self._coming(session) and not await self._any(await _tended(session))
        if idle:
            return
        async with self._ledger.write() as session:
            for work in await self._coming(session):
                await incidents.begin(session, f"{WORK}{work}", self._clock(), Stage.SCHEDULED)
            for scene in await _tended(session):
                for step in self._steps(scene):
                    await self._take(session, scene.incident, step)

    async def _any(self, scenes: Sequence[Scene]) -> bool:
        """Whether anything is to be done for one of them; between two, whoever else has work may go on."""
        for scene in scenes:
            if self._steps(scene):
                return True
            await asyncio.sleep(0)
        return False

    def _steps(self, scene: Scene) -> list[Step]:
        if scene.incident.work is not None:
            return Works(self.account.config).steps(scene, now=self._clock())
        return steps(scene, self.account, now=self._clock())

    async def _coming(self, session: AsyncSession) -> list[str]:
        """Planned work that is near, and that no incident tells of yet."""
        near = Works(self.account.config).near(self._clock())
        return [work.name for work, start in near if not await _told_of(session, work.name, start)]

    async def _take(self, session: AsyncSession, incident: Incident, step: Step) -> None:
        now = self._clock()
        match step:
            case Write(kind, facts):
                language = self.account.config.notices.language
                words = self._words(kind, facts)
                await drafts.write(session, incident.id, kind, stage(kind, facts), language, words, facts, now)
                log.info("draft written", incident=incident.id, kind=kind, title=words.title)
            case Rewrite(draft, facts) if draft.edited_by is None:
                words = self._words(draft.kind, facts)
                await drafts.rewrite(session, draft.id, words, facts, now, stage=stage(draft.kind, facts))
                log.info("draft rewritten", incident=incident.id, update=draft.id)
            case Rewrite(draft, facts):
                await drafts.refact(session, draft.id, facts, now, stage=stage(draft.kind, facts))
                log.info("facts changed under an edited draft", incident=incident.id, update=draft.id)
            case Withdraw(draft):
                await drafts.withdraw(session, draft.id, now)
                log.info("draft withdrawn", incident=incident.id, update=draft.id, kind=draft.kind)
            case Close(at):
                await incidents.close(session, incident.id, at)
                log.info("incident closed without a word", incident=incident.id)

    def _words(self, kind: UpdateKind, facts: Facts) -> Notice:
        def broke(why: str) -> None:
            log.warning("the company's own words cannot be used, a draft is written in ours", kind=kind, why=why)

        return self._own.write(kind, facts, broke)


async def _tended(session: AsyncSession) -> list[Scene]:
    """Open incidents, and closed ones that have a draft waiting, or want a correction or a review."""
    over = (*await incidents.uncorrected(session), *await incidents.unreviewed(session))
    unfinished = (*await incidents.open_all(session), *over)
    tended = {incident.id: incident for incident in unfinished}
    waiting = {draft.incident_id for draft in await drafts.waiting(session)}
    tended |= await incidents.some(session, waiting - tended.keys())
    return await read(session, list(tended.values()), await flips.standings(session))


async def _told_of(session: AsyncSession, work: str, start: datetime) -> bool:
    """Whether this time of a work has its incident: one that is open, or one that was of this very beginning."""
    incident = await incidents.newest_of_cause(session, f"{WORK}{work}")
    if incident is None or incident.resolved_at is None:
        return incident is not None
    planned = [Facts.from_json(update.facts).planned for update in await drafts.of_incident(session, incident.id)]
    return any(one is not None and one.start == start for one in planned[-1:])
