"""The names that dashboards and rules depend on: none may be lost, or change its type, its labels or its meaning."""

import re
from pathlib import Path
from typing import Final

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from monitor.metrics.dialect import Dialect, told
from monitor.metrics.gauges import Gauges, Snapshot
from monitor.metrics.series import Series
from monitor.models import Stage
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.look import Certificate
from probes.reason import Reason
from tests.monitor.metrics.shop import NOW, SHOP, result, text

METRICS_DOC: Final = Path(__file__).parents[3] / "docs" / "metrics.md"
HOURS_S: Final = (60.0, 3600.0, 86400.0)
"""Among the edges of what people do."""

PROMISED: Final = {
    "probe_success": ("gauge", {"target"}),
    "probe_duration_seconds": ("gauge", {"target"}),
    "probe_dns_lookup_time_seconds": ("gauge", {"target"}),
    "probe_http_duration_seconds": ("gauge", {"target", "phase"}),
    "probe_http_status_code": ("gauge", {"target"}),
    "probe_http_redirects": ("gauge", {"target"}),
    "probe_http_ssl": ("gauge", {"target"}),
    "probe_ssl_earliest_cert_expiry": ("gauge", {"target"}),
    "probe_tls_version_info": ("info", {"target", "version"}),
    "ownup_target_info": ("info", {"target", "kind", "component"}),
    "ownup_results_total": ("counter", {"target", "outcome"}),
    "ownup_failures_total": ("counter", {"target", "reason"}),
    "ownup_result_timestamp_seconds": ("gauge", {"target"}),
    "ownup_verdict": ("gauge", {"target", "verdict"}),
    "ownup_probe_phase_duration_seconds": ("gauge", {"target", "phase"}),
    "ownup_detection_budget_seconds": ("gauge", {"target", "bound"}),
    "ownup_schedule_lag_seconds": ("histogram", set()),
    "ownup_loop_lag_seconds": ("histogram", set()),
    "ownup_incidents_open": ("gauge", {"stage"}),
    "ownup_drafts_waiting": ("gauge", set()),
    "ownup_time_to_detect_seconds": ("histogram", set()),
    "ownup_time_to_draft_seconds": ("histogram", set()),
    "ownup_time_to_approve_seconds": ("histogram", set()),
    "ownup_time_to_publish_seconds": ("histogram", set()),
    "ownup_customer_first_total": ("counter", set()),
    "ownup_next_update_due_timestamp_seconds": ("gauge", {"incident"}),
    "ownup_updates_overdue": ("gauge", set()),
    "ownup_deliveries_total": ("counter", {"channel", "outcome"}),
    "ownup_deliveries_pending": ("gauge", {"channel"}),
    "ownup_place_isolated": ("gauge", {"place"}),
    "ownup_config_last_reload_successful": ("gauge", set()),
    "process_cpu_seconds_total": ("counter", set()),
    "process_resident_memory_bytes": ("gauge", set()),
    "process_open_fds": ("gauge", set()),
    "python_gc_collections_total": ("counter", {"generation"}),
}


@pytest.fixture(scope="module")
def given() -> dict[str, tuple[str, str, str, list[Sample]]]:
    """Type, unit, help and samples by the name that a query uses, of a daemon that has something to tell everywhere."""
    series, gauges = Series(), Gauges(version="0")
    certificate = Certificate("shop", "CA", ("shop",), NOW, NOW, NOW, "00", "TLSv1.3", "X")
    series.expect([SHOP])
    numbers = {"status_code": 500.0, "redirects": 0.0, "ssl": 1.0, "delivery_seconds": 1.5}
    series.hear(SHOP, result(Outcome.FAILED, Reason.STATUS, certificate=certificate, numbers=numbers), Verdict.DOWN)
    gauges.snapshot = Snapshot({Stage.INVESTIGATING: 1}, pending_by_channel={"list": 3}, promised={7: NOW})
    gauges.delivered("list", "delivered")
    whole = text(series, Dialect.OPENMETRICS) + told(gauges.registry, Dialect.OPENMETRICS).decode()
    ending = {"counter": "_total", "info": "_info"}
    return {
        one.name + ending.get(one.type, ""): (one.type, one.unit, one.documentation, one.samples)
        for one in text_string_to_metric_families(whole)
    }


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_name_is_there_as_promised(name: str, given: dict[str, tuple[str, str, str, list[Sample]]]) -> None:
    """With its type, its unit, a help, and exactly its labels."""
    kind, labels = PROMISED[name]
    has_kind, unit, meaning, samples = given[name]
    assert has_kind == kind
    assert unit == ("seconds" if name.endswith("_seconds") and name.startswith(("ownup_", "probe_")) else "")
    assert len(meaning) > 5
    assert {frozenset(sample.labels.keys() - {"le"}) for sample in samples} == {frozenset(labels)}


def test_the_documents_have_the_types(given: dict[str, tuple[str, str, str, list[Sample]]]) -> None:
    """Each row of the tables has the type that the text format tells, and no metric of ours is without a row."""
    rows = dict(re.findall(r"^\| `((?:ownup|probe)_\w+)` \| (\w+) \|", METRICS_DOC.read_text(), re.MULTILINE))
    ours = {name: kind for name, (kind, *_) in given.items() if name.startswith(("ownup_", "probe_"))}
    assert rows == {name: "gauge" if kind == "info" else kind for name, kind in ours.items()}


def test_what_machines_do_and_what_people_do_have_buckets_that_fit(
    given: dict[str, tuple[str, str, str, list[Sample]]],
) -> None:
    """From 10 ms to a minute for the one, minutes to a day for the other."""

    def edges(name: str) -> list[float]:
        return [float(sample.labels["le"]) for sample in given[name][3] if sample.name.endswith("_bucket")]

    assert (edges("ownup_loop_lag_seconds")[0], edges("ownup_loop_lag_seconds")[-2]) == (0.01, 60.0)
    assert set(HOURS_S) < set(edges("ownup_time_to_approve_seconds"))


def test_nothing_is_told_that_only_looks_like_a_metric(given: dict[str, tuple[str, str, str, list[Sample]]]) -> None:
    """No ``_created`` series, which Prometheus would keep as gauges."""
    assert not [sample.name for *_, samples in given.values() for sample in samples if sample.name.endswith("_created")]
