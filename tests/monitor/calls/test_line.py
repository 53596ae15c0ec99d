"""The line, from a real record to real servers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.calls.line import ATTEMPTS_MAX, Outcome, line
from monitor.calls.pagerduty import PagerDuty
from monitor.calls.route import Route
from monitor.config import Storage
from monitor.ledger import calls
from monitor.ledger.store import Ledger
from monitor.models import Call, CallState, Signal, Why
from tests.monitor.channels.sinks import HookSink, answer, hang, hook_sink, reset

DELIVERED, RETRIED, FAILED = Outcome.DELIVERED, Outcome.RETRIED, Outcome.FAILED
KEY = "samplekeysamplekeysamplekey00000"


def pager(sink: HookSink, name: str = "pager", **options: object) -> PagerDuty:
    """A route that does not wait long."""
    patience = {"timeout": "5s", "retry_first": "10ms", "retry_ceiling": "20ms"}
    url = f"http://127.0.0.1:{sink.port}/v2/enqueue"
    return PagerDuty.model_validate({"name": name, "routing_key": KEY, "url": url, **patience, **options})


class Lines:
    """Lines of one record, started by a test and ended with it; ``outcomes`` is what they reported."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.outcomes: list[tuple[str, Outcome]] = []
        self.tasks: list[asyncio.Task[None]] = []
        self._reported = asyncio.Event()

    def start(self, *routes: Route) -> None:
        """Begin to call, one task a route."""
        for route in routes:
            endless = line(
                self.ledger, route, site="Example Mail", clock=lambda: datetime.now(UTC), on_call=self._report
            )
            self.tasks.append(asyncio.create_task(endless, name=route.name))

    async def place(self, *keys: str, route: str = "pager") -> None:
        """Write down calls of these keys."""
        now = datetime.now(UTC)
        async with self.ledger.write() as s:
            await calls.place(s, [call(key, route, now) for key in keys])

    def _report(self, route: str, outcome: Outcome) -> None:
        self.outcomes.append((route, outcome))
        self._reported.set()

    async def reported(self, route: str, *outcomes: Outcome) -> None:
        """Wait until a route has reported exactly these outcomes, in this order."""
        async with asyncio.timeout(10):
            while [each for name, each in self.outcomes if name == route] != list(outcomes):
                self._reported.clear()
                await self._reported.wait()

    async def row(self, key: str) -> Call:
        """How one call stands."""
        async with self.ledger.read() as s:
            return next(call for call in await calls.live(s) if call.key == key)

    async def stop(self) -> None:
        """End every line wherever it is, as a power cut would."""
        for task in self.tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self.tasks.clear()


def call(key: str, route: str, now: datetime) -> Call:
    """A ring of nobody in particular."""
    return Call(
        key=key,
        matter="blind.1",
        why=Why.BLIND,
        signal=Signal.RING,
        person="Ada",
        route=route,
        title=f"Title of {key}",
        text="Text",
        link="https://desk.test/",
        at=now,
        next_attempt_at=now,
    )


@pytest.fixture
async def lines(tmp_path: Path) -> AsyncIterator[Lines]:
    """A record on disk, and nobody who calls from it yet."""
    async with Ledger.open(Storage(), tmp_path) as ledger:
        lines = Lines(ledger)
        yield lines
        await lines.stop()


def told(sink: HookSink) -> list[str]:
    """What the sink was told, in the order in which it came."""
    return [json.loads(hook.body)["payload"]["summary"].removeprefix("Title of ") for hook in sink.hooks]


async def test_a_call_that_is_written_down_is_made(lines: Lines) -> None:
    """Once, and the record keeps time and receipt."""
    async with hook_sink() as sink:
        sink.answers += [answer(202, '{"status":"success"}')]
        lines.start(pager(sink))
        await lines.place("one")
        await lines.reported("pager", DELIVERED)
    row = await lines.row("one")
    assert (row.state, row.attempts, row.receipt) == (CallState.DELIVERED, 1, '202 {"status":"success"}')
    assert row.delivered_at
    assert row.delivered_at - row.at < timedelta(seconds=1)
    assert told(sink) == ["one"]


async def test_what_may_pass_is_tried_again(lines: Lines) -> None:
    """A limit, an error, a lost answer: the same event, until it is taken."""
    async with hook_sink() as sink:
        sink.answers += [answer(429, Retry_After="0"), answer(500), reset]
        lines.start(pager(sink))
        await lines.place("one")
        await lines.reported("pager", RETRIED, RETRIED, RETRIED, DELIVERED)
    assert len({hook.body for hook in sink.hooks}) == 1
    assert (await lines.row("one")).error == ""


async def test_what_is_refused_fails_at_once_without_its_secret(lines: Lines) -> None:
    """A wrong key needs a human; the next call of the route is made."""
    async with hook_sink() as sink:
        sink.answers += [answer(400, f"bad {KEY}")]
        lines.start(pager(sink))
        await lines.place("one", "two")
        await lines.reported("pager", FAILED, DELIVERED)
    row = await lines.row("one")
    assert (row.state, row.error) == (CallState.FAILED, "it answered 400: bad <secret>")


async def test_a_call_that_is_tried_again_lets_the_next_pass(lines: Lines) -> None:
    """Unlike public words, calls need no order: who is called about the second must not wait for the first."""
    async with hook_sink() as sink:
        sink.answers += [answer(503, Retry_After="600")]
        lines.start(pager(sink))
        await lines.place("one", "two")
        await lines.reported("pager", RETRIED, DELIVERED)
    assert told(sink) == ["one", "two"]
    assert (await lines.row("one")).next_attempt_at > datetime.now(UTC) + timedelta(minutes=9)


async def test_one_stuck_route_delays_no_other(lines: Lines) -> None:
    """While one hangs, the other has delivered; and the hang ends by its own timeout."""
    async with hook_sink() as stuck, hook_sink() as sink:
        stuck.answers += [hang]
        lines.start(pager(stuck, "stuck", timeout="300ms"), pager(sink))
        await lines.place("one", route="stuck")
        await lines.place("two")
        await lines.reported("pager", DELIVERED)
        assert ("stuck", RETRIED) not in lines.outcomes
        await lines.reported("stuck", RETRIED)
        await lines.reported("stuck", RETRIED, DELIVERED)


async def test_a_power_cut_in_mid_call_repeats_it_under_the_same_key(lines: Lines) -> None:
    """What came through before is not made again."""
    async with hook_sink() as sink:
        sink.answers += [answer(202), hang]
        lines.start(pager(sink))
        await lines.place("one", "two")
        await lines.reported("pager", DELIVERED)
        async with asyncio.timeout(10):
            while len(sink.hooks) < 2:
                await asyncio.sleep(0.01)
        await lines.stop()
        assert (await lines.row("two")).state is CallState.SENDING
        lines.start(pager(sink))
        await lines.reported("pager", DELIVERED, DELIVERED)
    assert told(sink) == ["one", "two", "two"]
    assert sink.hooks[1].body == sink.hooks[2].body


async def test_it_gives_up_in_the_end(lines: Lines) -> None:
    """After twenty attempts a call has failed; the ladder calls again."""
    async with hook_sink() as sink:
        sink.answers += [answer(500)] * ATTEMPTS_MAX
        lines.start(pager(sink, retry_first="1ms", retry_ceiling="1ms"))
        await lines.place("one")
        await lines.reported("pager", *[RETRIED] * (ATTEMPTS_MAX - 1), FAILED)
    assert (await lines.row("one")).state is CallState.FAILED
