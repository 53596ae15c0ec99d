"""From a config to a running daemon: opens what it needs, starts every station, and ends when it is told to or must.

One TaskGroup is the root of every task. A station never returns: an order from outside ends the group by an exception
of its own, and any other exception is a dead task, which ends the process with a non-zero exit. A reload ends one life
of the daemon and begins the next: everything that a config can change is made anew, so nothing can be forgotten.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, NoReturn

import structlog

from monitor import publish
from monitor.config import Config
from monitor.daemon.listeners import CannotListen, bound, serve
from monitor.daemon.memory import Memory
from monitor.daemon.pace import measure
from monitor.daemon.signals import Orders, Turn
from monitor.desk import app as desk
from monitor.desk.invite import first_admin
from monitor.desk.seat import Seat
from monitor.judge import Judge, remember
from monitor.ledger import components, flips
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger, StorageError
from monitor.metrics import app as metrics
from monitor.metrics.follow import Follower
from monitor.page import app as page
from monitor.page.pages import Pages
from monitor.sample import Sample, running
from monitor.scribe.account import Account
from monitor.scribe.scribe import Scribe
from monitor.verdict import Verdict
from monitor.watch import Limits, Watch
from probes.look import Result
from probes.target import Target

log = structlog.get_logger("ownup.daemon")

Greet = Callable[[Config[Any], str | None], None]
"""Told at every start: the config, and the one-time link for the first admin as long as nobody can sign in."""


async def run(read: Callable[[], Config[Any]], *, sampled: bool, greet: Greet) -> None:
    """Live until told to stop. ``sampled`` runs the sample servers beside us.

    Raises ConfigError, CannotListen or StorageError if it cannot begin, and ExceptionGroup if a task died.
    """
    memory = Memory.begin()
    orders = Orders(read, memory.gauges)
    async with AsyncExitStack() as stack:
        sample = await stack.enter_async_context(running()) if sampled else None
        stack.enter_context(orders.heard())
        config: Config[Any] | None = read()
        former: Config[Any] | None = None
        while config is not None:
            try:
                config, former = await _live(Life(config, memory, orders, sample, greet)), config
            except (CannotListen, StorageError) as why:
                if former is None:
                    raise
                memory.gauges.reload_ok.set(0)
                log.error("the new config cannot be lived by, the old one stays", why=str(why))  # noqa: TRY400 - it is said in one sentence
                config, former = former, None


@dataclass(frozen=True, slots=True)
class Life:
    """What one life of the daemon is made of, from one config to the next."""

    config: Config[Any]
    memory: Memory
    orders: Orders
    sample: Sample | None
    greet: Greet


async def _live(life: Life) -> Config[Any] | None:
    """Run every station until an order comes; gives the next life's config, or None."""
    following: Config[Any] | None = None
    async with _stations(life) as stations:
        try:
            async with asyncio.TaskGroup() as tasks:
                for name, station in stations.items():
                    tasks.create_task(station, name=name)
        except* Turn as orders:
            (order,) = (one for one in orders.exceptions[:1] if isinstance(one, Turn))
            following = order.config
    return following


Stations = dict[str, Coroutine[Any, Any, NoReturn]]


@asynccontextmanager
async def _stations(life: Life) -> AsyncIterator[Stations]:
    """Open what the stations need, and close it after them."""
    config, base = life.config, life.config.path.parent
    async with AsyncExitStack() as stack:
        listeners = stack.enter_context(bound(config))
        ledger = await stack.enter_async_context(Ledger.open(config.storage, base))
        samples = await stack.enter_async_context(Samples.open(config.storage, base))
        async with ledger.write() as session:
            await components.sync(session, config.component, _now())
            standings = await flips.standings(session)
        life.memory.follow(config)
        judge = Judge(ledger, remember(standings, config.target), clock=_now)
        await judge.retire()
        pages = await Pages.open(ledger, site=config.site, components=config.component, clock=_now)
        seat = Seat(
            ledger=ledger, config=config, verdicts=judge.verdicts, clock=_now, samples=samples, sample=life.sample
        )
        life.greet(config, await first_admin(ledger, url=config.desk.url, now=_now()))
        gauges = life.memory.gauges
        yield {
            "watch": _watch(life, judge, samples).run(),
            "judge": judge.record(),
            "scribe": Scribe(ledger, Account(config), clock=_now).run(),
            "page": serve(page.make(pages), listeners["page"]),
            "pages": pages.keep(),
            "desk": serve(desk.make(seat), listeners["desk"]),
            "metrics": serve(
                metrics.make(gauges, life.memory.series, life.memory.pulse, clock=_now, reload=life.orders.take),
                listeners["metrics"],
            ),
            "follower": Follower(ledger, gauges, since=_now()).run(),
            "pace": measure(gauges.loop_lag.observe),
            "stop": life.orders.stop(),
            "reload": life.orders.reload(),
            **{
                f"channel {channel.name}": publish.drain(
                    ledger, channel, site=config.site, clock=_now, on_delivery=gauges.delivered
                )
                for channel in config.channel
            },
        }


def _watch(life: Life, judge: Judge, samples: Samples) -> Watch:
    def hear(target: Target, result: Result) -> float | None:
        now_s = asyncio.get_running_loop().time()
        again_s = judge.hear(target, result, now_s=now_s)
        life.memory.series.hear(target, result, judge.minds[target.name].verdict)
        life.memory.pulse.last_result_s = now_s
        samples.add(result)
        return again_s

    limits = Limits(life.config.watch.starts_per_second, life.config.watch.in_flight_max)
    watch = Watch(hear, limits, on_lag=life.memory.gauges.schedule_lag.observe)
    watch.set_targets(life.config.target)
    for name, mind in judge.minds.items():
        if mind.verdict is Verdict.SUSPECT:  # A suspicion that we did not live to confirm is looked into at once.
            watch.ask(name, in_s=0.0)
    life.memory.gauges.reads(lambda: watch.skipped, lambda: samples.dropped)
    return watch


_now = partial(datetime.now, UTC)
