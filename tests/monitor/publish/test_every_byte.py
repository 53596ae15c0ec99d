"""Every byte that leaves us belongs to words that a human approved, whatever happens in whatever order.

A random walk over desk, API, command line, reload, crash and somebody who changes the record behind our back. After
each step everything that any sink, the page and its copy hold is held against what a human said yes to.
``OWNUP_WALKS=200`` walks further than a test run does.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text

from monitor.config import Storage
from monitor.ledger.store import Ledger
from monitor.markdown import plain
from monitor.models import DeliveryState
from tests.monitor.channels.sinks import Answer, HookSink, answer, hang, reset
from tests.monitor.publish.life import TARGET_NAMES, Life, every_kind_is_there
from tests.monitor.publish.outside import Approved, Came, outside

# The library imports it where Python still has it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).relative_to(ROOT)
WALKS = int(os.environ.get("OWNUP_WALKS", "2"))
STEPS = 12
FORGED = "Buy now"
TROUBLES: dict[str, Answer] = {
    "429": answer(429, Retry_After="0"),
    "500": answer(500),
    "refused": answer(422, "no"),
    "barred": answer(401, "bad key"),
    "lost": reset,
    "hang": hang,
}
MAY_PASS = ("429", "500", "lost", "hang")
NEED_A_DRAFT = ("edit", "approve too late", "approve, and crash", "approve, and forge", "approve")
HAPPENINGS = ("turn", "mend", "forge", "reload", "trouble", "trouble", *NEED_A_DRAFT, "approve")
LOSSES = (frozenset[str](), frozenset({"toots"}), frozenset({"phone", "list"}))
WAYS = ("desk", "API", "command line")
NAMES = ("list", "partners", "partner-de", "chat", "room", "toots", "atlas", "phone", "else")


@cache
def empty_record() -> bytes:
    """The file of an empty record, made once."""

    async def make(base: Path) -> None:
        async with Ledger.open(Storage(), base):
            pass

    with tempfile.TemporaryDirectory() as base:
        asyncio.run(make(Path(base)))
        return (Path(base) / ".ownup" / "record.db").read_bytes()


class Walk(RuleBasedStateMachine):
    """Whatever may happen to words between a failed look and the public."""

    @initialize()
    def open(self) -> None:
        """Begin with an outage of sending mail, whose draft waits."""
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        base = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        (base / "record.db").write_bytes(empty_record())
        self.world = self.run(self.stack.enter_async_context(outside()))
        assert every_kind_is_there(self.world)
        self.life = Life(base, self.world)
        self.yeses: dict[int, Approved] = {}
        self.marks = 0
        self.waiting: list[int] = []
        self.deck: list[str] = []
        self.is_sound = False
        self.run(self.life.begin())
        self.run(self.life.house.fail(TARGET_NAMES[0]))

    def teardown(self) -> None:
        """Let everything that waits go out, look once more, and close."""
        if not hasattr(self, "life"):
            return
        try:
            if self.is_sound:
                self.run(self._last_look())
        finally:
            self.run(self.life.end())
            self.run(self.stack.aclose())
            self.runner.close()

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        """Let the loop run until this is done."""
        return self.runner.run(doing)

    @rule(pick=st.integers(0, 9), by=st.sampled_from(WAYS), way=st.sampled_from(NAMES), data=st.data())
    def happen(self, pick: int, by: str, way: str, data: st.DataObject) -> None:
        """A human at the desk, a program or a shell does something; or something happens to all of them."""
        if not self.deck:
            self.deck = list(data.draw(st.permutations(HAPPENINGS)))
        what = self.deck.pop()
        if what in NEED_A_DRAFT:
            self.run(self._something_waits())
        draft = self.waiting[pick % len(self.waiting)] if self.waiting else 0
        said = [*self.yeses][pick % len(self.yeses)] if self.yeses else 0
        ways: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "turn": lambda: self._turn(data),
            "trouble": lambda: self._trouble(way, data.draw(st.sampled_from(sorted(TROUBLES)))),
            "reload": lambda: self._again(data.draw(st.sampled_from(LOSSES))),
            "mend": lambda: self._press(said) if said else self._turn(data),
            "forge": lambda: self._forge_what_was_said(said) if said else self._turn(data),
            "edit": lambda: self.life.edit(draft, self._mark()),
            "approve": lambda: self._approve(draft, by),
            "approve too late": lambda: self._approve(draft, by, self._mark()),
            "approve, and crash": lambda: self._reach_and_die(draft, by, way),
            "approve, and forge": lambda: self._forge_between(draft, by),
        }
        self.run(ways[what]())

    async def _turn(self, data: st.DataObject) -> None:
        await self.life.turn(data.draw(st.sampled_from(TARGET_NAMES)), data.draw(st.integers(1, 40)))

    async def _something_waits(self) -> None:
        """Time goes on until there is a draft: whatever fails and comes back, one will be."""
        for name in 3 * TARGET_NAMES:
            if self.waiting:
                return
            await self.life.turn(name, 45)
            self.waiting = await self.life.waiting()
        raise AssertionError("nothing was drafted of twelve turns")

    async def _trouble(self, way: str, trouble: str) -> None:
        """A service has a bad day."""
        sink = self.world.ways[way].sink
        if isinstance(sink, HookSink):
            sink.answers.append(TROUBLES[trouble])
        else:
            sink.data.append("451 4.3.0 later" if trouble in MAY_PASS else "554 5.7.1 no")

    async def _forge_between(self, number: int, by: str) -> None:
        """Between a yes and its sending, somebody with the key of the database puts other words in their place."""
        await self.life.rest()
        await self._approve(number, by)
        if number in self.yeses:
            await self._forge(number)
        await self._again()

    async def _forge_what_was_said(self, number: int) -> None:
        """The same with words that have arrived."""
        await self._forge(number)
        await self._again()

    async def _reach_and_die(self, number: int, by: str, way: str) -> None:
        """The process dies while a sink has the words and has not answered, and the next life sends them again."""
        sink = self.world.ways[way].sink
        before = len(sink.hooks) if isinstance(sink, HookSink) else 0
        if isinstance(sink, HookSink):
            sink.answers.insert(0, hang)
        await self._approve(number, by)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                while isinstance(sink, HookSink) and len(sink.hooks) == before:
                    await asyncio.sleep(0.002)
        await self._again()

    async def _approve(self, number: int, by: str, mark: str = "") -> None:
        if yes := await self.life.approve(number, by=by, mark=mark):
            self.yeses[number] = yes

    def _mark(self) -> str:
        self.marks += 1
        return f"Mark {self.marks}"

    async def _again(self, gone: frozenset[str] | None = None) -> None:
        if gone is not None:
            self.life.gone = gone
        await self.life.end()
        await self.life.begin()

    async def _forge(self, number: int) -> None:
        async with self.life.house.ledger.write() as s:
            for (name,) in (await s.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))).all():
                await s.execute(text(f"DROP TRIGGER {name}"))
            forged = "UPDATE incident_update SET title = :w, body = :w, short = :w, spoken = :w WHERE id = :id"
            await s.execute(text(forged), {"w": FORGED, "id": number})

    async def _press(self, number: int) -> None:
        browser = await self.life.signed_in("Maria")
        while "/channels/lift" in (page := await browser.get("/")).forms:
            await browser.submit(page, "/channels/lift")
        for button in ("again", "also"):
            page = await browser.get(f"/updates/{number}")
            if f"/updates/{number}/{button}" in page.forms:
                await browser.submit(page, f"/updates/{number}/{button}")

    @invariant()
    def every_byte_was_approved(self) -> None:
        """Let the step come to its end, and look at everything that is out there."""
        if hasattr(self, "life"):
            self.is_sound = False
            self.run(self._look())
            self.is_sound = True

    async def _look(self) -> None:
        await self.life.settle()
        self.waiting = await self.life.waiting()
        for came in self.world.news():
            assert self._belongs(came), f"not approved: {came}"
        await self._page_tells_the_same()
        self._order_is_kept()

    def _belongs(self, came: Came) -> bool:
        """Whether it says, under the key of a yes, exactly what that yes was given to."""
        way = self.world.ways[came.channel]
        language = way.options.get("language", "en")
        found = [yes for yes in self.yeses.values() if came.key in {None, yes.key(came.channel)}]
        return any(came.texts in way.says(yes, yes.notice.told_in(language)) for yes in found)

    async def _page_tells_the_same(self) -> None:
        said = {plain(yes.notice.body) for yes in self.yeses.values()}
        for update in await self.life.listed():
            assert update["body"] in said, f"not approved: {update}"
        approved = {mark for yes in self.yeses.values() for mark in marks(yes.notice.body + yes.notice.title)}
        for text_ in await self.life.published({yes.incident for yes in self.yeses.values()}):
            assert FORGED not in text_, f"not approved: {text_}"
            assert marks(text_) <= approved, f"not approved: {text_}"

    def _order_is_kept(self) -> None:
        """Over each channel an incident is told in the order of the yeses, whatever came twice."""
        numbers = {yes.key(way): (yes.incident, at) for way in NAMES for at, yes in enumerate(self.yeses.values())}
        told: dict[tuple[str, int], list[int]] = defaultdict(list)
        for came in self.world.everything:
            if came.key:
                incident, at = numbers[came.key]
                told[came.channel, incident].append(at)
        for channel, order in told.items():
            assert order == sorted(order), channel

    async def _last_look(self) -> None:
        """Nothing is lost: what the record calls delivered has arrived, and all that may go out does."""
        for way in self.world.ways.values():
            if isinstance(way.sink, HookSink):
                way.sink.answers.clear()
        self.life.house.wait(hours=1)
        await self._again(frozenset())
        for number in self.yeses:
            await self._press(number)
        await self._look()
        came = {one.key for one in self.world.everything}
        for row in await self.life.rows():
            assert row.state in {DeliveryState.DELIVERED, DeliveryState.FAILED}, row
            keyless = row.channel in {"page", "else"}
            assert row.state is not DeliveryState.DELIVERED or keyless or row.key in came, row


def marks(words: str) -> set[str]:
    """Who changed these words, edit by edit."""
    return set(re.findall(r"Mark \d+", words))


Walk.TestCase.settings = settings(
    max_examples=WALKS,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize="OWNUP_WALKS" not in os.environ,
    database=None,
    phases=[Phase.generate],  # shrinking a walk takes longer than a test may
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestWalk = pytest.mark.timeout(300 + 60 * WALKS)(Walk.TestCase)


PYTEST = ("pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", ".")
GUARDS = {
    "before each sending": (
        "monitor/publish/line.py",
        "return drafts.notice_of(outgoing.update).sha256() == outgoing.text_sha256",
        "return True",
    ),
    "before the page shows it": (
        "monitor/ledger/deliveries.py",
        "if at and drafts.notice_of(update).sha256() == approval.text_sha256",
        "if at",
    ),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("guard", GUARDS)
def test_without_a_guard_the_walk_fails(tmp_path: Path, guard: str) -> None:
    """In a copy of the program that lacks one check of the approved hash, words that nobody approved get out."""
    place, line, instead = GUARDS[guard]
    for package in ("monitor", "probes", "drafts", "tests"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    source = (tmp_path / place).read_text()
    assert source.count(line) == 1, f"the guard is no longer found in {place}: {line}"
    (tmp_path / place).write_text(source.replace(line, instead))
    walk = subprocess.run(
        [sys.executable, "-m", *PYTEST, f"{HERE}::TestWalk"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert walk.returncode == pytest.ExitCode.TESTS_FAILED, walk.stdout + walk.stderr
    assert "AssertionError: not approved: " in walk.stdout
