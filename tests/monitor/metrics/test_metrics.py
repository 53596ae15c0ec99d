"""What a scrape gives: current, closed, and clean in the eyes of Prometheus' own tool."""

import asyncio
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import generate_latest

from drafts.promises import Fate
from monitor.config import Metrics
from monitor.metrics.app import make
from monitor.metrics.gauges import Gauges, Snapshot
from monitor.metrics.health import Pulse, patience_s
from monitor.metrics.series import Series
from monitor.models import Stage
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.look import Certificate
from probes.reason import Reason
from tests.monitor.metrics.shop import NOW, SHOP, result, text


@pytest.fixture
def series() -> Series:
    """The series of one shop that was looked at once."""
    series = Series()
    series.expect([SHOP])
    series.hear(SHOP, result(), Verdict.UP)
    return series


@pytest.fixture
def gauges() -> Gauges:
    """The gauges of a daemon with something to tell."""
    gauges = Gauges(version="0.1.0")
    gauges.snapshot = Snapshot(
        {Stage.INVESTIGATING: 1},
        drafts_waiting=2,
        reviews_waiting=3,
        pending_by_channel={"list": 3},
        promised={7: NOW},
        promises={Fate.KEPT: 5, Fate.BROKEN: 1},
        customer_first=2,
        follow_ups_due=[NOW.date() - timedelta(days=1), NOW.date()],
    )
    gauges.delivered("list", "delivered")
    return gauges


@pytest.fixture
async def client(series: Series, gauges: Gauges) -> AsyncIterator[TestClient]:
    """The listener for machines."""
    app = make(
        gauges, series, Pulse(0.0), rules=Metrics(), clock=lambda: NOW + timedelta(minutes=1), reload=lambda: False
    )
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_promtool_finds_nothing_to_say(client: TestClient) -> None:
    """``promtool check metrics`` reads the whole scrape without a complaint."""
    answer = await client.get("/metrics")
    assert answer.content_type == "text/plain"
    tool = await asyncio.create_subprocess_exec("promtool", "check", "metrics", stdin=PIPE, stdout=PIPE, stderr=STDOUT)
    said, _ = await tool.communicate(await answer.read())
    assert (tool.returncode, said) == (0, b"")


async def test_the_record_shows_in_the_gauges(client: TestClient) -> None:
    """Open incidents, waiting drafts, deliveries on their way, and a promise that is late and counts as broken."""
    text = await (await client.get("/metrics")).text()
    for line in (
        'ownup_incidents_open{stage="investigating"} 1.0',
        'ownup_incidents_open{stage="monitoring"} 0.0',
        "ownup_drafts_waiting 2.0",
        "ownup_reviews_waiting 3.0",
        'ownup_deliveries_pending{channel="list"} 3.0',
        "ownup_updates_overdue 1.0",
        'ownup_promises_total{outcome="kept"} 5.0',
        'ownup_promises_total{outcome="broken"} 2.0',
        "ownup_customer_first_total 2.0",
        "ownup_follow_ups_overdue 1.0",
        'ownup_next_update_due_timestamp_seconds{incident="7"} 1.79535612e+09',
    ):
        assert line in text


async def test_mail_that_arrived_tells_how_long_it_took(client: TestClient, series: Series) -> None:
    """A round trip gives the time of its message; the next one, whose message is lost, takes it back."""
    line = 'ownup_roundtrip_seconds{target="shop"} 1.500000\n'
    series.hear(SHOP, result(numbers={"delivery_seconds": 1.5}), Verdict.UP)
    assert line in await (await client.get("/metrics")).text()
    series.hear(SHOP, result(Outcome.FAILED, Reason.DELIVERY_TIMEOUT, numbers={}), Verdict.SUSPECT)
    assert "ownup_roundtrip_seconds{" not in await (await client.get("/metrics")).text()


async def test_a_refused_reload_says_so(client: TestClient) -> None:
    """``POST /-/reload`` answers 400 when the old config stays."""
    assert (await client.post("/-/reload")).status == 400


async def test_alive_but_not_looking(client: TestClient, series: Series, gauges: Gauges) -> None:
    """Promise 6: healthy as long as the process lives, ready only while looks end."""
    assert (await client.get("/-/ready")).status == 200
    silent = make(gauges, series, Pulse(-1e9, patience_s=30.0), rules=Metrics(), clock=lambda: NOW, reload=lambda: True)
    async with TestClient(TestServer(silent)) as other:
        assert (await other.get("/-/healthy")).status == 200
        assert (await other.get("/-/ready")).status == 503


def test_a_failure_and_a_success_have_the_same_series() -> None:
    """CASES R23: the green series falls when the red one rises, since it is the same one."""
    series = Series()
    series.hear(SHOP, result(), Verdict.UP)
    assert 'probe_success{target="shop"} 1' in text(series)
    series.hear(SHOP, result(Outcome.FAILED, Reason.STATUS), Verdict.SUSPECT)
    assert 'probe_success{target="shop"} 0' in text(series)
    assert 'ownup_verdict{target="shop",verdict="up"} 0' in text(series)
    assert 'ownup_verdict{target="shop",verdict="suspect"} 1' in text(series)


def test_error_texts_make_no_series() -> None:
    """However many different things a server says, there is one series a reason."""
    series, counts = Series(), set()
    for number in range(10_000):
        series.hear(SHOP, result(Outcome.FAILED, Reason.STATUS, detail=f"said {number}"), Verdict.DOWN)
        if number % 1000 == 0:
            counts.add(text(series).count("\n"))
    assert len(counts) == 1
    assert 'ownup_failures_total{target="shop",reason="status"} 10000\n' in text(series)


def test_a_removed_target_takes_its_series_with_it(series: Series) -> None:
    """CASES C11; one that is of another kind by now begins anew."""
    series.expect([SHOP.model_copy(update={"kind": "tcp"})])
    assert "probe_success" not in text(series)
    assert 'ownup_target_info{target="shop",kind="tcp",component="website"} 1' in text(series)
    series.expect([])
    assert text(series) == ""


def test_a_component_is_called_otherwise_at_once(series: Series) -> None:
    """The next look has not come yet; what was counted before goes on."""
    series.expect([SHOP.model_copy(update={"component": "store"})])
    assert 'ownup_target_info{target="shop",kind="http",component="store"} 1' in text(series)
    assert "website" not in text(series)
    assert 'ownup_results_total{target="shop",outcome="ok"} 1' in text(series)


def test_a_removed_channel_takes_its_counters_with_it(gauges: Gauges) -> None:
    """The others go on from where they were."""
    gauges.delivered("chat", "failed")
    gauges.called("pager", "delivered")
    gauges.keep({"chat"}, set())
    told = {
        name for name in ("list", "chat", "pager") if f'"{name}",outcome='.encode() in generate_latest(gauges.registry)
    }
    assert told == {"chat"}


def test_what_a_look_did_not_reach_is_gone(series: Series) -> None:
    """A look without a certificate does not go on showing the last one's."""
    certificate = Certificate("shop", "CA", ("shop",), NOW, NOW, NOW, "00", "TLSv1.3", "X")
    series.hear(SHOP, result(certificate=certificate), Verdict.UP)
    assert 'probe_tls_version_info{target="shop",version="TLSv1.3"} 1' in text(series)
    series.hear(SHOP, result(Outcome.FAILED, Reason.CONNECT_REFUSED, numbers={}), Verdict.SUSPECT)
    assert "probe_tls_version_info" not in text(series)
    assert "probe_http_status_code" not in text(series)


def test_http_without_an_answer_has_the_status_0(series: Series) -> None:
    """The series of http stay when there is no answer; what is no http has none, though it met a status."""
    series.hear(SHOP, result(Outcome.FAILED, Reason.CONNECT_REFUSED, numbers={"redirects": 0.0}), Verdict.SUSPECT)
    assert 'probe_http_status_code{target="shop"} 0' in text(series)
    series.hear(SHOP, result(kind="websocket", numbers={"upgraded": 1.0, "status_code": 101.0}), Verdict.UP)
    assert "probe_http_status_code" not in text(series)


@pytest.mark.parametrize(("silent_s", "ready"), [(29.0, True), (31.0, False)])
def test_patience_ends(silent_s: float, *, ready: bool) -> None:
    """Two slots of the busiest target and the longest look may pass in silence."""
    pulse = Pulse(last_result_s=100.0, patience_s=patience_s(shortest_interval_s=10.0, longest_timeout_s=10.0))
    assert (pulse.why_not_ready(100.0 + silent_s) is None) is ready


def test_the_budget_is_there_before_the_first_look(series: Series) -> None:
    """How long a fault can go unnoticed follows from the settings; it goes when its target goes."""
    series.expect([SHOP])
    series.hear(SHOP, result(), Verdict.UP)
    assert 'ownup_detection_budget_seconds{target="shop",bound="worst"} ' in text(series)
    assert 'ownup_detection_budget_seconds{target="shop",bound="mean"} ' in text(series)
    series.expect([])
    assert "ownup_detection_budget_seconds" not in text(series)


def test_being_cut_off_is_told() -> None:
    """By a metric, and by not being ready: the sentence is the same that the log has."""
    gauges, pulse = Gauges(version="0"), Pulse(last_result_s=0.0)
    assert gauges.registry.get_sample_value("ownup_place_isolated", {"place": "here"}) == 0
    gauges.isolated = pulse.isolated = lambda: "IPv4: our own default route is gone"
    assert gauges.registry.get_sample_value("ownup_place_isolated", {"place": "here"}) == 1
    assert pulse.why_not_ready(0.0) == "we are cut off: IPv4: our own default route is gone"


def test_maintenance_is_a_label_of_the_last_look(series: Series) -> None:
    """1 while it lasts, and 0 again after it."""
    assert 'ownup_target_maintenance{target="shop"} 0' in text(series)
    series.hear(SHOP, result(Outcome.FAILED, Reason.STATUS), Verdict.DOWN, planned=True)
    assert 'ownup_target_maintenance{target="shop"} 1' in text(series)
