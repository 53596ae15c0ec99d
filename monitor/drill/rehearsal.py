"""A rehearsal: a daemon of its own on a stage of its own, an outage, and people, or a script, at the desk."""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp

from monitor import daemon
from monitor.config import Config
from monitor.drill.responder import Responder
from monitor.drill.score import Score, score
from monitor.drill.stage import set_stage
from monitor.ledger import audit, drafts, people
from monitor.ledger.store import Ledger
from monitor.models import Person
from monitor.sample import Part, Ports, Sample, running

LOOK_EVERY_S: Final = 0.3
WATCH_S: Final = {True: 3, False: 60}
INVITED_FOR: Final = timedelta(hours=1)
FREE: Final = Ports(0, 0, 0, 0, 0, 0)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is rehearsed: ``auto`` with a scripted responder, ``call`` with calls to real people."""

    part: Part
    within: timedelta
    auto: bool
    call: bool
    desk: int = 0
    url: str = ""


async def rehearse(yours: Config[Any], plan: Plan, directory: Path, tell: Tell) -> Score:
    """Rehearse once; gives the score. Raises SampleError, CannotListen or StorageError if it cannot begin."""
    guests = () if plan.auto else await _everyone(yours)
    async with running(FREE) as sample:
        stage = set_stage(
            yours,
            directory,
            sample.ports,
            desk=plan.desk,
            url=plan.url,
            watch_s=WATCH_S[plan.auto],
            call=plan.call,
        )
        await _invite(stage, guests, tell)
        invited: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

        def greet(config: Config[Any], link: str | None) -> None:
            del config
            if not invited.done():
                invited.set_result(link)

        async with asyncio.TaskGroup() as tasks:
            living = tasks.create_task(daemon.run(lambda: stage, sampled=False, greet=greet, drill=True), name="daemon")
            play = tasks.create_task(_Play(stage, plan, sample, tell).run(invited), name="drill")
            living.add_done_callback(lambda _: play.cancel())
            play.add_done_callback(lambda _: living.cancel())
    return Score() if play.cancelled() else play.result()


@dataclass(frozen=True, slots=True)
class _Play:
    """The course of one rehearsal."""

    stage: Config[Any]
    plan: Plan
    sample: Sample
    tell: Tell

    async def run(self, invited: asyncio.Future[str | None]) -> Score:
        """Break the part, let people act, repair it once the public was told, and wait for the end."""
        link = await invited
        self.tell(f"This is a drill. The desk: {link or self.stage.desk.url}")
        self.tell(f"What customers would read: {self.stage.site.public_url}")
        async with (
            Ledger.open(self.stage.storage, self.stage.path.parent, beside=True) as ledger,
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
        ):
            responder = Responder(session, self.stage.desk.url) if self.plan.auto else None
            if responder and link:
                await responder.sign_in(link)
            return await self._act(ledger, responder)

    async def _act(self, ledger: Ledger, responder: Responder | None) -> Score:
        began, repaired = datetime.now(UTC), False
        await self.sample.break_(self.plan.part)
        self.tell(f"{self.plan.part} is broken now.")
        while True:
            async with ledger.read() as s:
                now, waiting = await score(s, began), await drafts.waiting(s)
            if now.finished or datetime.now(UTC) - began > self.plan.within:
                return now
            if now.delivered is not None and not repaired:
                await self.sample.repair(self.plan.part)
                self.tell(f"The public has been told, in the sandbox. {self.plan.part} works again.")
                repaired = True
            if responder:
                for draft in waiting:
                    await responder.answer(draft.id, draft.incident_id)
            await asyncio.sleep(LOOK_EVERY_S)


async def _everyone(yours: Config[Any]) -> Iterable[Person]:
    """Who can sign in at your desk, so that they sign in to the drill as they always do."""
    async with Ledger.open(yours.storage, yours.path.absolute().parent, beside=True) as ledger, ledger.read() as s:
        known = [one for one in await people.everyone(s) if one.disabled_at is None]
    return [one for one in known if one.password_hash or one.outside_id]


async def _invite(stage: Config[Any], guests: Iterable[Person], tell: Tell) -> None:
    """Let everybody in: by their password, or, who has none since you know them from elsewhere, by a link."""
    now = datetime.now(UTC)
    async with Ledger.open(stage.storage, stage.path.parent) as ledger, ledger.write() as s:
        for guest in guests:
            person = await people.add(s, guest.name, guest.role, now)
            if guest.password_hash:
                await people.set_password(s, person.id, guest.password_hash)
            else:
                token = secrets.token_urlsafe()
                await people.invite(s, person.id, token, now + INVITED_FOR)
                tell(f"{person.name} comes in by {stage.desk.url}/welcome/{token}")
        await audit.note(s, actor="ownup", action="drill", subject="drill", now=now)
