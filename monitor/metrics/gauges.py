"""What the daemon itself has to tell: its own pace, the incidents, the drafts and the deliveries."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from drafts.promises import Fate
from monitor.models import Canary, CanaryOutcome, Stage, SubscriberState, Way

SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
HERE: Final = "here"
HOURS: Final = (5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the record said at its last change."""

    open_by_stage: Mapping[Stage, int] = field(default_factory=dict)
    drafts_waiting: int = 0
    reviews_waiting: int = 0
    pending_by_channel: Mapping[str, int] = field(default_factory=dict)
    pending_by_route: Mapping[str, int] = field(default_factory=dict)
    halted: Collection[str] = ()
    subscribers: Mapping[tuple[Way, SubscriberState], int] = field(default_factory=dict)
    canaries: Collection[Canary] = ()
    promised: Mapping[int, datetime] = field(default_factory=dict)
    promises: Mapping[Fate, int] = field(default_factory=dict)
    customer_first: int = 0
    follow_ups_due: Sequence[date] = ()


class Gauges(Collector):
    """The daemon's own series. ``snapshot`` is replaced whenever the record changes."""

    def __init__(self, *, version: str) -> None:
        """Register everything in a registry of our own, so that two daemons in one process do not meet."""
        self.registry = CollectorRegistry()
        self.snapshot = Snapshot()
        self.now: datetime | None = None
        self.isolated: Callable[[], str | None] = lambda: None
        self.copy_fails: Callable[[], bool] | None = None
        self._skipped: Callable[[], int] = int
        self._dropped: Callable[[], int] = int
        registry = self.registry
        _of_process(registry)
        Gauge("ownup_build_info", "Which Ownup this is", ["version"], registry=registry).labels(version).set(1)
        self.schedule_lag = _seconds(registry, "ownup_schedule_lag_seconds", "How late looks start", SECONDS)
        self.loop_lag = _seconds(registry, "ownup_loop_lag_seconds", "How late the event loop wakes", SECONDS)
        self.to_detect = _seconds(
            registry, "ownup_time_to_detect_seconds", "From the first failed look until it is confirmed", HOURS
        )
        self.to_draft = _seconds(
            registry, "ownup_time_to_draft_seconds", "From the first failed look to the first draft", HOURS
        )
        self.to_approve = _seconds(
            registry, "ownup_time_to_approve_seconds", "From the first draft to a human's approval", HOURS
        )
        self.to_publish = _seconds(
            registry, "ownup_time_to_publish_seconds", "From an approval until a channel has it", HOURS
        )
        self.deliveries = _attempts(registry, "ownup_deliveries", "Attempts to send", "channel")
        self.calls = _attempts(registry, "ownup_calls", "Attempts to call one of us", "route")
        self.to_acknowledge = _seconds(
            registry, "ownup_time_to_acknowledge_seconds", "From the confirmation until somebody takes it up", HOURS
        )
        self.tripwires = Gauge(
            "ownup_tripwires", "Idle connections that tell at once when a server goes away", registry=registry
        )
        self.trips = Counter("ownup_trips", "Looks because a tripwire's far end was gone", registry=registry)
        self.reload_ok = Gauge(
            "ownup_config_last_reload_successful", "1 if the config was read well the last time", registry=registry
        )
        self.reload_ok.set(1)
        registry.register(self)

    def delivered(self, channel: str, outcome: str) -> None:
        """Count one attempt to send."""
        self.deliveries.labels(channel, outcome).inc()

    def called(self, route: str, outcome: str) -> None:
        """Count one attempt to call one of us."""
        self.calls.labels(route, outcome).inc()

    def keep(self, channels: Collection[str], routes: Collection[str]) -> None:
        """Forget the attempts of every channel and route that is not one of these."""
        for attempts, kept in ((self.deliveries, channels), (self.calls, routes)):
            for sample in [sample for family in attempts.collect() for sample in family.samples]:
                way, outcome = sample.labels.values()
                if way not in kept:
                    attempts.remove(way, outcome)

    def reads(self, skipped: Callable[[], int], dropped: Callable[[], int]) -> None:
        """Read at every scrape how many slots had no look, and how many samples were dropped."""
        self._skipped, self._dropped = skipped, dropped

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        """Tell what the last snapshot holds."""
        snapshot = self.snapshot
        stages = _labelled("ownup_incidents_open", "Open incidents", "stage")
        for stage in Stage:
            if stage is not Stage.RESOLVED:
                stages.add_metric([stage.value], snapshot.open_by_stage.get(stage, 0))
        yield stages
        yield GaugeMetricFamily("ownup_drafts_waiting", "Drafts that wait for a human", snapshot.drafts_waiting)
        yield GaugeMetricFamily("ownup_reviews_waiting", "Reviews that nobody has published", snapshot.reviews_waiting)
        pending = _labelled("ownup_deliveries_pending", "Deliveries that are on their way", "channel")
        for channel, count in snapshot.pending_by_channel.items():
            pending.add_metric([channel], count)
        yield pending
        yield _halted(snapshot.halted)
        yield _subscribers(snapshot.subscribers)
        yield from _canaries(snapshot.canaries)
        calling = _labelled("ownup_calls_pending", "Calls of people that are on their way", "route")
        for route, count in snapshot.pending_by_route.items():
            calling.add_metric([route], count)
        yield calling
        yield _due(snapshot.promised)
        overdue = sum(self.now is not None and at < self.now for at in snapshot.promised.values())
        yield GaugeMetricFamily("ownup_updates_overdue", "Promised updates that are late", overdue)
        promises = CounterMetricFamily("ownup_promises", "Promises to write again, by outcome", labels=["outcome"])
        promises.add_metric([Fate.KEPT], snapshot.promises.get(Fate.KEPT, 0))
        promises.add_metric([Fate.BROKEN], snapshot.promises.get(Fate.BROKEN, 0) + overdue)
        yield promises
        late = sum(self.now is not None and on < self.now.date() for on in snapshot.follow_ups_due)
        yield GaugeMetricFamily("ownup_follow_ups_overdue", "Follow-ups whose day is over", late)
        yield CounterMetricFamily(
            "ownup_customer_first", "Incidents that customers told us of first", snapshot.customer_first
        )
        cut_off = _labelled("ownup_place_isolated", "1 while our own connection to the network is in doubt", "place")
        cut_off.add_metric([HERE], self.isolated() is not None)
        yield cut_off
        yield _copy(self.copy_fails)
        yield CounterMetricFamily("ownup_slots_skipped", "Slots without a look since the start", self._skipped())
        yield CounterMetricFamily("ownup_samples_dropped", "Samples that could not be kept", self._dropped())


def _of_process(registry: CollectorRegistry) -> None:
    disable_created_metrics()  # Each would be one series more, which Prometheus takes for a gauge.
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)


def _halted(channels: Collection[str]) -> GaugeMetricFamily:
    halted = _labelled("ownup_channel_halted", "1 while a channel stands still, since it was refused", "channel")
    for channel in channels:
        halted.add_metric([channel], 1)
    return halted


def _due(promised: Mapping[int, datetime]) -> GaugeMetricFamily:
    name, meaning = "ownup_next_update_due_timestamp_seconds", "When we promised to write again"
    due = GaugeMetricFamily(name, meaning, labels=["incident"], unit="seconds")
    for incident, at in promised.items():
        due.add_metric([str(incident)], at.timestamp())
    return due


def _subscribers(counted: Mapping[tuple[Way, SubscriberState], int]) -> GaugeMetricFamily:
    found = GaugeMetricFamily("ownup_subscribers", "Who asked to be told, by how they stand", labels=["way", "state"])
    for (way, state), count in sorted(counted.items()):
        found.add_metric([way, state], count)
    return found


def _copy(fails: Callable[[], bool] | None) -> GaugeMetricFamily:
    copy = _labelled("ownup_page_copy_failed", "1 while the copy of the public page is not kept up")
    if fails:
        copy.add_metric([], fails())
    return copy


def _canaries(canaries: Collection[Canary]) -> Iterable[GaugeMetricFamily]:
    """What each channel's own trial told the last time, and when it last went well."""
    told = GaugeMetricFamily(
        "ownup_channel_canary", "1 for what a channel's canary told last", labels=["channel", "outcome"]
    )
    name, meaning = "ownup_channel_canary_ok_timestamp_seconds", "When a channel's canary last went well"
    well = GaugeMetricFamily(name, meaning, labels=["channel"], unit="seconds")
    for one in canaries:
        for outcome in CanaryOutcome:
            told.add_metric([one.channel, outcome], one.outcome is outcome)
        if one.ok_at:
            well.add_metric([one.channel], one.ok_at.timestamp())
    yield told
    yield well


def _seconds(registry: CollectorRegistry, name: str, meaning: str, buckets: tuple[float, ...]) -> Histogram:
    return Histogram(name, meaning, buckets=buckets, unit="seconds", registry=registry)


def _attempts(registry: CollectorRegistry, name: str, meaning: str, way: str) -> Counter:
    return Counter(name, f"{meaning}, by what came of them", [way, "outcome"], registry=registry)


def _labelled(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, labels=labels)
