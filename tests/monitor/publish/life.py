"""One life of a publishing house after another: its desk, its API, its page, a copy of that, and a drain a channel.

Everything is real but the outage: what fails is written into the record, as the judge would. A life ends in order, as
for a reload, or in the middle of whatever it does, as by a crash; the next one begins on the same record.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from sqlmodel import col

from drafts.brief import brief
from drafts.facts import Facts
from drafts.notice import FORMS
from monitor.channels.fan import Fan
from monitor.commands import main
from monitor.config import Config
from monitor.court import docket
from monitor.desk.app import make as make_desk
from monitor.ledger import approvals, deliveries, drafts, halts, incidents
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger
from monitor.models import Delivery, DeliveryState, IncidentUpdate
from monitor.page.app import make as make_page
from monitor.page.copy import Copy
from monitor.page.pages import Pages
from monitor.page.setting import Setting
from monitor.publish import KINDS, Kind, Trial, canary, drain
from monitor.verdict import Verdict
from tests.monitor.desk.api.conftest import Program, issue
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.house import CONFIG, PASSWORD, PEOPLE, START, TARGETS, House, scope
from tests.monitor.publish.outside import SITE, Approved, Outside

TARGET_NAMES = tuple(str(target["name"]) for target in TARGETS)
OVERRIDE = "the walk has a reason"


@dataclass
class Life:
    """What stands still between two lives, and what runs in one. ``gone`` are channels that the config lost."""

    directory: Path
    world: Outside
    gone: frozenset[str] = frozenset()
    now: datetime = START
    verdicts: dict[str, Any] = field(default_factory=dict)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)
    house: House = field(init=False)
    browsers: dict[str, Browser] = field(default_factory=dict)
    token: str = ""
    began: float = field(default_factory=time.monotonic)

    def configured(self) -> Config[Any]:
        """The config of this life: the page and every channel that it has not lost, and two languages."""
        ways = [way.options for name, way in self.world.ways.items() if name not in self.gone]
        document = {
            **CONFIG,
            "path": self.directory / "ownup.toml",
            "site": SITE,
            "target": TARGETS,
            "channel": [{"kind": "page", "name": "page", "canary": "off"}, *ways],
            "notices": {"also_in": ["de"]},
            "page": {"export": self.directory / "copy", "uptime": False},
            "storage": {"directory": "."},
        }
        return Config[Kind].model_validate(document)

    async def begin(self) -> None:
        """Open the record, serve desk and page, and send what waits."""
        config = self.configured()
        ledger = await self.stack.enter_async_context(Ledger.open(config.storage, self.directory))
        samples = await self.stack.enter_async_context(Samples.open(config.storage, self.directory, scope(config)))
        self.house = House(ledger, samples, config)
        self.house.now = self.now
        if self.verdicts:
            self.house.verdicts = self.verdicts
        else:
            await self.house.move_in(PEOPLE)
            self.token = await issue(self.house, "Maria")
            self.verdicts = self.house.verdicts
        self.desk = await self.stack.enter_async_context(TestServer(make_desk(self.house.seat())))
        pages = await Pages.open(ledger, Setting.of(config), clock=self.clock)
        self.page = await self.stack.enter_async_context(TestClient(TestServer(make_page(pages))))
        copy = Copy.of(config.page)
        assert copy
        self.tasks = [asyncio.create_task(pages.keep()), asyncio.create_task(copy.keep(pages))]
        self.send()

    def send(self) -> None:
        """Start a drain and a canary a channel."""
        self.began = time.monotonic()
        ledger, config = self.house.ledger, self.house.config
        trial = partial(Trial, config.site, page_age_s_max=3600.0)
        self.tasks += [
            asyncio.create_task(canary(ledger, channel, lambda now: trial(now=now), clock=self.clock))
            for channel in config.channel
            if channel.canary
        ]
        self.tasks += [
            asyncio.create_task(
                drain(ledger, channel, site=config.site, clock=self.clock, on_delivery=lambda *_: None),
                name=f"channel {channel.name}",
            )
            for channel in config.channel
        ]

    async def rest(self) -> None:
        """End every task, wherever it is."""
        for task in self.tasks:
            task.cancel()
        for task in self.tasks:
            with suppress(asyncio.CancelledError):
                await task
        self.tasks = []

    async def end(self) -> None:
        """End this life."""
        self.now = self.house.now
        await self.rest()
        await self.stack.aclose()
        self.stack = AsyncExitStack()
        self.browsers.clear()

    def clock(self) -> datetime:
        """The time of the drains, which goes on while a pause lasts."""
        return self.house.now + timedelta(seconds=time.monotonic() - self.began)

    async def settle(self) -> None:
        """Wait until every channel has sent what it may send now, and nothing was ended by a bug."""
        async with asyncio.timeout(20):
            while await self._busy():
                await asyncio.sleep(0.02)
        for task in self.tasks:
            assert not task.done(), task

    async def _busy(self) -> bool:
        """Whether any channel sends, or is about to; one that stands still or is gone does not."""
        soon = self.clock() + timedelta(seconds=1)
        async with self.house.ledger.read() as s:
            unsent = select(Delivery).where(col(Delivery.state).in_(deliveries.UNDELIVERED))
            rows = (await s.scalars(unsent.order_by(col(Delivery.approval_id).desc()))).all()
            idle = {*self.gone, *await halts.standing(s)}
        heads = {row.channel: row for row in rows if row.channel not in idle}
        return any(row.state is DeliveryState.SENDING or row.next_attempt_at < soon for row in heads.values())

    async def turn(self, name: str, minutes: int) -> None:
        """Time passes, and what worked fails, or what failed works again; the scribe writes of it."""
        house = self.house
        house.wait(minutes=minutes)
        if house.verdicts[name] is Verdict.UP:
            await house.fail(name)
        elif await self._is_of_an_incident(name):
            await house.recover(name)
        else:  # A human has called it over before it was.
            await house.turn(name, Verdict.UP, before=house.verdicts[name])

    async def _is_of_an_incident(self, name: str) -> bool:
        component = next(target.component for target in self.house.config.target if target.name == name)
        async with self.house.ledger.read() as s:
            found = await incidents.open_of_cause(s, docket.cause(component))
            return found is not None and any(one.target == name for one in await incidents.members(s, found.id))

    async def waiting(self) -> list[int]:
        """The drafts that wait, oldest first."""
        async with self.house.ledger.read() as s:
            return [draft.id for draft in await drafts.waiting(s)]

    async def draft(self, number: int) -> IncidentUpdate:
        """One of them as it stands."""
        async with self.house.ledger.read() as s:
            found = await drafts.get(s, number)
        assert found
        return found

    async def rows(self) -> Sequence[Delivery]:
        """Every sending of the record."""
        async with self.house.ledger.read() as s:
            return (await s.scalars(select(Delivery))).all()

    def client(self) -> TestClient[Any, Any]:
        """A program or a browser, which forgets all cookies with this life."""
        client = TestClient(self.desk)
        self.stack.push_async_callback(client.session.close)
        return client

    async def signed_in(self, name: str) -> Browser:
        """Somebody with a browser at the desk."""
        if name not in self.browsers:
            browser = self.browsers[name] = Browser(self.client())
            await browser.submit(await browser.get("/login"), "/login", name=name, password=PASSWORD)
        return self.browsers[name]

    async def edit(self, number: int, mark: str) -> None:
        """Rita puts a mark into every form of a draft's words, in every language."""
        browser, action = await self.signed_in("Rita"), f"/updates/{number}/edit"
        page = await browser.get(action)
        forms = {name: form for name in page.forms.get(action, {}) for form in FORMS if form in name}
        words = {name: f"{mark}. {page.forms[action][name]}"[: FORMS[form]] for name, form in forms.items()}
        if words:
            done = await browser.submit(page, action, **words)
            assert "Nothing is published yet" in done.text

    async def approve(self, number: int, *, by: str, mark: str = "") -> Approved | None:
        """Let Maria read a draft and say yes to what she read; with a ``mark`` somebody edits it in between.

        Gives what she said yes to, None if that was refused.
        """
        ways = {"desk": self._by_desk, "API": self._by_api, "command line": self._by_command}
        seen = await self.draft(number)
        said_yes = await ways[by](seen, mark)
        return await self._approved(seen) if said_yes else None

    async def _by_desk(self, seen: IncidentUpdate, mark: str) -> bool:
        browser, action = await self.signed_in("Maria"), f"/updates/{seen.id}/approve"
        page = await browser.get(f"/updates/{seen.id}")
        if action not in page.forms:
            return False
        if mark:
            await self.edit(seen.id, mark)
        done = await browser.submit(page, action, override=OVERRIDE)
        return done.status == 200

    async def _by_api(self, seen: IncidentUpdate, mark: str) -> bool:
        program = Program(self.client(), self.token)
        told = await program.get(f"/drafts/{seen.id}")
        if mark:
            await self.edit(seen.id, mark)
        given = {"text_sha256": seen.text_sha256, "override": OVERRIDE}
        return (await program.post(f"/drafts/{seen.id}/approve", given, If_Match=told.told["etag"])).status == 200

    async def _by_command(self, seen: IncidentUpdate, mark: str) -> bool:
        if mark:
            await self.edit(seen.id, mark)
        url = str(self.desk.make_url("/")).rstrip("/")
        words = ["approve", str(seen.id), "--text-sha256", seen.text_sha256, "--override", OVERRIDE, "--url", url]
        with pytest.MonkeyPatch.context() as shell, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            shell.setenv("OWNUP_TOKEN", self.token)
            return await asyncio.to_thread(main, words) == 0

    async def _approved(self, seen: IncidentUpdate) -> Approved:
        async with self.house.ledger.read() as s:
            approval = await approvals.of_update(s, seen.id)
        assert approval
        facts = Facts.from_json(seen.facts)
        said = replace(facts, said=(*facts.said, drafts.said(seen, approval.at)))
        told = brief(said) if facts.affected else None
        lines, waiting_line = (told.lines, told.waiting_line) if told else ((), "")
        return Approved(seen.id, seen.incident_id, drafts.notice_of(seen), lines, waiting_line)

    async def published(self, incidents: Sequence[int]) -> Iterator[str]:
        """Everything that the public can read on the page, and in the copy of it."""
        kept = await asyncio.to_thread(lambda: list(_texts(self.directory / "copy")))
        places = ("/", "/de", "/history", "/feed.atom", "/feed.rss", "/api/v2/summary.json")
        served = []
        for place in (*places, *(f"/incidents/{number}" for number in incidents)):
            async with self.page.get(place) as answer:
                served.append(await answer.text())
        return iter([*kept, *served])

    async def listed(self) -> list[dict[str, Any]]:
        """Every message that the page's API lists."""
        async with self.page.get("/api/v2/incidents.json") as answer:
            told = await answer.json()
        return [update for incident in told["incidents"] for update in incident["incident_updates"]]


def _texts(directory: Path) -> Iterator[str]:
    """Every file there; one that is put in the place of another meanwhile is read the next time."""
    for file in directory.rglob("*"):
        with suppress(FileNotFoundError, IsADirectoryError):
            yield file.read_text(errors="replace")


def every_kind_is_there(world: Outside) -> bool:
    """Whether the walk leaves out no kind; those of many readers send the same words, and have tests of their own."""
    walked = {"page", *(way.options["kind"] for way in world.ways.values())}
    return walked == {kind.model_fields["kind"].default for kind in KINDS if not issubclass(kind, Fan)}
