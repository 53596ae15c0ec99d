"""The stations of one life of the daemon: what each is given, and the endless task that it is."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from socket import socket
from ssl import SSLContext
from typing import Any, Final, NoReturn

import structlog

from monitor import publish
from monitor.calls.caller import Caller, House
from monitor.calls.line import line
from monitor.calls.roster import roster, routes
from monitor.config import Config
from monitor.court import summons
from monitor.court.latency import SAMPLES_MAX
from monitor.court.topology import Way
from monitor.daemon.heartbeats import Heartbeats
from monitor.daemon.lessons import Lessons
from monitor.daemon.listeners import bound, secured, serve
from monitor.daemon.memory import Memory
from monitor.daemon.orders import Orders
from monitor.daemon.ownside import OwnSide
from monitor.daemon.pace import Pace
from monitor.daemon.wallclock import Own, WallClock
from monitor.desk import app as desk
from monitor.desk.invite import first_admin
from monitor.desk.rehearsals import Rehearsals
from monitor.desk.seat import Seat
from monitor.judge import Judge, remember
from monitor.ledger import components
from monitor.ledger import samples as tape
from monitor.ledger.rollup import Scope
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger
from monitor.metrics import app as metrics
from monitor.metrics.follow import Follower
from monitor.overrides import Overrides, overrides
from monitor.page import app as page
from monitor.page.copy import Copy
from monitor.page.pages import Pages
from monitor.page.setting import Setting
from monitor.sample import Sample
from monitor.scribe.account import Account
from monitor.scribe.scribe import Scribe
from monitor.tripwire import Tripwires, room
from monitor.verdict import Verdict
from monitor.watch import Limits, Watch
from probes.look import Result
from probes.target import Target

Greet = Callable[[Config[Any], str | None], None]
"""Told at every start: the config, and the one-time link for the first admin as long as nobody can sign in."""

Stations = dict[str, Coroutine[Any, Any, NoReturn]]
"""Endless tasks by name."""

_now = partial(datetime.now, UTC)

PAGE_AGE_S: Final = 3600.0
"""How old the page may look to its readers before its canary says that it is stuck."""

log = structlog.get_logger("ownup.daemon")


@dataclass(frozen=True, slots=True)
class Life:
    """What one life of the daemon is made of, from one config to the next."""

    config: Config[Any]
    memory: Memory
    orders: Orders
    sample: Sample | None
    greet: Greet
    own: Overrides = field(default_factory=Overrides)
    drill: bool = False
    copy: Copy | None = None


@asynccontextmanager
async def opened(life: Life) -> AsyncIterator[Stations]:
    """Open what the stations need, and close it after them. Raises CannotListen or StorageError."""
    life = replace(life, own=_own_words(life.config), copy=Copy.of(life.config.page))
    config, base = life.config, life.config.path.parent
    async with AsyncExitStack() as stack:
        listeners, tls = stack.enter_context(bound(config)), secured(config.metrics)
        ledger = await stack.enter_async_context(Ledger.open(config.storage, base))
        samples = await stack.enter_async_context(Samples.open(config.storage, base, _scope(config)))
        heartbeats = await Heartbeats.open(ledger, samples, config, _now)
        judge = await _judge(config, ledger, samples)
        own = Own(Pace(life.memory.gauges.loop_lag.observe), WallClock(_now, partial(_stepped, heartbeats)))
        life.memory.follow(config)
        lessons = Lessons(ledger, life.memory.habits, judge.minds, judge.topology, _now)
        await lessons.recall()
        stack.push_async_callback(lessons.end)
        invitation = await first_admin(ledger, url=config.desk.url, now=_now()) if config.desk.passwords else None
        life.greet(config, invitation)
        yield {
            **_orders(life),
            "lessons": lessons.keep(),
            **_lookers(replace(life, config=heartbeats.attend(config)), ledger, judge, samples, own, stack),
            **await _public(life, ledger, samples, listeners["page"]),
            **_desk(life, ledger, judge, samples, heartbeats, listeners["desk"]),
            **_metrics(life, ledger, listeners["metrics"], tls),
            **_channels(life, ledger),
            **_canaries(life, ledger, judge),
            **_calls(life, ledger, judge),
        }


def _own_words(config: Config[Any]) -> Overrides:
    """The company's own templates and phrases; what of them cannot be used is said, and told in ours."""
    own = overrides(config)
    for problem in own.problems:
        log.warning("your own words cannot be used, ours take their place", problem=str(problem))
    return own


def _scope(config: Config[Any]) -> Scope:
    """What the results of this life come to."""
    return Scope.of(config.target, config.anchor, config.storage, config.site.timezone)


async def _judge(config: Config[Any], ledger: Ledger, samples: Samples) -> Judge:
    topology, rules = summons.topology(config), summons.rules(config)
    told = {target.name: await _last(samples, target) for target in config.target if target.enabled}
    async with ledger.write() as session:
        await components.sync(session, config.component, _now())
        minds = await remember(session, told, lately=_now() - rules.reopen_within, samples=told)
    judge = Judge(ledger, topology, minds, clock=_now, rules=rules, calendar=summons.calendar(config))
    await judge.retire()
    return judge


async def _last(samples: Samples, target: Target) -> Sequence[tape.Sample]:
    """What a mind on this target is made of: as many of its last samples as it would have in mind."""
    span_s = max(target.interval * SAMPLES_MAX, 2 * target.defer_grace)
    return await samples.recent(target.name, _now() - timedelta(seconds=span_s))


def _orders(life: Life) -> Stations:
    return {"stop": life.orders.stop(), "reload": life.orders.reload()}


def _lookers(life: Life, ledger: Ledger, judge: Judge, samples: Samples, own: Own, stack: AsyncExitStack) -> Stations:
    own_side = OwnSide([node.host for node in judge.topology.nodes.values() if node.named])
    return {
        "watch": _watch(life, judge, samples, own, stack).run(),
        "judge": judge.record(),
        "own side": own_side.observe(partial(_lose, judge), own.check_clock),
        "pace": own.pace.measure(),
        "scribe": Scribe(ledger, Account(life.config), clock=_now, own=life.own).run(),
    }


async def _public(life: Life, ledger: Ledger, samples: Samples, listener: socket) -> Stations:
    setting = Setting.of(life.config, drill=life.drill)
    pages = await Pages.open(ledger, setting, clock=_now, history=samples.history)
    copying = {"copy of the page": life.copy.keep(pages)} if life.copy else {}
    return {"page": serve(page.make(pages), listener), "pages": pages.keep(), **copying}


def _desk(
    life: Life, ledger: Ledger, judge: Judge, samples: Samples, heartbeats: Heartbeats, listener: socket
) -> Stations:
    rehearsals = Rehearsals(ledger, life.config, _now) if life.config.desk.drill_port else None
    seat = Seat(
        ledger=ledger,
        config=life.config,
        verdicts=judge.verdicts,
        clock=_now,
        samples=samples,
        sample=life.sample,
        hear=heartbeats.hear,
        own=life.own,
        drill=life.drill,
        rehearsals=rehearsals,
        copy_trouble=lambda: life.copy.trouble if life.copy else "",
    )
    drills = {"drills": rehearsals.run()} if rehearsals else {}
    return {"desk": serve(desk.make(seat), listener), **drills}


def _metrics(life: Life, ledger: Ledger, listener: socket, tls: SSLContext | None) -> Stations:
    gauges, series, pulse = life.memory.gauges, life.memory.series, life.memory.pulse
    copy = life.copy
    gauges.copy_fails = (lambda: bool(copy.trouble)) if copy else None
    app = metrics.make(gauges, series, pulse, rules=life.config.metrics, clock=_now, reload=life.orders.take)
    return {
        "metrics": serve(app, listener, tls=tls),
        "follower": Follower(ledger, gauges, since=_now(), channels=life.config.channel).run(),
    }


def _channels(life: Life, ledger: Ledger) -> Stations:
    house, told = publish.House.of(life.config), life.memory.gauges.delivered
    return {
        name: endless
        for channel in life.config.channel
        for name, endless in publish.tasks(ledger, channel, house=house, clock=_now, on_delivery=told).items()
    }


def _canaries(life: Life, ledger: Ledger, judge: Judge) -> Stations:
    """A drill has none: what it is told of its channels is part of the story."""
    every_s = life.config.page.export_every if life.config.page.export else 0.0
    trial = partial(publish.Trial, life.config.site, page_age_s_max=max(PAGE_AGE_S, 2 * every_s))
    return {
        f"canary {channel.name}": publish.canary(
            ledger, channel, lambda now: trial(now=now), clock=_now, blind=judge.isolated
        )
        for channel in life.config.channel
        if channel.canary is not None and not life.drill
    }


def _calls(life: Life, ledger: Ledger, judge: Judge) -> Stations:
    config, told = life.config, life.memory.gauges.called
    house = House(roster(config), config.calls, config.desk.url, config.site.timezone)
    return {
        "caller": Caller(ledger, house, clock=_now, blind=judge.isolated).run(),
        **{
            f"route {route.name}": line(ledger, route, site=config.site.name, clock=_now, on_call=told)
            for route in routes(config)
        },
    }


def _stepped(heartbeats: Heartbeats, step_s: float) -> None:
    log.warning("our own clock stepped: looks that were under way do not count", seconds=round(step_s, 1))
    heartbeats.stepped()


def _lose(judge: Judge, lost: dict[Way, str]) -> None:
    judge.lose(lost, now_s=asyncio.get_running_loop().time())


def _watch(life: Life, judge: Judge, samples: Samples, own: Own, stack: AsyncExitStack) -> Watch:
    def trip(target: str, in_s: float) -> None:
        life.memory.gauges.trips.inc()
        watch.ask(target, in_s=in_s)

    def hear(target: Target, result: Result) -> float | None:
        now_s = asyncio.get_running_loop().time()
        heard = judge.hear(target, result, now_s=now_s, spoilt=own.spoilt(result.duration_s, now_s=now_s))
        wires.learn(target.name, result.outcome)
        life.memory.series.hear(target, heard.result, heard.verdict, planned=heard.planned)
        life.memory.pulse.last_result_s = now_s
        samples.add(heard.result, planned=heard.planned)
        for witness in heard.ask:
            watch.ask(witness, in_s=0.0)
        return heard.again_s

    limits = Limits(life.config.watch.starts_per_second, life.config.watch.in_flight_max)
    wires = Tripwires(trip, life.memory.habits, held_max=room())
    stack.callback(wires.close)
    life.memory.gauges.tripwires.set_function(wires.__len__)
    watch = Watch(hear, limits, on_lag=life.memory.gauges.schedule_lag.observe, hold=wires.hold)
    watch.set_targets((*life.config.target, *life.config.anchor))
    for name, mind in judge.minds.items():
        if mind.verdict is Verdict.SUSPECT:  # A suspicion that we did not live to confirm is looked into at once.
            watch.ask(name, in_s=0.0)
    life.memory.gauges.reads(lambda: watch.skipped, lambda: samples.dropped)
    life.memory.gauges.isolated = life.memory.pulse.isolated = judge.isolated
    return watch
