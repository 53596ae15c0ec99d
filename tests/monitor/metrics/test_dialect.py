"""Which dialect a scrape is written in, and that each is what its readers take it for."""

import gzip
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from monitor.config import Metrics
from monitor.metrics.app import make
from monitor.metrics.dialect import Dialect, preferred, takes_gzip
from monitor.metrics.gauges import Gauges
from monitor.metrics.health import Pulse
from monitor.metrics.series import Series
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.look import Certificate
from probes.reason import Reason
from tests.monitor.metrics.shop import NOW, SHOP, result

OPENMETRICS, TEXT = "application/openmetrics-text", "text/plain"

# What they really send, each by default.
PROMETHEUS_2_26 = "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
PROMETHEUS_2_42 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;"
    "q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,"
TELEGRAF = PROTOBUF + "text/plain;version=0.0.4;q=0.3"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "dialect"),
    [
        ("", Dialect.TEXT),
        ("*/*", Dialect.TEXT),
        (BROWSER, Dialect.TEXT),
        (PROMETHEUS_2_26, Dialect.TEXT),
        (PROMETHEUS_2_42, Dialect.OPENMETRICS),
        (PROMETHEUS_3, Dialect.OPENMETRICS),
        (PROTOBUF + PROMETHEUS_3, Dialect.OPENMETRICS),
        (TELEGRAF, Dialect.TEXT),
        (OPENMETRICS, Dialect.OPENMETRICS),
        ("Application/OpenMetrics-Text; Version=1.0.0", Dialect.OPENMETRICS),
        (f"{TEXT};version=0.0.4;q=0.9, {OPENMETRICS};version=1.0.0;q=0.5", Dialect.TEXT),
        (f"{TEXT};q=0.5, {OPENMETRICS};q=0.5", Dialect.OPENMETRICS),
        (f"{OPENMETRICS};q=0", Dialect.TEXT),
        (f"{OPENMETRICS};q=0, */*;q=0", Dialect.TEXT),
        (f"{OPENMETRICS};q=much", Dialect.TEXT),
        (f"{OPENMETRICS};version=2.0.0", Dialect.TEXT),
        (";;,=,q", Dialect.TEXT),
    ],
)
def test_the_dialect_is_the_one_that_is_liked_most(accept: str, dialect: Dialect) -> None:
    """OpenMetrics 1.0 for who names it and likes text no better; text for everybody else, whatever they send."""
    assert preferred(accept) is dialect


@pytest.mark.parametrize(
    ("accept_encoding", "asked"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("*", False),
    ],
)
def test_only_who_names_gzip_gets_it(accept_encoding: str, *, asked: bool) -> None:
    """With a quality above nothing."""
    assert takes_gzip(accept_encoding) is asked


@pytest.fixture
async def client() -> AsyncIterator[TestClient]:
    """A listener that has something to tell in every family, and that unpacks nothing by itself."""
    series, gauges = Series(), Gauges(version="0")
    certificate = Certificate("shop", "CA", ("shop",), NOW, NOW, NOW, "00", "TLSv1.3", "X")
    series.expect([SHOP])
    series.hear(SHOP, result(Outcome.FAILED, Reason.STATUS, certificate=certificate), Verdict.DOWN)
    gauges.delivered("list", "delivered")
    gauges.loop_lag.observe(0.02)
    app = make(gauges, series, Pulse(0.0), rules=Metrics(), clock=lambda: NOW, reload=lambda: True)
    async with TestClient(TestServer(app), auto_decompress=False, skip_auto_headers=["Accept-Encoding"]) as client:
        yield client


async def scrape(client: TestClient, **headers: str) -> tuple[aiohttp.ClientResponse, str]:
    """The answer and its text."""
    answer = await client.get("/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return answer, await answer.text()


async def test_both_dialects_tell_the_same(client: TestClient) -> None:
    """Each under its own content type, read by a strict parser: the same samples, but for the pace of our process."""
    in_text, text = await scrape(client, Accept=BROWSER)
    in_openmetrics, openmetrics = await scrape(client, Accept=PROMETHEUS_3)
    assert in_text.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert in_openmetrics.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert in_text.headers["Vary"] == in_openmetrics.headers["Vary"] == "Accept, Accept-Encoding"
    one, other = samples(read_text(text)), samples(read_openmetrics(openmetrics))
    assert one == other
    assert len(one) > 100


def samples(families: object) -> dict[str, float]:
    """Every sample of ours, with its labels."""
    return {
        f"{sample.name}{json.dumps(sample.labels, sort_keys=True)}": sample.value
        for family in families
        for sample in family.samples
        if sample.name.startswith(("ownup_", "probe_"))
    }


async def test_openmetrics_has_types_and_units_and_an_end(client: TestClient) -> None:
    """Counters end in ``_total``, what is in seconds says so, nothing bears an exemplar, and EOF is the last line."""
    _, text = await scrape(client, Accept=PROMETHEUS_2_42)
    families = {family.name: family for family in read_openmetrics(text)}
    assert text.endswith("\n# EOF\n")
    ours = {name: one for name, one in families.items() if name.startswith(("ownup_", "probe_"))}
    assert not [name for name, one in ours.items() if name.endswith("_seconds") and one.unit != "seconds"]
    assert families["ownup_loop_lag_seconds"].type == "histogram"
    assert {families[name].type for name in ("ownup_target", "probe_tls_version")} == {"info"}
    counters = [sample.name for one in families.values() if one.type == "counter" for sample in one.samples]
    assert "ownup_failures_total" in counters
    assert not [name for name in counters if not name.endswith("_total")]
    assert not [sample for one in families.values() for sample in one.samples if sample.exemplar]


async def test_a_scrape_is_squeezed_for_who_asks(client: TestClient) -> None:
    """As gzip, which unpacks to the same families; a client that does not ask gets it plain."""
    squeezed = await client.get("/metrics", headers={"Accept-Encoding": "gzip"})
    assert squeezed.headers["Content-Encoding"] == "gzip"
    plain = await client.get("/metrics")
    assert "Content-Encoding" not in plain.headers
    unpacked = gzip.decompress(await squeezed.read()).decode()
    assert samples(read_text(unpacked)) == samples(read_text(await plain.text()))


async def test_a_scrape_for_the_header_alone_has_no_body(client: TestClient) -> None:
    """HEAD answers as GET would, and says nothing."""
    answer = await client.head("/metrics")
    assert (answer.status, await answer.read()) == (200, b"")
