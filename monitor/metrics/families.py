"""The families of series that every target has: name, type and meaning."""

from dataclasses import dataclass
from typing import Final, Literal

from monitor.metrics.dialect import Dialect

_UNIT: Final = "seconds"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric family: the name of its series, the type in the words of OpenMetrics, and the meaning."""

    name: str
    type: Literal["gauge", "counter", "info"]
    help: str

    def header(self, dialect: Dialect = Dialect.TEXT) -> str:
        """The lines that stand before its series. OpenMetrics leaves a type's ending out of the name, and has units."""
        if dialect is Dialect.TEXT:
            kind = "gauge" if self.type == "info" else self.type
            return f"# HELP {self.name} {self.help}\n# TYPE {self.name} {kind}\n"
        name = self.name.removesuffix({"counter": "_total", "info": "_info"}.get(self.type, ""))
        unit = f"# UNIT {name} {_UNIT}\n" if name.endswith(f"_{_UNIT}") else ""
        return f"# TYPE {name} {self.type}\n{unit}# HELP {name} {self.help}\n"


def _gauge(name: str, meaning: str) -> Family:
    return Family(name, "gauge", meaning)


SUCCESS: Final = _gauge("probe_success", "1 if the last look was ok or degraded, 0 if it failed or could not tell")
DURATION: Final = _gauge("probe_duration_seconds", "How long the last look took")
DNS: Final = _gauge("probe_dns_lookup_time_seconds", "How long the last look's name resolution took")
HTTP_PHASE: Final = _gauge(
    "probe_http_duration_seconds", "How long each phase of the last http look took, redirects summed"
)
HTTP_STATUS: Final = _gauge("probe_http_status_code", "The status of the last answer, 0 if there was none")
HTTP_REDIRECTS: Final = _gauge("probe_http_redirects", "How many redirects the last look met")
HTTP_SSL: Final = _gauge("probe_http_ssl", "1 if the last answer came over TLS")
CERT_EXPIRY: Final = _gauge(
    "probe_ssl_earliest_cert_expiry", "When the earliest certificate that was sent expires, in Unix time"
)
TLS_VERSION: Final = Family("probe_tls_version_info", "info", "The TLS version of the last look")
ROUNDTRIP: Final = _gauge("ownup_roundtrip_seconds", "How long the last message took to its mailbox")
INFO: Final = Family("ownup_target_info", "info", "What a target is")
RESULTS: Final = Family("ownup_results_total", "counter", "Looks, by outcome")
FAILURES: Final = Family("ownup_failures_total", "counter", "Looks that were not ok, by reason")
TIMESTAMP: Final = _gauge("ownup_result_timestamp_seconds", "When the last look began, in Unix time")
VERDICT: Final = _gauge("ownup_verdict", "1 for the verdict in force, 0 for the others")
MAINTENANCE: Final = _gauge("ownup_target_maintenance", "1 while the target is under maintenance")
PHASE: Final = _gauge("ownup_probe_phase_duration_seconds", "How long each phase of the last look took")
BUDGET: Final = _gauge(
    "ownup_detection_budget_seconds", "How long a fault can go unnoticed by the settings of the target"
)

OF_SETTINGS: Final = (INFO, BUDGET)
"""What a target has from the start."""

OF_LOOKS: Final = (
    SUCCESS,
    DURATION,
    DNS,
    HTTP_PHASE,
    HTTP_STATUS,
    HTTP_REDIRECTS,
    HTTP_SSL,
    CERT_EXPIRY,
    TLS_VERSION,
    ROUNDTRIP,
    RESULTS,
    FAILURES,
    TIMESTAMP,
    VERDICT,
    MAINTENANCE,
    PHASE,
)
"""What changes with every look."""

FAMILIES: Final = OF_SETTINGS + OF_LOOKS
