"""The caller: wakes when the record changes or time passes, and writes down who is to be called, before anybody is."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn
from uuid import UUID, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.calls import ladder, plights
from monitor.calls.ladder import Callee, Wanted
from monitor.calls.matter import Matter, attended, matters
from monitor.calls.words import Words, farewell, say
from monitor.config import Calls
from monitor.ledger import calls, incidents, people
from monitor.ledger.store import Ledger
from monitor.models import Call, CallState, Role, Signal, Why

TICK_S: Final = 5.0
KEYS: Final = UUID("3b1e6c1a-2f0b-5d8e-9a57-6f7c1b1f9d42")
NOT_NEEDED: Final = "it was needed no more"

log = structlog.get_logger("ownup.calls")


@dataclass(frozen=True, slots=True)
class House:
    """What the caller knows of the house: who is there, by which rules they are called, and where the desk is."""

    people: Sequence[Callee]
    rules: Calls
    desk_url: str
    timezone: str

    def language_of(self, person: str) -> str:
        """What somebody is called in."""
        return next(callee.language for callee in self.people if callee.name == person)


@dataclass(frozen=True, slots=True)
class _Steps:
    """What is to be written: new calls, matters whose rings are needed no more, and matters that are over."""

    new: Sequence[Call]
    hush: Sequence[str]
    close: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.new or self.hush or self.close)


class Caller:
    """Writes calls into the record; the lines of the routes make them. ``blind`` says why we cannot see, if so."""

    def __init__(
        self, ledger: Ledger, house: House, *, clock: Callable[[], datetime], blind: Callable[[], str | None]
    ) -> None:
        """Prepare to call by these rules."""
        self._ledger = ledger
        self._house = house
        self._clock = clock
        self._blind = blind
        self._blind_since: datetime | None = None

    async def run(self) -> NoReturn:
        """Call for ever."""
        while True:
            version = self._ledger.version
            await self.tend()
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._ledger.changed(version)

    async def tend(self) -> None:
        """Write down once who is to be called now. It looks first, and writes only if there is something to do."""
        async with self._ledger.read() as s:
            if not await self._steps(s):
                return
        async with self._ledger.write() as s:
            steps = await self._steps(s)
            await calls.place(s, steps.new)
            for matter in steps.hush:
                await calls.drop(s, matter, Signal.RING, NOT_NEEDED)
            for matter in steps.close:
                await calls.close(s, matter, self._clock())
        for call in steps.new:
            log.info("calling", person=call.person, route=call.route, why=call.why, signal=call.signal)

    async def _steps(self, s: AsyncSession) -> _Steps:
        now = self._clock()
        live: dict[str, list[Call]] = defaultdict(list)
        for call in await calls.live(s):
            live[call.matter].append(call)
        open_now = {matter.key: matter for matter in await self._matters(s, now)}
        roles = {person.name: person.role for person in await people.everyone(s)} if open_now else {}
        new = [call for matter in open_now.values() for call in self._about(matter, live[matter.key], roles, now)]
        gone = [key for key, about in live.items() if about and key not in open_now]
        for key in gone:
            new += await self._farewells(s, live[key], now)
        taken = [key for key, matter in open_now.items() if matter.taken_by]
        hush = [key for key in (*taken, *gone) if any(_waits(call) for call in live[key])]
        return _Steps(await calls.unplaced(s, new), hush, gone)

    async def _matters(self, s: AsyncSession, now: datetime) -> list[Matter]:
        found = [matter for plight in await plights.read(s) for matter in matters(plight, self._house.rules, now)]
        return [*found, *self._blindness(now)]

    def _blindness(self, now: datetime) -> Iterator[Matter]:
        why = self._blind()
        self._blind_since = (self._blind_since or now) if why else None
        if why and self._blind_since:
            since = self._blind_since + timedelta(seconds=self._house.rules.blind_after)
            yield Matter(f"blind.{self._blind_since:%Y%m%dT%H%M%SZ}", Why.BLIND, since, why[0].upper() + why[1:])

    def _about(self, matter: Matter, made: Sequence[Call], roles: dict[str, Role], now: datetime) -> Iterator[Call]:
        book, order = ladder.book(made), ladder.in_order(self._house.people, matter, roles)
        if matter.taken_by:
            wanted = ladder.taken(matter, book, order)
        else:
            wanted = ladder.rings(matter, book, order, self._house.rules, now)
        for one in wanted:
            spoken = self._house.language_of(one.person)
            words = say(matter, one, url=self._house.desk_url, timezone=self._house.timezone, language=spoken)
            yield _call(matter, one, words, self._house.desk_url + matter.path, now)

    async def _farewells(self, s: AsyncSession, made: Sequence[Call], now: datetime) -> list[Call]:
        first = made[0]
        came = first.incident_id is not None and await _came(s, first.incident_id, first.at)
        matter = Matter(
            first.matter, first.why, first.at, first.title, incident_id=first.incident_id, update_id=first.update_id
        )
        wanted = ladder.over(first.why, ladder.book(made), self._house.people, came=came)
        return [
            _call(matter, one, farewell(first.title, first.link, self._house.language_of(one.person)), first.link, now)
            for one in wanted
        ]


async def _came(s: AsyncSession, incident_id: int, since: datetime) -> bool:
    """Whether whoever was called knows already: somebody has come, or the incident goes on as a part of another."""
    incident = await incidents.get(s, incident_id)
    merged = incident is not None and incident.merged_into is not None
    names = {person.id: person.name for person in await people.everyone(s)}
    return merged or any(act.at >= since for act in attended(await incidents.acts(s, incident_id), names))


def _waits(call: Call) -> bool:
    return call.signal is Signal.RING and call.state is CallState.PENDING


def _call(matter: Matter, wanted: Wanted, words: Words, link: str, now: datetime) -> Call:
    """A call as it is written down; its key is made of all that makes it this call and no other."""
    name = f"{matter.key}/{wanted.person}/{wanted.route}/{wanted.signal}/{wanted.round}"
    return Call(
        key=str(uuid5(KEYS, name)),
        matter=matter.key,
        incident_id=matter.incident_id,
        update_id=matter.update_id,
        why=matter.why,
        signal=wanted.signal,
        round=wanted.round,
        person=wanted.person,
        route=wanted.route,
        title=words.title,
        text=words.text,
        link=link,
        at=now,
        next_attempt_at=now,
    )
